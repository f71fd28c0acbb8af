import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { LEFT_MS, noNews, page, SITE, ticket, hour, MINUTE, WATCHED } from '../../test-support/store/pages.ts'
import { newSlot, newSlots, RUN } from '../../test-support/store/runs.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import type { NewSlot, SlotOutcome } from './ledger/ledger.ts'

// What runs plan to show in the chart, and what it shows of a run.

const opened = storeForEach()

const { runId } = RUN
const at = (minute: number): number => startOfMinute(MINUTE + minute)

function made(slot: number, issueId: string): SlotOutcome {
  return { slot, state: 'created', answeredAtMs: 1, latenessMs: 1, issueId, issueKey: issueId, reason: null }
}

test('planned tickets of all runs are counted by their minutes, of those alone that the chart counts', async () => {
  const { store } = opened()
  const slot = fc.record({
    plannedMs: fc.integer({ min: at(-3), max: at(63) }),
    priorityId: fc.constantFrom('1', '2', '3'),
    projectKey: fc.constantFrom('OPS', 'TPM'),
  })
  const runs = fc.array(fc.array(slot, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 3 })
  const asked = fc.record({
    projectKey: fc.constantFrom('OPS', null),
    bucketMinutes: fc.constantFrom(1, 7, 15),
    // As the days of a calendar are: some longer than others.
    ofCalendar: fc.option(fc.constant([0, 13, 20, 59]), { nil: undefined }),
  })
  let site = 0
  await fc.assert(
    fc.asyncProperty(runs, asked, async (planned, { projectKey, bucketMinutes, ofCalendar }) => {
      const siteId = `site ${++site}`
      const slots = planned.map((some) => some.map((facts, number) => newSlot(number, facts)))
      for (const [n, some] of slots.entries())
        await store.createRun({ ...RUN, siteId, runId: `run ${n}` }, some)
      const startMinutes = ofCalendar?.map((minute) => MINUTE + minute)
      const found = await store.plannedCounts({
        ...hour({ siteId, bucketMinutes, ...(startMinutes && { startMinutes }) }),
        projectKey,
      })
      const counted = slots
        .flat()
        .filter((one) => one.plannedMs >= at(0) && one.plannedMs < at(60) && one.priorityId !== '3')
        .filter((one) => projectKey === null || one.projectKey === projectKey)
      const bucketOf = ({ plannedMs }: NewSlot): number =>
        startMinutes?.findLast((start) => start <= minuteOf(plannedMs)) ??
        MINUTE + Math.floor((minuteOf(plannedMs) - MINUTE) / bucketMinutes) * bucketMinutes
      const expected = Map.groupBy(counted, bucketOf)
      expect(found).toEqual(
        [...expected]
          .toSorted(([a], [b]) => a - b)
          .map(([startMinute, some]) => ({ startMinute, planned: some.length })),
      )
    }),
    { numRuns: 40 },
  )
})

test('what a stopped run had left is not planned any more; what was moved is planned for its new time', async () => {
  const { store } = opened()
  await store.createRun(RUN, [newSlot(0, { plannedMs: at(1) }), newSlot(1, { plannedMs: at(5) })])
  const planned = async (): Promise<unknown> =>
    (await store.plannedCounts(hour())).map(({ startMinute, planned: n }) => [startMinute - MINUTE, n])
  expect(await planned()).toEqual([
    [1, 1],
    [5, 1],
  ])
  await store.claimSlots(SITE, runId, [0], 1)
  await store.resumeRun(SITE, runId, { byMs: 60_000, atMs: 2 })
  expect(await planned()).toEqual([
    [1, 1],
    [6, 1],
  ])
  await store.setRunState(SITE, runId, 'stopped', 3)
  expect(await planned()).toEqual([[1, 1]])
})

test('many that are planned for one moment are counted, too', async () => {
  const { store } = opened()
  const slots = newSlots(12_000).map((slot) => ({ ...slot, plannedMs: at(2) }))
  await store.createRun(RUN, slots)
  expect(await store.plannedCounts(hour())).toEqual([{ startMinute: MINUTE + 2, planned: 12_000 }])
})

test('of a run’s tickets those are charted that are counted', async () => {
  const { store } = opened()
  const ids = ['a', 'b', 'c', 'd', 'e']
  await store.createRun(RUN, [...newSlots(4), newSlot(4, { priorityId: '3' })])
  await store.recordSlots(
    SITE,
    runId,
    ids.map((id, slot) => made(slot, id)),
  )
  const charted = (projectKey: string | null = null): Promise<unknown> =>
    store.chartedOfRun({ siteId: SITE, runId }, { ...WATCHED, projectKey })
  expect(await charted()).toEqual({ planned: 4, charted: 0 })
  const fetched = [ticket('a'), ticket('b'), ticket('other'), ticket('c'), ticket('e', { priorityId: '3' })]
  expect(await store.applyPage(page(fetched))).not.toEqual(noNews(0))
  expect(await charted()).toEqual({ planned: 4, charted: 3 })
  await store.applyPage(page([], { removals: [{ id: 'b', reason: 'deleted', atMs: LEFT_MS }] }))
  expect(await charted()).toEqual({ planned: 4, charted: 2 })
  expect(await charted('OPS')).toEqual({ planned: 0, charted: 0 })
  expect(await store.chartedOfRun({ siteId: SITE, runId: 'none' }, WATCHED)).toEqual({
    planned: 0,
    charted: 0,
  })
})

test('a run of 100,000 is counted whole, and nobody waits for it', async () => {
  const { store } = opened()
  const slots = newSlots(100_000).map((slot, n) => ({ ...slot, plannedMs: at(0) + n * 36 }))
  await store.createRun(RUN, slots)
  let turns = 0
  const ticking = setInterval(() => (turns += 1))
  const counts = await store.plannedCounts(hour())
  expect(await store.chartedOfRun({ siteId: SITE, runId }, WATCHED)).toEqual({ planned: 100_000, charted: 0 })
  clearInterval(ticking)
  expect(turns).toBeGreaterThan(20)
  expect(counts.reduce((sum, { planned }) => sum + planned, 0)).toBe(100_000)
  expect(counts).toHaveLength(60)
})
