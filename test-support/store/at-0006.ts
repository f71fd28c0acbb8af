import { expect } from 'vitest'
import type { Store } from '../../src-main/store/store.ts'

/** What the ledger may hold before migrations 0007 to 0010, in SQL that both engines take. */
export const AT_0006 = [
  `INSERT INTO runs (site_id, run_id, project_key, seed, planned, start_ms, end_ms, rate, state, state_since_ms,
     created_ms) VALUES
     ('a', 'older', 'TPM', 7, 3, 1000, 4000, 1, 'done', 4000, 1000),
     ('a', 'newer', 'OPS', 8, 2, 2000, 5000, 60, 'paused', 3000, 2000),
     ('b', 'newer', 'TPM', 9, 1, 2000, 5000, 1, 'running', 2000, 2000)`,
  `INSERT INTO slots (site_id, run_id, slot, planned_ms, priority_id, state, sent_ms, answered_ms, lateness_ms,
     issue_id, issue_key, reason) VALUES
     ('a', 'older', 0, 1000, '2', 'created', 1001, 1050, 1.5, '10', 'TPM-10', NULL),
     ('a', 'older', 1, 2000, '1', 'failed', 2002, 2050, 2.5, NULL, NULL, 'refused'),
     ('a', 'older', 2, 3000, '2', 'unknown', 3003, 3050, 3.5, NULL, NULL, 'no answer'),
     ('a', 'newer', 0, 2000, '2', 'sent', 2001, NULL, NULL, NULL, NULL, NULL),
     ('a', 'newer', 1, 4000, '2', 'planned', NULL, NULL, NULL, NULL, NULL, NULL),
     ('b', 'newer', 0, 2500, '2', 'planned', NULL, NULL, NULL, NULL, NULL, NULL)`,
  `INSERT INTO leases (site_id, name, owner, expires_ms) VALUES ('a', 'run', 'one', 1)`,
  `INSERT INTO site_seq (site_id, seq, reset_seq) VALUES ('a', 7, 3)`,
]

/** Fails where an engine has not carried it over into today's tables, or cannot go on with it. */
export async function expectLedgerCarriedOver(store: Store): Promise<void> {
  const runs = await store.runs('a', 9)
  expect(runs.map(({ runId, state, stateSinceMs }) => [runId, state, stateSinceMs])).toEqual([
    ['newer', 'paused', 3_000],
    ['older', 'done', 4_000],
  ])
  for (const run of runs)
    expect(run).toMatchObject({
      profile: 'steady',
      reason: null,
      requested: null,
      revision: null,
      shiftedMs: 0,
    })

  const older = { projectKey: 'TPM', issueTypeId: '', removedMs: null }
  expect(await store.slots('a', 'older')).toMatchObject([
    { ...older, slot: 0, state: 'created', latenessMs: 1.5, issueId: '10', issueKey: 'TPM-10' },
    { ...older, slot: 1, state: 'failed', priorityId: '1', reason: 'refused' },
    { ...older, slot: 2, state: 'unknown', sentAtMs: 3_003, reason: 'no answer' },
  ])
  expect((await store.slots('b', 'newer')).map(({ projectKey }) => projectKey)).toEqual(['TPM'])
  const planned = await store.slotsPlanned('a', 2_000, 4_001)
  expect(planned.map(({ runId, slot, projectKey }) => [runId, slot, projectKey])).toEqual([
    ['newer', 0, 'OPS'],
    ['older', 1, 'TPM'],
    ['older', 2, 'TPM'],
    ['newer', 1, 'OPS'],
  ])
  expect(await store.slotsOfTickets('a', ['10'])).toMatchObject([{ runId: 'older', slot: 0 }])
  expect(await store.runCounts('a', 'older', 9_000)).toEqual({
    created: 1,
    failed: 1,
    unknown: 1,
    open: 0,
    skipped: 0,
    missed: 0,
    removed: 0,
    lateness: { p50Ms: 2.5, p95Ms: 3.5, maxMs: 3.5 },
  })
  expect(await store.runCounts('a', 'newer', 9_000)).toMatchObject({ open: 2, missed: 1, lateness: null })

  await store.resumeRun('a', 'newer', { byMs: 100, atMs: 6_000 })
  expect(await store.claimSlots('a', 'newer', [0, 1], 6_100)).toEqual([1])
  await store.markRemoved('a', 'older', [0], 7_000)
  expect((await store.runCounts('a', 'older', 0)).removed).toBe(1)
  expect((await store.leaseHolder('a', 'run'))?.owner).toBe('one')
  expect([await store.seq('a'), await store.epoch('a')]).toEqual([7, 3])
}
