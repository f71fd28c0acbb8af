import { describe, expect, test } from 'vitest'
import { auditVerdict } from '../../src-shared/domain/audit-verdict.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { openCleanUpBench, type CleanUpBench } from '../../test-support/clean-up/clean-up.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Jira } from '../jira/jira.ts'
import {
  openBench,
  progressWhere,
  sharedSandbox,
  type Bench,
} from '../../test-support/generator/generator.ts'
import { SEVERITIES, SEVERITY_FIELD } from '#jira-sandbox'
import { TEST_SCOPE } from '../../test-support/sync/sync.ts'
import { createAudit, type Audit } from './audit.ts'
import { AUDITED_SITE, MINUTE, named, NOON, numbers, openAuditBench } from '../../test-support/audit/audit.ts'

const KINDS = ['cloud', 'data-center'] as const

function auditOf({ siteId, jira, store }: Pick<CleanUpBench, 'siteId' | 'jira' | 'store'>): Audit {
  return createAudit({ siteId, jira, store, clock: machineClock, scope: TEST_SCOPE })
}

describe.each(KINDS)('after a clean-up of a %s site', (kind) => {
  test('all that is missing was removed by it, and the audit says so', async () => {
    const bench = await openCleanUpBench(kind)
    const { runId, tickets } = await bench.makeRun(5)
    await bench.sync.now()
    const audit = auditOf(bench)
    expect((await audit.run(runId)).ok).toBe(true)

    await bench.cleanUp(bench.desk(), runId)
    const result = await audit.run(runId)
    expect(named(result)).toEqual(tickets.map(({ key }, slot) => `missing ${runId}/${slot} ${key} removed`))
    expect(result.missing[0]?.reason).toMatch(/^deleted from Jira by the clean-up of its run, at \d{4}-/)
    expect([numbers(result), result.ok]).toEqual([[5, 5, 5, 0, 0, 0, 0], false])
    expect(auditVerdict(result).kind).toBe('removed')

    const span = { fromMinute: minuteOf(result.fromMs), toMinute: minuteOf(result.toMs) }
    expect(named(await audit.span(span))).toEqual(named(result))
  })

  test('what somebody else deleted is told apart from it', async () => {
    const bench = await openCleanUpBench(kind)
    const { runId, tickets } = await bench.makeRun(3)
    await bench.sync.now()
    await bench.sandbox.remove(tickets[1]?.id ?? '')
    await bench.cleanUp(bench.desk(), runId)
    const { missing } = await auditOf(bench).run(runId)
    expect(missing.map((one) => one.kind)).toEqual(['removed', 'deleted', 'removed'])
  })
})

