import { describe, expect, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { runLabel, SLOT_PROPERTY, slotMark } from '../generator/marks.ts'
import {
  onceEach,
  openBench,
  openOwnBench,
  progressWhere,
  sharedSandbox,
  type Bench,
} from '../../test-support/generator/generator.ts'
import { searchPages } from '../jira/jira.ts'
import { createAudit, type Audit } from './audit.ts'

const shared = sharedSandbox()

const RUN = { count: 30, minutes: 10, compress: 1_800, seed: 7 }
const WATCHED = { projectKey: null, priorityIds: ['1', '2'], fieldId: 'priority' }

describe('the audit of a run', () => {
  test('is ok when every watched ticket is in Jira, in the store and in the counts', async () => {
    const bench = await openOwnBench({ historyTickets: 200, historyHours: 1 })
    const runId = await finishedRun(bench)
    await fetchWatched(bench)
    const result = await auditOf(bench).run(runId)
    expect(result).toMatchObject({ run: runId, planned: 30, created: 30, missing: [], extra: [], ok: true })
    expect(result.watched).toBeGreaterThan(3)
    expect([result.indexed, result.fetched, result.charted]).toEqual(Array(3).fill(result.watched))
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })

  test('takes the last run where none is named', async () => {
    const bench = await openBench(shared())
    await finishedRun(bench)
    const last = await finishedRun(bench)
    await fetchWatched(bench)
    expect(await auditOf(bench).run()).toMatchObject({ run: last, ok: true })
  })

  test('is not possible without a run', async () => {
    const audit = auditOf(await openBench(shared()))
    await expect(audit.run()).rejects.toMatchObject({ code: 'not-found' })
    await expect(audit.run('abcd2345')).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a difference is named with its reason', () => {
  test('not made: failed, stopped', async () => {
    const bench = await openBench(shared())
    let calls = 0
    const generator = bench.generator({
      jira: {
        ...bench.jira,
        create: (ticket, signal) =>
          bench.jira.create(++calls === 2 ? { ...ticket, priorityId: '99' } : ticket, signal),
      },
    })
    const { runId } = await generator.start({ ...RUN, minutes: 60 })
    await progressWhere(bench, ({ created, failed }) => created + failed > 5)
    const end = await generator.stop()
    await fetchWatched(bench)

    const { missing, ok, created } = await auditOf(bench).run(runId)
    expect(ok).toBe(false)
    expect(missing).toHaveLength(30 - created)
    expect(created).toBe(end.created)
    expect(reasonsOf(missing)).toEqual(
      new Set([expect.stringMatching(/^failed: .*priority/), 'not made, because the run was stopped']),
    )
    expect(missing.every(({ key }) => key === null)).toBe(true)
  })

  test('not in the index yet', async () => {
    const bench = await openBench(shared())
    const runId = await finishedRun(bench)
    await fetchWatched(bench)
    await bench.sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 3_600_000 } })
    const lateRun = await finishedRun(bench)
    const result = await auditOf(bench).run(lateRun)
    expect(result).toMatchObject({ indexed: 0, fetched: 0, charted: 0, ok: false })
    expect(result.missing).toHaveLength(result.watched)
    expect(reasonsOf(result.missing)).toEqual(new Set(['in Jira, but not in its search index yet']))
    expect(await auditOf(bench).run(runId)).toMatchObject({ ok: true })
  })

  test('not fetched yet', async () => {
    const bench = await openBench(shared())
    const runId = await finishedRun(bench)
    const result = await auditOf(bench).run(runId)
    expect(result).toMatchObject({ indexed: result.watched, fetched: 0, charted: 0, ok: false })
    expect(reasonsOf(result.missing)).toEqual(new Set(['not fetched yet']))
    expect(result.missing[0]?.key).toMatch(/^TPM-\d+$/)
  })

  test('lowered, and deleted', async () => {
    const bench = await openBench(shared())
    const runId = await finishedRun(bench)
    await fetchWatched(bench)
    const [lowered, deleted] = await watchedOf(bench, runId)
    await bench.sandbox.request('PUT', `/rest/api/3/issue/${lowered?.id}`, {
      fields: { priority: { id: '4' } },
    })
    await bench.sandbox.request('DELETE', `/rest/api/3/issue/${deleted?.id}`)

    const result = await auditOf(bench).run(runId)
    expect(result).toMatchObject({ ok: false, indexed: result.watched - 2, fetched: result.watched })
    expect(result.missing).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ key: lowered?.key, kind: 'lowered', run: runId }),
        expect.objectContaining({ key: deleted?.key, kind: 'deleted', run: runId }),
      ]),
    )
    expect(result.missing).toHaveLength(2)
  })

  test('left out of the counts', async () => {
    const bench = await openBench(shared())
    const runId = await finishedRun(bench)
    await fetchWatched(bench)
    const [first] = await watchedOf(bench, runId)
    await spoilCounts(bench, Math.floor((first?.createdMs ?? 0) / 60_000))
    const result = await auditOf(bench).run(runId)
    expect(result.fetched).toBe(result.watched)
    expect(result.charted).toBeLessThan(result.watched)
    expect(result.missing).toHaveLength(result.watched - result.charted)
    expect(reasonsOf(result.missing)).toEqual(new Set(['stored, but left out of the counts of its minute']))
    expect(result.ok).toBe(false)
  })

  test('one too many, and one that is not the run’s', async () => {
    const bench = await openBench(shared())
    const runId = await finishedRun(bench)
    const twin = await createTwin(bench, runId, slotMark(runId, 3))
    const copy = await createTwin(bench, runId, null)
    await fetchWatched(bench)
    const result = await auditOf(bench).run(runId)
    expect(result.ok).toBe(false)
    expect(result.missing).toEqual([])
    expect(result.extra).toMatchObject([
      { key: twin, kind: 'twice', reason: `is one ticket too many for slot 3 of run ${runId}` },
      { key: copy, kind: 'foreign', reason: `carries the label of run ${runId}, but was not made by it` },
    ])
    expect(result.charted).toBe(result.watched)
  })
})

