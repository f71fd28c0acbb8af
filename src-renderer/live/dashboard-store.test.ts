import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { DashboardState } from './dashboard-state.ts'
import {
  first,
  hourOf,
  start,
  startDashboard,
  storeDown,
  storeUp,
  type TestedDashboard,
} from '../../test-support/renderer/live/dashboard.ts'

describe('a dashboard whose store is out of reach', () => {
  let tested: TestedDashboard
  const state = (): DashboardState => tested.dashboard.store.get()

  beforeEach(async () => {
    tested = await startDashboard()
  })
  afterEach(() => {
    tested.dashboard.stop()
    vi.useRealTimers()
  })

  test('keeps the chart, and says up to when it is known', async () => {
    tested.putStore(storeDown(start - 60_000))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(state()).toMatchObject({
      storeStatus: { canFallBack: true },
      knownMinute: start / 60_000 - 1.5, // 14:57
      counts: { fromMinute: first.fromMs / 60_000 },
      countsFailure: null,
    })
  })

  test('stays at the span that is known until the store is back, and is right again by itself', async () => {
    tested.putStore(storeDown(start))
    await vi.advanceTimersByTimeAsync(180_000)
    expect(state()).toMatchObject({ shown: first, counts: { fromMinute: first.fromMs / 60_000 } })
    tested.calls.length = 0
    tested.putStore(storeUp)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(state()).toMatchObject({
      shown: hourOf('2026-11-24T14:02Z'),
      knownMinute: null,
      storeBackMs: start + 180_000,
      counts: { fromMinute: hourOf('2026-11-24T14:02Z').fromMs / 60_000 },
    })
    expect(new Set(tested.calls)).toEqual(
      new Set([
        'counts.get',
        'counts.outside',
        'marks.list',
        'tickets.list',
        'tickets.left',
        'views.list',
        'alerts.list',
        'sync.status',
        'runs.current',
        'runs.planned',
      ]),
    )
  })

  test('reads what was missed in a span that a person chose, and lets them stay there', async () => {
    tested.dashboard.stepSpan(-1)
    await vi.advanceTimersByTimeAsync(1_000)
    const chosen = state().shown
    tested.putStore(storeDown(start))
    tested.calls.length = 0
    tested.putStore(storeUp)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(state().shown).toEqual(chosen)
    expect(tested.calls).toContain('counts.get')
  })

  test('starts without a chart, and has one as soon as the store is back', async () => {
    tested.putStore(storeDown(start))
    tested.hub.publish('session.changed', {})
    await vi.advanceTimersByTimeAsync(1_000)
    expect(state()).toMatchObject({
      session: { zone: 'UTC' },
      counts: null,
      countsFailure: { code: 'store-unavailable' },
      storeStatus: { canFallBack: true },
      sync: { state: 'idle' }, // told although the run cannot be read
    })
    tested.putStore(storeUp)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(state()).toMatchObject({ counts: { seq: 1 }, countsFailure: null })
  })

  test('opens by itself where even the session could not be read', async () => {
    tested.core.opens = false
    tested.putStore(storeDown(start))
    tested.hub.publish('session.changed', {})
    await vi.advanceTimersByTimeAsync(1_000)
    expect(state()).toMatchObject({
      session: null,
      startFailure: { code: 'store-unavailable' },
      storeStatus: { canFallBack: true },
    })
    tested.putStore(storeUp)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(state()).toMatchObject({ startFailure: null, counts: { seq: 1 } })
  })

  test('goes on with a file at a word, and tells why it cannot go back yet', async () => {
    tested.putStore(storeDown(start))
    tested.orders.fallBack()
    await vi.advanceTimersByTimeAsync(0)
    expect(state()).toMatchObject({ storeStatus: { insteadOf: { reachable: false } }, knownMinute: null })
    tested.orders.goBack()
    await vi.advanceTimersByTimeAsync(0)
    expect(state()).toMatchObject({
      storeStatus: { insteadOf: { reachable: false } },
      notice: { kind: 'failed', message: 'A run is under way.' },
      pending: [],
    })
  })
})
