import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import {
  first,
  later,
  run,
  start,
  startDashboard,
  storeDown,
  storeUp,
  type TestedDashboard,
} from '../../test-support/renderer/live/dashboard.ts'

let tested: TestedDashboard
beforeEach(async () => {
  tested = await startDashboard()
})
afterEach(() => {
  tested.dashboard.stop()
  vi.useRealTimers()
})

const planned = (): unknown => tested.dashboard.store.get().planned
/** What is planned for the minute that the span asked for begins with. */
function planAtFirst(count: number): void {
  tested.core.planned = async (asked) =>
    'fromMs' in asked ? [{ minute: asked.fromMs / startOfMinute(1), planned: count }] : []
}

test('what runs have planned is there when a run begins, and follows the span', async () => {
  expect(planned()).toEqual([])
  planAtFirst(3)
  tested.hub.publish('run.changed', run)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(planned()).toEqual([{ minute: first.fromMs / 60_000, planned: 3 }])
  await vi.advanceTimersByTimeAsync(120_000)
  expect(planned()).toEqual([{ minute: later.fromMs / 60_000, planned: 3 }])
})

test('it is asked for when a run is moved, and not with each of its tickets', async () => {
  tested.hub.publish('run.changed', run)
  await vi.advanceTimersByTimeAsync(1_000)
  planAtFirst(5)
  tested.hub.publish('run.changed', { ...run, created: 99 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(planned()).toEqual([])
  tested.hub.publish('run.changed', { ...run, shiftedMs: 60_000 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(planned()).toMatchObject([{ planned: 5 }])
})

test('while the store is away what was read stays, and is read again after that', async () => {
  planAtFirst(2)
  tested.hub.publish('run.changed', run)
  await vi.advanceTimersByTimeAsync(1_000)
  tested.putStore(storeDown(start))
  planAtFirst(4)
  tested.hub.publish('run.changed', { ...run, shiftedMs: 60_000 })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(planned()).toMatchObject([{ planned: 2 }])
  tested.putStore(storeUp)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(planned()).toMatchObject([{ planned: 4 }])
})
