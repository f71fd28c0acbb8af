import { describe, expect, test } from 'vitest'
import type { NewRun, NewSlot, SlotOutcome } from '../store.ts'
import { storeForEach, type Engine } from './engine.ts'
import { SITE } from './pages.ts'

const RUN: NewRun = {
  siteId: SITE,
  runId: 'abcdefgh',
  projectKey: 'TPM',
  seed: 4_294_967_295,
  planned: 4,
  startMs: 1_760_000_000_000,
  endMs: 1_760_003_600_000,
  rate: 1.5,
  state: 'running',
  createdAtMs: 1_760_000_000_000,
}
const SLOTS: NewSlot[] = [0, 1, 2, 3].map((slot) => ({
  slot,
  plannedMs: RUN.startMs + slot * 1_000,
  priorityId: '2',
}))

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

/** Runs and their slots: what keeps a slot from making two tickets. */
export function ledgerSuite(engine: Engine): void {
  describe(`ledger (${engine.name})`, () => {
    const opened = storeForEach(engine)

    test('a run is kept as it was planned, with its slots', async () => {
      const { store } = opened()
      await store.createRun(RUN, SLOTS)
      expect(await store.run(SITE, RUN.runId)).toEqual({ ...RUN, stateSinceMs: RUN.createdAtMs })
      expect(await store.run('site-b', RUN.runId)).toBeNull()
      expect(await store.slots(SITE, RUN.runId)).toEqual(
        SLOTS.map((slot) => ({
          ...slot,
          state: 'planned',
          sentAtMs: null,
          answeredAtMs: null,
          latenessMs: null,
          issueId: null,
          issueKey: null,
          reason: null,
        })),
      )
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
      expect((await store.runs(SITE, 2)).map((run) => run.runId)).toEqual(['newest', 'older'])
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

    test('of two instances that claim the same slots, one gets each', async () => {
      const { store, again } = opened()
      const other = await again()
      const slots = Array.from({ length: 100 }, (_, slot) => ({ slot, plannedMs: slot, priorityId: '2' }))
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
      expect(first).toEqual({ ...SLOTS[0], ...outcome(0), sentAtMs: 10 })
      expect(second).toEqual({ ...SLOTS[1], ...failed, sentAtMs: 10 })
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
      await store.recordSlots(SITE, RUN.runId, [givenBack(0, 10), outcome(1, { state: 'unknown' })])
      await store.claimSlots(SITE, RUN.runId, [0], 12)
      const before = await store.slots(SITE, RUN.runId)
      await store.recordSlots(SITE, RUN.runId, [givenBack(0, 10), givenBack(1, 10), givenBack(2, 10)])
      expect(await store.slots(SITE, RUN.runId)).toEqual(before)
    })

    test('a resumed run moves what is still planned, and its end', async () => {
      const { store } = opened()
      await store.createRun(RUN, SLOTS)
      await store.claimSlots(SITE, RUN.runId, [0, 1], 10)
      await store.setRunState(SITE, RUN.runId, 'paused', 7)
      await store.resumeRun(SITE, RUN.runId, { byMs: 500, atMs: 9 })
      const planned = (await store.slots(SITE, RUN.runId)).map((slot) => slot.plannedMs - RUN.startMs)
      expect(planned).toEqual([0, 1_000, 2_500, 3_500])
      const resumed = { state: 'running', endMs: RUN.endMs + 500, stateSinceMs: 9 }
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
      expect(await store.run(SITE, RUN.runId)).toMatchObject({ endMs: RUN.endMs + 1_000 })
    })

    test('a run is counted by what became of its slots, and by how late the latest were', async () => {
      const { store } = opened()
      const slots = Array.from({ length: 103 }, (_, slot) => ({ slot, plannedMs: slot, priorityId: '2' }))
      await store.createRun(RUN, slots)
      expect(await store.runCounts(SITE, RUN.runId)).toEqual({
        created: 0,
        failed: 0,
        unknown: 0,
        open: 103,
        latenessP95Ms: null,
      })
      await store.claimSlots(
        SITE,
        RUN.runId,
        slots.map(({ slot }) => slot).filter((slot) => slot < 102),
        10,
      )
      const created = slots.slice(0, 98).map(({ slot }) => outcome(slot, { latenessMs: slot + 1 }))
      const failed = [98, 99].map((slot) => outcome(slot, { state: 'failed', latenessMs: slot + 1 }))
      const unknown = outcome(100, { state: 'unknown', latenessMs: null })
      await store.recordSlots(SITE, RUN.runId, [...created, ...failed, unknown])
      expect(await store.runCounts(SITE, RUN.runId)).toEqual({
        created: 98,
        failed: 2,
        unknown: 1,
        open: 2,
        latenessP95Ms: 95,
      })
    })
  })
}
