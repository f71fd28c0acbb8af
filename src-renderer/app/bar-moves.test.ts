import { expect, test } from 'vitest'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { DEFAULT_SPAN, spanOf, type ChosenSpan } from '../../src-shared/domain/span.ts'
import type { Bin, ChartModel } from '../chart/chart-model.ts'
import { emptyDashboard } from '../live/dashboard-state.ts'
import type { DashboardController } from '../live/dashboard.ts'
import { createStateStore } from '../state-store.ts'
import { moveOnBars, type Move } from './bar-moves.ts'
import type { ViewState, Workbench } from './workbench.ts'

const two = Date.parse('2026-11-24T14:00Z')
const minute = (i: number): TimeSpan => ({ fromMs: two + i * 60_000, toMs: two + (i + 1) * 60_000 })
const bins = Array.from({ length: 60 }, (_, i): Bin => {
  const state = i === 59 ? 'unfinished' : 'settled'
  return { startMinute: two / 60_000 + i, minutes: 1, byPriority: [i], total: i, state }
})
const model = { view: 'bar', zone: 'UTC', priorities: [], bins, slots: 60 } as unknown as ChartModel

function dashboard(): { press: (...moves: Move[]) => void; bench: Workbench } {
  const store = createStateStore({
    ...emptyDashboard,
    shown: { fromMs: two, toMs: two + 3_600_000 },
    nowMinute: two / 60_000 + 59,
  })
  const controller = {
    store,
    open: (opened: TimeSpan | null) => store.put({ opened }),
    showSpan: (span: ChosenSpan) => store.put({ span, opened: null }),
  } as unknown as DashboardController
  const view = createStateStore({ cursor: null, zoomedFrom: [] } as unknown as ViewState)
  const bench = { dashboard: controller, view } as unknown as Workbench
  return { bench, press: (...moves) => moves.forEach((move) => moveOnBars(bench, model, move)) }
}

test('three steps and Enter without a pause list the bar that they came to', () => {
  const { press, bench } = dashboard()
  press('bar-previous', 'bar-previous', 'bar-previous', 'bar-open')
  expect(bench.dashboard.store.get().opened).toEqual(minute(56))
})

test('a selection is listed whole, and zoomed in to', () => {
  const { press, bench } = dashboard()
  press('bar-previous', 'select-previous', 'select-previous', 'bar-open')
  const selected = { fromMs: minute(56).fromMs, toMs: minute(58).toMs }
  expect(bench.dashboard.store.get().opened).toEqual(selected)
  press('zoom-in')
  expect(bench.dashboard.store.get().span).toEqual(spanOf(selected.fromMs, selected.toMs))
  expect(bench.view.get().cursor).toBeNull()
})

test('what is listed is zoomed in to where the keys chose nothing', () => {
  const { press, bench } = dashboard()
  bench.dashboard.open({ fromMs: minute(10).fromMs, toMs: minute(19).toMs })
  press('zoom-in')
  expect(bench.dashboard.store.get().span).toEqual(spanOf(minute(10).fromMs, minute(19).toMs))
})

test('back lets go of the list, then of the bars, then of one zoom after the other', () => {
  const { press, bench } = dashboard()
  press('zoom-in', 'bar-first', 'bar-open')
  press('back')
  expect(bench.dashboard.store.get().opened).toBeNull()
  expect(bench.view.get().cursor).not.toBeNull()
  press('back')
  expect(bench.view.get().cursor).toBeNull()
  expect(bench.dashboard.store.get().span).not.toEqual(DEFAULT_SPAN)
  press('back')
  expect(bench.dashboard.store.get().span).toEqual(DEFAULT_SPAN)
})

test('Backspace leaves the zoom at once', () => {
  const { press, bench } = dashboard()
  press('zoom-in', 'bar-first', 'bar-open', 'step-back')
  expect(bench.dashboard.store.get().span).toEqual(DEFAULT_SPAN)
})

test('Enter on a bar of the distribution lists its minutes', () => {
  const { bench } = dashboard()
  const counted = { ...model, view: 'distribution', slots: 4, finished: bins } as ChartModel
  for (const move of ['bar-next', 'bar-next', 'bar-open'] as const) moveOnBars(bench, counted, move)
  expect(bench.view.get().listedCount).toBe(1)
})
