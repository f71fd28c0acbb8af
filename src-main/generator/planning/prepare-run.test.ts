import { expect, test } from 'vitest'
import { openTestStore } from '../../../test-support/store/store.ts'
import { reviveRun } from './prepare-run.ts'

const HOUR_MS = 3_600_000
const START_MS = 1_800_000_000_000
const SITE = 's'

test('a run that is opened again and again for a moment keeps its spacing, however long it stood still', async () => {
  const store = await openTestStore()
  const run = {
    siteId: SITE,
    runId: 'abcdefgh',
    projectKey: 'TPM',
    seed: 1,
    planned: 1,
    startMs: START_MS,
    endMs: START_MS + HOUR_MS,
    rate: 1,
    profile: 'steady',
    mix: 'all' as const,
    state: 'running' as const,
    createdAtMs: START_MS,
  }
  const dueInMs = 36_000
  await store.createRun(run, [
    { slot: 0, plannedMs: START_MS + dueInMs, priorityId: '1', projectKey: 'TPM', issueTypeId: '1' },
  ])
  await store.setRunState(SITE, run.runId, 'paused', START_MS)

  for (const day of [1, 2, 3]) {
    const nowMs = START_MS + day * 24 * HOUR_MS
    const last = await store.lastRun(SITE)
    if (last === null) throw new Error('The run is gone')
    // Another process each time: it knows nothing but what the store has. No slot falls due before it is closed.
    await reviveRun({ store, siteId: SITE, siteTime: { now: () => nowMs } }, last, null)
    const [slot] = await store.slots(SITE, run.runId)
    expect((slot?.plannedMs ?? 0) - nowMs).toBe(dueInMs)
    await store.setRunState(SITE, run.runId, 'paused', nowMs)
  }
})
