import { expect, test } from 'vitest'
import type { SlotOutcome } from './ledger.ts'
import { storeForEach } from '../../../test-support/store/store.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import { newSlots, RUN, untouched } from '../../../test-support/store/runs.ts'

const SLOTS = newSlots(4)

function outcome(slot: number, given: Partial<SlotOutcome> = {}): SlotOutcome {
  return {
    slot,
    state: 'created',
    answeredAtMs: 20,
    latenessMs: 3.5,
    issueId: `id-${slot}`,
    issueKey: `TPM-${slot}`,
    reason: null,
    ...given,
  }
}

/** The claim made at `sentAtMs` came to nothing: surely no ticket was made. */
function givenBack(slot: number, sentAtMs: number): SlotOutcome {
  return outcome(slot, { state: 'planned', sentAtMs, latenessMs: null, issueId: null, issueKey: null })
}

// Runs and their slots: what keeps a slot from making two tickets.

const opened = storeForEach()

test('a run is kept as it was planned, with its slots', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  expect(await store.run(SITE, RUN.runId)).toEqual({
    ...RUN,
    reason: null,
    requested: null,
    stateSinceMs: RUN.createdAtMs,
    revision: null,
    shiftedMs: 0,
  })
  expect(await store.run('site-b', RUN.runId)).toBeNull()
  expect(await store.slots(SITE, RUN.runId)).toEqual(SLOTS.map(untouched))
})

test('a run whose slots cannot be written is not there at all', async () => {
  const { store } = opened()
  const twice = [...SLOTS, ...SLOTS]
  await expect(store.createRun(RUN, twice)).rejects.toThrow(/unique/i)
  expect(await store.run(SITE, RUN.runId)).toBeNull()
  expect(await store.slots(SITE, RUN.runId)).toEqual([])
})

test('a run that is given again, by one who never heard that it was stored, stays as it is', async () => {
  const { store, again } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0], 10)
  await store.setRunState(SITE, RUN.runId, 'paused', 30)
  const before = [await store.run(SITE, RUN.runId), await store.slots(SITE, RUN.runId)]
  await (await again()).createRun(RUN, SLOTS)
  expect([await store.run(SITE, RUN.runId), await store.slots(SITE, RUN.runId)]).toEqual(before)
  await expect(store.createRun({ ...RUN, seed: 1 }, SLOTS)).rejects.toThrow(/unique/i)
})

test('the newest runs come first', async () => {
  const { store } = opened()
  expect(await store.lastRun(SITE)).toBeNull()
  for (const [i, runId] of ['older', 'newest', 'oldest'].entries()) {
    await store.createRun({ ...RUN, runId, createdAtMs: [20, 30, 10][i] ?? 0 }, [])
  }
  expect((await store.lastRun(SITE))?.runId).toBe('newest')
  const ids = async (limit: number, beforeMs?: number): Promise<string[]> =>
    (await store.runs(SITE, limit, beforeMs)).map((run) => run.runId)
  expect(await ids(2)).toEqual(['newest', 'older'])
  expect(await ids(2, 30)).toEqual(['older', 'oldest'])
  expect(await ids(2, 10)).toEqual([])
})

test('the state of a run is changed; that of an unknown run is an error', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.setRunState(SITE, RUN.runId, 'paused', 30)
  expect((await store.run(SITE, RUN.runId))?.state).toBe('paused')
  await expect(store.setRunState(SITE, 'nosuchrun', 'done', 30)).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('a slot is claimed once, and only while it is planned', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  expect(await store.claimSlots(SITE, RUN.runId, [0, 1], 10)).toEqual([0, 1])
  expect(await store.claimSlots(SITE, RUN.runId, [1, 2, 99], 11)).toEqual([2])
  const slots = await store.slots(SITE, RUN.runId)
  expect(slots.map((slot) => [slot.state, slot.sentAtMs])).toEqual([
    ['sent', 10],
    ['sent', 10],
    ['sent', 11],
    ['planned', null],
  ])
})

test.each(['paused', 'stopped', 'done'] as const)('of a run that is %s no slot is claimed', async (state) => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.setRunState(SITE, RUN.runId, state, 5)
  expect(await store.claimSlots(SITE, RUN.runId, [0, 1], 10)).toEqual([])
  expect((await store.slots(SITE, RUN.runId)).every((slot) => slot.state === 'planned')).toBe(true)
})

test('whoever brings a run to rest sees all that was claimed of it, and nothing is claimed any more', async () => {
  const { store, again } = opened()
  const other = await again()
  const slots = newSlots(60)
  await store.createRun(RUN, slots)
  const claims = slots.map(({ slot }) => other.claimSlots(SITE, RUN.runId, [slot], 10))
  await claims[10]
  await store.setRunState(SITE, RUN.runId, 'paused', 5)
  const seen = (await store.slots(SITE, RUN.runId)).filter(({ state }) => state === 'sent')
  const claimed = (await Promise.all(claims)).flat()
  expect(seen.map(({ slot }) => slot)).toEqual(claimed.toSorted((a, b) => a - b))
})

