import { describe, expect, test } from 'vitest'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { missTwice } from '../../test-support/sync/history.ts'
import {
  addsUp,
  AUDITED_SITE,
  MINUTE,
  named,
  NOON,
  numbers,
  openAuditBench,
  type AuditBench,
} from '../../test-support/audit/audit.ts'

const KINDS = ['cloud', 'data-center'] as const

/** `[from, to)` in minutes after noon. */
function span(from: number, to: number) {
  return { fromMinute: minuteOf(NOON) + from, toMinute: minuteOf(NOON) + to }
}

/** A ticket that somebody else makes now, High unless told otherwise. */
function othersTicket({ sandbox }: AuditBench, priorityId = '2', projectKey = 'TPM') {
  return sandbox.add({ priority: { id: priorityId }, project: { key: projectKey } }, sandbox.clock.now())
}

describe.each(KINDS)('the audit of a span at a %s site', (deployment) => {
  test('counts two runs and the tickets of others together', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('aaaaaaaa', [{ atMs: 0 }, { atMs: MINUTE, priorityId: '5' }, { atMs: 3 * MINUTE }])
    await bench.plan('bbbbbbbb', [{ atMs: 30_000 }, { atMs: 90_000, priorityId: '2' }])
    await othersTicket(bench)
    for (const [runId, slot] of [
      ['aaaaaaaa', 0],
      ['bbbbbbbb', 0],
      ['aaaaaaaa', 1],
      ['bbbbbbbb', 1],
    ] as const) {
      await bench.make(runId, slot)
    }
    await othersTicket(bench)
    await othersTicket(bench, '4')
    await bench.make('aaaaaaaa', 2)
    await bench.fetch()
    const result = await bench.audit.span(span(0, 2))
    expect(named(result)).toEqual([])
    expect(numbers(result)).toEqual([4, 4, 3, 2, 5, 5, 5])
    expect(result.minutes.map(({ watched, others, charted }) => [watched, others, charted])).toEqual([
      [2, 1, 3],
      [1, 1, 2],
    ])
    expect([result.run, result.ok, addsUp(result)]).toEqual([null, true, true])
  })

  test('of an empty span is ok', async () => {
    const bench = await openAuditBench({ deployment })
    const result = await bench.audit.span(span(-60, 0))
    expect([numbers(result), result.ok, result.minutes.length]).toEqual([[0, 0, 0, 0, 0, 0, 0], true, 60])
  })

  test('a ticket planned on one side of an edge and created on the other is lost on neither', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('aaaaaaaa', [{ atMs: MINUTE - 1 }, { atMs: 2 * MINUTE - 1 }])
    bench.advance(MINUTE)
    await bench.make('aaaaaaaa', 0)
    bench.advance(MINUTE + 5)
    await bench.make('aaaaaaaa', 1)
    await bench.fetch()
    const each = []
    for (const minute of [0, 1, 2]) each.push(await bench.audit.span(span(minute, minute + 1)))
    expect(each.map(numbers)).toEqual([
      [1, 1, 0, 0, 0, 0, 0],
      [1, 1, 1, 0, 1, 1, 1],
      [0, 0, 1, 0, 1, 1, 1],
    ])
    expect(each.map(({ ok }) => ok)).toEqual([true, true, true])
  })

  test('names where Jira’s search, the store and the plan disagree of anybody’s ticket', async () => {
    const bench = await openAuditBench({ deployment })
    const { sandbox } = bench
    await bench.plan('aaaaaaaa', [{ atMs: 1 }, { atMs: 2, priorityId: '4' }, { atMs: 3 }])
    const lowered = await bench.make('aaaaaaaa', 0)
    const unwatched = await bench.make('aaaaaaaa', 1)
    const deleted = await othersTicket(bench)
    const othersLowered = await othersTicket(bench, '1', 'OPS')
    await bench.fetch()
    bench.advance(1_000)
    await sandbox.edit(lowered.id, { priority: { id: '5' } })
    await sandbox.remove(unwatched.id)
    await sandbox.remove(deleted.id)
    await sandbox.edit(othersLowered.id, { priority: { id: '3' } })
    const unfetched = await othersTicket(bench)
    await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 10 * MINUTE } })
    const unindexed = await bench.make('aaaaaaaa', 2)
    const result = await bench.audit.span(span(0, 1))
    expect(named(result)).toEqual([
      `missing aaaaaaaa/0 ${lowered.key} lowered`,
      `missing aaaaaaaa/1 ${unwatched.key} deleted`,
      `missing aaaaaaaa/2 ${unindexed.key} not-indexed`,
      `missing null/null ${unfetched.key} not-fetched`,
      `extra ${deleted.key} left-in-store`,
      `extra ${othersLowered.key} left-in-store`,
    ])
    expect(result.extra.map(({ reason }) => reason)).toEqual([
      'counted in the store, but deleted from Jira, or no longer to be seen by this account',
      'counted in the store, but lowered to Medium',
    ])
    bench.advance(11 * MINUTE)
    await bench.fetch()
    await missTwice(bench)
    expect(named(await bench.audit.span(span(0, 1)))).toEqual([
      `missing aaaaaaaa/0 ${lowered.key} lowered`,
      `missing aaaaaaaa/1 ${unwatched.key} deleted`,
    ])
  })

  test('names what is fetched and not in the index', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 10 * MINUTE } })
    const early = await othersTicket(bench)
    const [ticket] = await bench.jira.byIds([early.id], new AbortController().signal)
    const page = { siteId: AUDITED_SITE, scope: 'x', seenAtMs: NOON, removals: [], watermarkMs: null }
    await bench.store.applyPage({ ...page, tickets: ticket === undefined ? [] : [ticket] })
    const result = await bench.audit.span(span(0, 1))
    expect(named(result)).toEqual([`missing null/null ${early.key} not-indexed`])
    expect(numbers(result)).toEqual([0, 0, 0, 1, 0, 1, 1])
  })

  test('what only a late index still shows as watched is nobody’s loss', async () => {
    const bench = await openAuditBench({ deployment })
    const [lowered, deleted] = [await othersTicket(bench), await othersTicket(bench)]
    await bench.sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 10 * MINUTE } })
    bench.advance(1_000)
    await bench.sandbox.edit(lowered.id, { priority: { id: '4' } })
    await bench.sandbox.remove(deleted.id)
    const { ids } = await bench.jira.searchIds(
      { jql: 'priority in (1, 2) AND created >= 0 ORDER BY created ASC', pageToken: null },
      new AbortController().signal,
    )
    expect(ids).toContain(lowered.id)
    const result = await bench.audit.span(span(0, 1))
    expect([named(result), numbers(result), result.ok]).toEqual([[], [0, 0, 0, 0, 0, 0, 0], true])
  })

  test('says where stored tickets came from that Jira does not have', async () => {
    const bench = await openAuditBench({ deployment })
    const ticket = {
      id: 'sample-1',
      key: 'SAMPLE-1',
      projectKey: 'SAMPLE',
      title: 'Of the sample',
      priorityId: '1',
      priorityName: 'Highest',
      status: 'Open',
      createdMs: NOON,
      updatedMs: NOON,
    }
    const page = { siteId: AUDITED_SITE, scope: 'x', seenAtMs: NOON, removals: [], watermarkMs: null }
    await bench.store.applyPage({ ...page, tickets: [ticket], source: 'sample' })
    await bench.store.applyPage({
      ...page,
      tickets: [{ ...ticket, id: '4711', key: '#4711' }],
      source: 'import',
    })
    const result = await bench.audit.span(span(0, 1))
    expect(named(result).toSorted()).toEqual(['extra #4711 left-in-store', 'extra SAMPLE-1 left-in-store'])
    expect(result.extra.map(({ reason }) => reason).toSorted()).toEqual([
      'counted in the store, but not in Jira: it is of the sample',
      'counted in the store, but not in Jira: it was imported from a file',
    ])
  })

  test('tells copies of its own runs from those of somebody else’s', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('aaaaaaaa', [{ atMs: 0 }, { atMs: 5 * MINUTE }])
    await bench.make('aaaaaaaa', 0)
    const twin = await bench.forge('aaaaaaaa', 0)
    const copy = await bench.forge('aaaaaaaa', null, { priorityId: '4' })
    await bench.forge('zzzzzzzz', 0)
    await bench.forge('aaaaaaaa', 1)
    await bench.fetch()
    const result = await bench.audit.span(span(0, 1))
    expect(named(result)).toEqual([`extra ${twin.key} twice`, `extra ${copy.key} foreign`])
    // The twin and the ticket of a run that another ledger has are others'; the early one is its slot's own.
    expect(numbers(result)).toEqual([1, 1, 2, 2, 4, 4, 4])
    expect(named(await bench.audit.span(span(5, 6)))).toEqual(['missing aaaaaaaa/1 null not-yet-made'])
  })

  test('a ticket that somebody raised counts as theirs', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('aaaaaaaa', [{ atMs: 0, priorityId: '4' }])
    const { id } = await bench.make('aaaaaaaa', 0)
    bench.advance(1_000)
    await bench.sandbox.edit(id, { priority: { id: '1' } })
    await bench.fetch()
    expect(numbers(await bench.audit.span(span(0, 1)))).toEqual([1, 1, 0, 1, 1, 1, 1])
    const run = await bench.audit.run()
    expect([numbers(run), run.ok]).toEqual([[1, 1, 0, 0, 0, 0, 0], true])
  })
})

test('of one watched project leaves the others out', async () => {
  const bench = await openAuditBench({ scope: { projectKey: 'OPS' } })
  await bench.plan('aaaaaaaa', [{ atMs: 0 }, { atMs: 1, projectKey: 'OPS' }, { atMs: 2, projectKey: 'OPS' }])
  const [tpm, ops, moved] = [
    await bench.make('aaaaaaaa', 0),
    await bench.make('aaaaaaaa', 1),
    await bench.make('aaaaaaaa', 2),
  ]
  await othersTicket(bench)
  await othersTicket(bench, '1', 'OPS')
  await bench.fetch()
  expect(numbers(await bench.audit.span(span(0, 1)))).toEqual([3, 3, 2, 1, 3, 3, 3])
  const after = await bench.sandbox.move(moved.id, 'TPM')
  const { missing } = await bench.audit.span(span(0, 1))
  expect(missing).toMatchObject([
    { key: moved.key, kind: 'moved', reason: expect.stringContaining(after.key) },
  ])
  expect(new Set([tpm.key, ops.key]).has(missing[0]?.key ?? '')).toBe(false)
})