function auditOf({ sandbox, jira, store }: Bench): Audit {
  return createAudit({ siteId: sandbox.siteId, jira, store, clock: machineClock, scope: WATCHED })
}

async function finishedRun(bench: Bench): Promise<string> {
  const generator = bench.generator()
  const { runId } = await generator.start(RUN)
  await generator.finished()
  return runId
}

/** Stores every watched ticket that the index shows. */
async function fetchWatched({ jira, store, sandbox }: Bench): Promise<void> {
  const query = {
    jql: 'priority in (1, 2) AND updated >= 0 ORDER BY created ASC',
    pageSize: 100,
    reconcileIds: [],
    property: null,
  }
  for await (const { tickets, siteMs } of searchPages(jira, query, new AbortController().signal)) {
    await store.applyPage({
      siteId: sandbox.siteId,
      scope: 'test',
      seenAtMs: siteMs,
      tickets,
      removals: [],
      watermarkMs: null,
    })
  }
}

async function watchedOf({ sandbox }: Bench, runId: string) {
  return (await sandbox.truth(runLabel(runId))).filter(({ priorityId }) => priorityId <= 2)
}

function reasonsOf(missing: readonly { reason: string }[]): Set<string> {
  return new Set(missing.map(({ reason }) => reason))
}

/** A ticket with the run's label that the generator did not make. */
async function createTwin({ sandbox }: Bench, runId: string, mark: object | null): Promise<string> {
  const { body } = await sandbox.request('POST', '/rest/api/3/issue', {
    fields: {
      project: { key: 'TPM' },
      issuetype: { name: 'Task' },
      priority: { id: '1' },
      summary: 'A copy',
      labels: [runLabel(runId)],
    },
    ...(mark !== null && { properties: [{ key: SLOT_PROPERTY, value: mark }] }),
  })
  return (body as { key: string }).key
}

/** Does to the counts what must never happen: forgets one ticket of a minute. */
async function spoilCounts({ data }: Bench, minute: number): Promise<void> {
  await data.query(`UPDATE minute_counts SET count = count - 1 WHERE minute = ${minute} AND count > 0`)
}
