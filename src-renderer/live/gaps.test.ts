import { expect, test } from 'vitest'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import { createStateStore } from '../state-store.ts'
import { emptyDashboard, type DashboardState } from './dashboard-state.ts'
import { followGaps, gapsOf } from './gaps.ts'

const MINUTE = 60_000
/** An hour from minute 600 on, of which the first 20 minutes were fetched when it was counted. */
const shown = {
  session: { clock: steadyClock(0) },
  counts: { fromMinute: 600, toMinute: 660, known: [{ fromMs: 0, toMs: 620 * MINUTE }] },
  sync: null,
  knownMinute: null,
} as unknown as DashboardState

const fetchedTo = (minute: number) =>
  ({ known: [{ fromMs: 0, toMs: minute * MINUTE }] }) as DashboardState['sync']

test('two minutes of silence are none; then it is unknown from the last fetch on, to the end of this minute', () => {
  expect(gapsOf(shown, 622 * MINUTE)).toEqual([])
  expect(gapsOf(shown, 622 * MINUTE + 1)).toEqual([{ fromMs: 620 * MINUTE, toMs: 623 * MINUTE }])
  expect(gapsOf(shown, 900 * MINUTE)).toEqual([{ fromMs: 620 * MINUTE, toMs: 660 * MINUTE }])
})

test('what the fetches say since counts, and nothing is said of a time before the hour or after now', () => {
  expect(gapsOf({ ...shown, sync: fetchedTo(629) }, 630 * MINUTE)).toEqual([])
  expect(gapsOf({ ...shown, sync: fetchedTo(500) }, 621 * MINUTE)).toEqual([])
  expect(gapsOf(shown, 590 * MINUTE)).toEqual([])
})

test('while the store is away, nothing is said of what came after', () => {
  expect(gapsOf({ ...shown, knownMinute: 620 }, 700 * MINUTE)).toEqual([])
})

test('what retention deleted is unknown, also while the last report of the fetches is older', () => {
  const counts = { ...shown.counts, keptFromMs: 610 * MINUTE } as DashboardState['counts']
  const deleted = { fromMs: 600 * MINUTE, toMs: 610 * MINUTE, isDeleted: true }
  expect(gapsOf({ ...shown, counts, sync: fetchedTo(629) }, 630 * MINUTE)).toEqual([deleted])
})

test('the state follows, and stays the same object while nothing changes', () => {
  let nowMs = 621 * MINUTE
  const store = createStateStore<DashboardState>({ ...emptyDashboard, nowMinute: 621 })
  const end = followGaps(store, () => nowMs)
  store.put({ session: shown.session, counts: shown.counts })
  expect(store.get().gaps).toEqual([])
  nowMs = 625 * MINUTE
  store.put({ nowMinute: 625 })
  const { gaps } = store.get()
  expect(gaps).toEqual([{ fromMs: 620 * MINUTE, toMs: 626 * MINUTE }])
  store.put({ sync: fetchedTo(620) })
  expect(store.get().gaps).toBe(gaps)
  store.put({ sync: fetchedTo(625) })
  expect(store.get().gaps).toEqual([])
  end()
})