test('an outcome tells when its request left; where it does not, the claim’s time stays', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0, 1], 10)
  await store.recordSlots(SITE, RUN.runId, [outcome(0, { sentAtMs: 14 }), outcome(1)])
  const slots = await store.slots(SITE, RUN.runId)
  expect(slots.slice(0, 2).map(({ sentAtMs }) => sentAtMs)).toEqual([14, 10])
})

test('of two instances that claim the same slots, one gets each', async () => {
  const { store, again } = opened()
  const other = await again()
  const slots = newSlots(100)
  await store.createRun(RUN, slots)
  const claims = slots.flatMap(({ slot }) =>
    [store, other].map((one) => one.claimSlots(SITE, RUN.runId, [slot], 10)),
  )
  const claimed = (await Promise.all(claims)).flat()
  expect(claimed.toSorted((a, b) => a - b)).toEqual(slots.map(({ slot }) => slot))
})

test('outcomes are recorded; a created slot never changes again', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0, 1, 2], 10)
  const failed = outcome(1, { state: 'failed', issueId: null, issueKey: null, reason: 'refused' })
  await store.recordSlots(SITE, RUN.runId, [outcome(0), failed])
  await store.recordSlots(SITE, RUN.runId, [outcome(0, { state: 'unknown', issueKey: null })])
  const [first, second] = await store.slots(SITE, RUN.runId)
  expect(first).toEqual({ ...SLOTS[0], ...outcome(0), sentAtMs: 10, removedMs: null })
  expect(second).toEqual({ ...SLOTS[1], ...failed, sentAtMs: 10, removedMs: null })
})

test('a slot that is given back can be claimed again', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0], 10)
  await store.recordSlots(SITE, RUN.runId, [givenBack(0, 10)])
  expect((await store.slots(SITE, RUN.runId))[0]).toMatchObject({ state: 'planned', sentAtMs: null })
  expect(await store.claimSlots(SITE, RUN.runId, [0], 12)).toEqual([0])
})

test('giving a slot back again, after it was claimed anew, changes nothing; nor where it has an outcome', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0, 1], 10)
  await store.recordSlots(SITE, RUN.runId, [givenBack(0, 10), outcome(1, { state: 'failed' })])
  await store.claimSlots(SITE, RUN.runId, [0], 12)
  const before = await store.slots(SITE, RUN.runId)
  await store.recordSlots(SITE, RUN.runId, [givenBack(0, 10), givenBack(1, 10), givenBack(2, 10)])
  expect(await store.slots(SITE, RUN.runId)).toEqual(before)
})

test('an unknown slot, too, is given back by its claim, with nothing left of it, and not by another', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0, 1], 10)
  const unknown = { state: 'unknown', issueId: null, issueKey: null, reason: 'no answer' } as const
  await store.recordSlots(SITE, RUN.runId, [outcome(0, unknown), outcome(1, unknown)])
  await store.recordSlots(SITE, RUN.runId, [givenBack(0, 10), givenBack(1, 9)])
  const [back, other] = await store.slots(SITE, RUN.runId)
  expect(back).toEqual({ ...SLOTS[0], ...givenBack(0, 10), sentAtMs: null, removedMs: null })
  expect(other).toMatchObject({ state: 'unknown', sentAtMs: 10, latenessMs: 3.5 })
  expect(await store.claimSlots(SITE, RUN.runId, [0, 1], 12)).toEqual([0])
})

test('a resumed run moves what is still planned, and its end', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0, 1], 10)
  await store.setRunState(SITE, RUN.runId, 'paused', 7)
  await store.resumeRun(SITE, RUN.runId, { byMs: 500, atMs: 9 })
  const planned = (await store.slots(SITE, RUN.runId)).map((slot) => slot.plannedMs - RUN.startMs)
  expect(planned).toEqual([0, 1_000, 2_500, 3_500])
  const resumed = { state: 'running', endMs: RUN.endMs + 500, shiftedMs: 500, stateSinceMs: 9 }
  expect(await store.run(SITE, RUN.runId)).toMatchObject(resumed)
})

