import { describe, expect, test } from 'vitest'
import { missTwice } from '../../test-support/sync/history.ts'
import {
  addsUp,
  AUDITED_SITE,
  MINUTE,
  named,
  numbers,
  openAuditBench,
  type AuditBench,
} from '../../test-support/audit/audit.ts'

const KINDS = ['cloud', 'data-center'] as const

/** Three minutes with six tickets, four of which are watched. */
const PLAN = [
  { atMs: 1_000 },
  { atMs: 2_000, priorityId: '2' },
  { atMs: 3_000, priorityId: '4' },
  { atMs: MINUTE + 59_999 },
  { atMs: 2 * MINUTE, priorityId: '3' },
  { atMs: 2 * MINUTE + 1, projectKey: 'OPS' },
]

async function madeRun(bench: AuditBench, runId = 'abcd2345', plan = PLAN) {
  await bench.plan(runId, plan)
  const made = []
  for (let slot = 0; slot < plan.length; slot++) made.push(await bench.make(runId, slot))
  await bench.store.setRunState(AUDITED_SITE, runId, 'done', bench.sandbox.clock.now())
  return made
}

describe.each(KINDS)('the audit of a run at a %s site', (deployment) => {
  test('is ok, minute by minute, when everything is everywhere', async () => {
    const bench = await openAuditBench({ deployment })
    await madeRun(bench)
    await bench.fetch()
    const result = await bench.audit.run('abcd2345')
    expect(named(result)).toEqual([])
    expect(numbers(result)).toEqual([6, 6, 4, 0, 4, 4, 4])
    expect(result.minutes.map(({ planned, watched, charted }) => [planned, watched, charted])).toEqual([
      [3, 2, 2],
      [1, 1, 1],
      [2, 1, 1],
    ])
    expect([result.ok, addsUp(result)]).toEqual([true, true])
    expect(result.lateness).toEqual({ p50Ms: 1, p95Ms: 1, maxMs: 1 })
  })

  test('names what became of each ticket behind our back', async () => {
    const bench = await openAuditBench({ deployment, scope: { projectKey: 'TPM' } })
    const { sandbox } = bench
    const [a, b, c, d] = await madeRun(
      bench,
      'abcd2345',
      Array.from({ length: 6 }, (_, n) => ({ atMs: n * 30_000 })),
    )
    await bench.fetch()
    bench.advance(MINUTE)
    await sandbox.edit(a?.id ?? '', { priority: { id: '4' } })
    await sandbox.remove(b?.id ?? '')
    const moved = await sandbox.move(c?.id ?? '', 'OPS')
    await sandbox.edit(d?.id ?? '', { labels: [] })
    const result = await bench.audit.run()
    expect(named(result)).toEqual([
      `missing abcd2345/0 ${a?.key} lowered`,
      `missing abcd2345/1 ${b?.key} deleted`,
      `missing abcd2345/2 ${c?.key} moved`,
    ])
    expect(result.missing.map(({ reason }) => reason)).toEqual([
      'lowered to Low; the store still counts it',
      'deleted from Jira, or no longer to be seen by this account; the store still counts it',
      `moved to ${moved.key}, in a project that is not watched; the store still counts it`,
    ])
    expect(numbers(result)).toEqual([6, 6, 6, 0, 3, 6, 6])
    expect(result.ok).toBe(false)

    // A fetch sees what was lowered; what is gone from the project only a census does.
    await bench.fetch()
    expect(numbers(await bench.audit.run())).toEqual([6, 6, 6, 0, 3, 5, 5])
    await missTwice(bench)
    const last = await bench.audit.run()
    expect(numbers(last)).toEqual([6, 6, 6, 0, 3, 3, 3])
    expect(last.missing.map(({ reason }) => reason)).toEqual([
      'lowered to Low',
      'deleted from Jira, or no longer to be seen by this account',
      `moved to ${moved.key}, in a project that is not watched`,
    ])
  })

  test('tells a late index from a late fetch', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('abcd2345', PLAN)
    const first = await bench.make('abcd2345', 0)
    await bench.sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 10 * MINUTE } })
    for (const slot of [1, 2, 3, 4, 5]) await bench.make('abcd2345', slot)
    const result = await bench.audit.run()
    expect(result.missing.map(({ key, kind }) => [key, kind])).toEqual([
      [first.key, 'not-fetched'],
      ...['TPM-2', 'TPM-4', 'OPS-1'].map((key) => [key, 'not-indexed']),
    ])
    bench.advance(11 * MINUTE)
    await bench.fetch()
    expect((await bench.audit.run()).ok).toBe(true)
  })

  test('names one too many, a copy, and one for a slot that is not there', async () => {
    const bench = await openAuditBench({ deployment })
    await madeRun(bench)
    const twin = await bench.forge('abcd2345', 3)
    const copy = await bench.forge('abcd2345', null, { priorityId: '4' })
    const stray = await bench.forge('abcd2345', 17)
    await bench.fetch()
    const result = await bench.audit.run()
    expect(named(result)).toEqual([
      `extra ${twin.key} twice`,
      `extra ${copy.key} foreign`,
      `extra ${stray.key} foreign`,
    ])
    expect(numbers(result)).toEqual([6, 6, 4, 0, 4, 4, 4])
  })

  test('finds the ticket of a slot whose outcome nobody knows', async () => {
    const bench = await openAuditBench({ deployment })
    await bench.plan('abcd2345', PLAN)
    const ticket = await bench.forge('abcd2345', 0)
    await bench.store.claimSlots(AUDITED_SITE, 'abcd2345', [0, 1], bench.sandbox.clock.now())
    await bench.record('abcd2345', 0, { state: 'unknown', reason: 'The answer was lost.' })
    await bench.record('abcd2345', 1, { state: 'failed', reason: 'Field priority cannot be set.' })
    await bench.store.setRunState(AUDITED_SITE, 'abcd2345', 'stopped', bench.sandbox.clock.now())
    await bench.fetch()
    const { missing, extra, ...rest } = await bench.audit.run()
    expect(extra).toEqual([])
    expect(missing.map(({ key, kind, reason }) => [key, kind, reason])).toEqual([
      [ticket.key, 'unknown', `unknown: The answer was lost. Jira shows ${ticket.key} for it.`],
      [null, 'failed', 'failed: Field priority cannot be set.'],
      ...[2, 3, 4, 5].map(() => [null, 'stopped', 'not made, because the run was stopped']),
    ])
    expect(numbers({ ...rest, missing, extra })).toEqual([6, 0, 1, 0, 1, 1, 1])
  })
})