describe.each(KINDS)('at a %s site', (deployment) => {
  test('what is watched may be a severity', async () => {
    const [critical = '', major = ''] = SEVERITIES.map(({ id }) => String(id))
    const scope = { fieldId: SEVERITY_FIELD.id, priorityIds: [critical] }
    const bench = await openAuditBench({
      deployment,
      severity: 'optional',
      watchedField: SEVERITY_FIELD.id,
      scope,
    })
    await bench.plan('abcd2345', [
      { atMs: 0, priorityId: critical },
      { atMs: 1, priorityId: major },
      { atMs: 2, priorityId: critical },
    ])
    const made = [
      await bench.make('abcd2345', 0),
      await bench.make('abcd2345', 1),
      await bench.make('abcd2345', 2),
    ]
    await bench.fetch()
    expect(numbers(await bench.audit.run())).toEqual([3, 3, 2, 0, 2, 2, 2])
    await bench.sandbox.edit(made[2]?.id ?? '', { [SEVERITY_FIELD.id]: { id: major } })
    expect(named(await bench.audit.run())).toEqual([`missing abcd2345/2 ${made[2]?.key} lowered`])
  })

  test('a project that is hidden from us is not taken for tickets that were deleted', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('abcd2345', [{ atMs: 0 }, { atMs: 1, projectKey: 'OPS' }])
    for (const slot of [0, 1]) await bench.make('abcd2345', slot)
    await bench.fetch()
    await bench.sandbox.setSettings({ hiddenProjects: ['OPS'] })
    const { missing } = await bench.audit.run()
    expect(missing.map(({ reason }) => reason)).toEqual([
      'no longer to be seen: this account does not see the project OPS any more; the store still counts it',
    ])
  })

  test('a lost log-in is an error, and no proof that anything is gone', async () => {
    const bench = await openAuditBench({ deployment, anonymous: 'empty' })
    await bench.plan('abcd2345', [{ atMs: 0 }])
    await bench.make('abcd2345', 0)
    await bench.fetch()
    await bench.sandbox.setSettings({ token: 'expired' })
    const span = { fromMinute: minuteOf(NOON), toMinute: minuteOf(NOON) + 1 }
    await expect(bench.audit.run()).rejects.toMatchObject({ code: 'not-authenticated' })
    await expect(bench.audit.span(span)).rejects.toMatchObject({ code: 'not-authenticated' })
    await bench.sandbox.setSettings({ token: 'good' })
    // One lost answer among good ones: it is asked for again, or told as what it is.
    for (const path of ['/search', '/(bulkfetch|issue/)']) {
      await bench.sandbox.setFaults([{ match: { path }, kind: 'logged-out', times: 1 }])
      const told = await bench.audit.run().then(
        ({ ok }) => ok,
        (error: AppError) => error.code,
      )
      expect([true, 'not-authenticated']).toContain(told)
    }
  })

  test('an empty answer without any sign of a lost log-in is not believed before Jira has said who we are', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('abcd2345', [{ atMs: 0 }])
    await bench.make('abcd2345', 0)
    await bench.fetch()
    const unknown = new AppError('not-authenticated', 'Jira does not know us.')
    const { store, jira, scope } = bench
    const parts = { siteId: AUDITED_SITE, store, clock: machineClock, scope }
    let asked = 0
    const forgets = {
      ...jira,
      identity: (signal: AbortSignal) => (asked++ === 0 ? jira.identity(signal) : Promise.reject(unknown)),
      byIds: () => Promise.resolve([]),
    }
    await expect(createAudit({ ...parts, jira: forgets }).run()).rejects.toBe(unknown)
    const never = { ...jira, identity: () => Promise.reject(unknown) }
    await expect(createAudit({ ...parts, jira: never }).run()).rejects.toBe(unknown)
    let answers = 0
    const once: Jira = {
      ...jira,
      byIds: (...given) => (answers++ === 0 ? Promise.resolve([]) : jira.byIds(...given)),
    }
    expect((await createAudit({ ...parts, jira: once }).run()).ok).toBe(true)
  })

  test('an audit changes nothing', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('abcd2345', [{ atMs: 0 }, { atMs: MINUTE }])
    const { id } = await bench.make('abcd2345', 0)
    await bench.fetch()
    await bench.sandbox.edit(id, { priority: { id: '5' } })
    const look = async () => ({
      tickets: await bench.sandbox.truth(),
      seq: await bench.store.seq(AUDITED_SITE),
      slots: await bench.store.slots(AUDITED_SITE, 'abcd2345'),
      run: await bench.store.run(AUDITED_SITE, 'abcd2345'),
    })
    const before = await look()
    expect((await bench.audit.run()).ok).toBe(false)
    expect((await bench.audit.span({ fromMinute: minuteOf(NOON), toMinute: minuteOf(NOON) + 2 })).ok).toBe(
      false,
    )
    expect(await look()).toEqual(before)
  })
})

describe('a run that the generator works on', () => {
  const shared = sharedSandbox()
  const RUN = { count: 40, minutes: 20, compress: 1_200, seed: 7 }

  test('under way: what is still to come is told apart from what is lost', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const { runId } = await generator.start({ ...RUN, compress: 300 })
    await progressWhere(bench, ({ created }) => created >= 3)
    const result = await runAudit(bench).run(runId)
    expect(result.created).toBeLessThan(40)
    const kinds = new Set(result.missing.map(({ kind }) => kind))
    expect([...kinds].every((kind) => ['not-yet-made', 'not-fetched', 'not-indexed'].includes(kind))).toBe(
      true,
    )
    expect(auditVerdict(result).kind).toBe('under-way')
    await generator.stop()
  })

  test('whose answers are lost and whose process ends, resumed by another: nothing is lost, nothing twice', async () => {
    const bench = await openBench(shared())
    const { sandbox } = bench
    const match = { method: 'POST', path: '/rest/api/3/issue$' }
    await sandbox.setFaults([
      { match, kind: 'applied-500', times: 3, after: 2 },
      { match, kind: 'reset-after', times: 3, after: 4 },
    ])
    const first = bench.generator()
    const { runId } = await first.start(RUN)
    await progressWhere(bench, ({ created }) => created >= 8)
    await first.close()
    const paused = await runAudit(bench).run(runId)
    expect([paused.ok, auditVerdict(paused).kind]).toEqual([false, 'under-way'])

    const heir = bench.generator()
    await heir.resume({ runId, missed: 'catch-up' })
    await heir.finished()
    const result = await runAudit(bench).run(runId)
    expect([result.planned, result.created, result.extra]).toEqual([40, 40, []])
    expect(new Set(result.missing.map(({ kind }) => kind))).toEqual(new Set(['not-fetched']))
    expect(result.indexed).toBe(result.watched)
    expect(result.lateness).toEqual((await heir.get(runId)).lateness)
  })
})

function runAudit({ sandbox, ...bench }: Bench): Audit {
  return auditOf({ ...bench, siteId: sandbox.siteId })
}