test('a run that is resumed again as it was moves once; at another time, once more', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  const planned = async (): Promise<number[]> =>
    (await store.slots(SITE, RUN.runId)).map((slot) => slot.plannedMs - RUN.startMs)
  await store.resumeRun(SITE, RUN.runId, { byMs: 500, atMs: 9 })
  await store.resumeRun(SITE, RUN.runId, { byMs: 500, atMs: 9 })
  expect(await planned()).toEqual([500, 1_500, 2_500, 3_500])
  await store.setRunState(SITE, RUN.runId, 'paused', 10)
  await store.resumeRun(SITE, RUN.runId, { byMs: 500, atMs: 20 })
  expect(await planned()).toEqual([1_000, 2_000, 3_000, 4_000])
  expect(await store.run(SITE, RUN.runId)).toMatchObject({
    endMs: RUN.endMs + 1_000,
    shiftedMs: 1_000,
  })
})

test('slots are skipped once, with the reason, where they are still planned; they keep their times', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0], 10)
  await store.setRunState(SITE, RUN.runId, 'paused', 10)
  const skipped = { slots: [0, 1, 99], reason: 'missed \0 while the machine slept' }
  await store.resumeRun(SITE, RUN.runId, { byMs: 500, atMs: 20, skipped })
  await store.resumeRun(SITE, RUN.runId, { byMs: 500, atMs: 20, skipped: { ...skipped, slots: [3] } })
  const slots = await store.slots(SITE, RUN.runId)
  expect(slots.map(({ state, plannedMs }) => [state, plannedMs - RUN.startMs])).toEqual([
    ['sent', 0],
    ['skipped', 1_000],
    ['planned', 2_500],
    ['planned', 3_500],
  ])
  expect(slots.map(({ reason }) => reason)).toEqual([
    null,
    'missed \u{FFFD} while the machine slept',
    null,
    null,
  ])
  expect(await store.claimSlots(SITE, RUN.runId, [1], 30)).toEqual([])
  expect(await store.runCounts(SITE, RUN.runId, 0)).toMatchObject({ skipped: 1, open: 3 })
})

test('removed tickets are noted with their time, once', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0, 1], 10)
  await store.recordSlots(SITE, RUN.runId, [outcome(0), outcome(1)])
  await store.markRemoved(SITE, RUN.runId, [1], 40)
  await store.markRemoved(SITE, RUN.runId, [0, 1, 99], 50)
  const slots = await store.slots(SITE, RUN.runId)
  expect(slots.map(({ removedMs }) => removedMs)).toEqual([50, 40, null, null])
  expect(slots.map(({ state }) => state)).toEqual(['created', 'created', 'planned', 'planned'])
  expect(await store.runCounts(SITE, RUN.runId, 0)).toMatchObject({ created: 2, removed: 2 })
})

test('a run is counted by what became of its slots, and by how late the latest were', async () => {
  const { store } = opened()
  const slots = newSlots(103)
  await store.createRun(RUN, slots)
  const none = { created: 0, failed: 0, unknown: 0, skipped: 0, missed: 0, removed: 0 }
  expect(await store.runCounts(SITE, RUN.runId, 0)).toEqual({ ...none, open: 103, lateness: null })
  await store.claimSlots(
    SITE,
    RUN.runId,
    slots.map(({ slot }) => slot).filter((slot) => slot < 101),
    10,
  )
  const created = slots.slice(0, 98).map(({ slot }) => outcome(slot, { latenessMs: slot + 1 }))
  const failed = [98, 99].map((slot) => outcome(slot, { state: 'failed', latenessMs: slot + 1 }))
  const unknown = outcome(100, { state: 'unknown', latenessMs: null })
  await store.recordSlots(SITE, RUN.runId, [...created, ...failed, unknown])
  const became = { ...none, created: 98, failed: 2, unknown: 1, open: 2 }
  const lateness = { p50Ms: 50, p95Ms: 95, maxMs: 100 }
  // What was planned for before the time, and is still.
  for (const [atMs, missed] of [
    [101_000, 0],
    [101_001, 1],
    [200_000, 2],
  ] as const) {
    const counts = await store.runCounts(SITE, RUN.runId, RUN.startMs + atMs)
    expect(counts).toEqual({ ...became, missed, lateness })
  }
})

test('one slot alone is the latest, and half of all', async () => {
  const { store } = opened()
  await store.createRun(RUN, SLOTS)
  await store.claimSlots(SITE, RUN.runId, [0], 10)
  await store.recordSlots(SITE, RUN.runId, [outcome(0, { latenessMs: 0 })])
  const { lateness } = await store.runCounts(SITE, RUN.runId, 0)
  expect(lateness).toEqual({ p50Ms: 0, p95Ms: 0, maxMs: 0 })
})

test('a run of no name has no slots, and nothing to count', async () => {
  const { store } = opened()
  expect(await store.slots(SITE, 'nosuchrun')).toEqual([])
  expect(await store.runCounts(SITE, 'nosuchrun', 0)).toMatchObject({
    open: 0,
    missed: 0,
    lateness: null,
  })
})
