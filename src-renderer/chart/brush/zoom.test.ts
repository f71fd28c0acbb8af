import { describe, expect, test } from 'vitest'
import { DEFAULT_SPAN, spanOf, type ChosenSpan } from '../../../src-shared/domain/span.ts'
import { emptyDashboard } from '../../live/dashboard-state.ts'
import type { DashboardController } from '../../live/dashboard.ts'
import { createStateStore } from '../../state-store.ts'
import type { ViewState, Workbench } from '../../app/workbench.ts'
import { showDefaultSpan, stepBack, zoomedSpan, zoomTo } from './zoom.ts'

const at = (time: string): number => Date.parse(`2026-11-24T${time}Z`)
const span = (from: string, to: string): { fromMs: number; toMs: number } => ({
  fromMs: at(from),
  toMs: at(to),
})
const chosen = (from: string, to: string): ChosenSpan => spanOf(at(from), at(to))
const now = at('14:58') / 60_000

function workbench(): { bench: Workbench; shown: () => ChosenSpan } {
  const store = createStateStore({ ...emptyDashboard, nowMinute: now })
  const dashboard = {
    store,
    showSpan: (next: ChosenSpan) => store.put({ span: next }),
  } as DashboardController
  const view = createStateStore({ cursor: null, zoomedFrom: [] } as unknown as ViewState)
  return { bench: { dashboard, view } as Workbench, shown: () => store.get().span }
}

describe('zooming', () => {
  test('each step back leads to what was shown before, down to the beginning', () => {
    const { bench, shown } = workbench()
    zoomTo(bench, span('14:10', '14:40'))
    zoomTo(bench, span('14:20', '14:30'))
    expect(shown()).toEqual(chosen('14:20', '14:30'))
    expect(stepBack(bench)).toBe(true)
    expect(shown()).toEqual(chosen('14:10', '14:40'))
    expect(stepBack(bench)).toBe(true)
    expect(shown()).toEqual(DEFAULT_SPAN)
    expect(stepBack(bench)).toBe(false)
  })

  test('a span that a person left by another way is no step: the next one back changes something', () => {
    const { bench, shown } = workbench()
    zoomTo(bench, span('14:10', '14:40'))
    zoomTo(bench, span('14:20', '14:30'))
    bench.dashboard.showSpan(chosen('14:10', '14:40'))
    stepBack(bench)
    expect(shown()).toEqual(DEFAULT_SPAN)
  })

  test('the default span is a step as any other, once', () => {
    const { bench, shown } = workbench()
    zoomTo(bench, span('14:10', '14:40'))
    showDefaultSpan(bench)
    showDefaultSpan(bench)
    expect(shown()).toEqual(DEFAULT_SPAN)
    stepBack(bench)
    expect(shown()).toEqual(chosen('14:10', '14:40'))
  })

  test('there is nothing to see in the future', () => {
    const { bench, shown } = workbench()
    zoomTo(bench, span('15:10', '15:40'))
    expect(shown()).toEqual(DEFAULT_SPAN)
  })

  test('the way back is not endless', () => {
    const { bench } = workbench()
    for (let i = 0; i < 200; i++) zoomTo(bench, { fromMs: at('10:00') - i * 60_000, toMs: at('14:00') })
    expect(bench.view.get().zoomedFrom).toHaveLength(50)
  })
})

describe('with + and -', () => {
  const hour = span('13:59', '14:59')
  const zoomed = (
    direction: 'in' | 'out',
    selected: { span: typeof hour; bars: number } | null,
    following = true,
    shown = hour,
  ): ChosenSpan | null => zoomedSpan(shown, following, selected, direction, now)

  test('what moves on with the clock goes on doing so', () => {
    expect(zoomed('in', null)).toEqual({ from: 'now-30m', to: 'now' })
    expect(zoomed('out', null)).toEqual({ from: 'now-2h', to: 'now' })
  })

  test('several bars that are selected are what is zoomed in to', () => {
    expect(zoomed('in', { span: span('14:10', '14:13'), bars: 3 })).toEqual(chosen('14:10', '14:13'))
  })

  test('one bar is what is zoomed around, as far as there is a past', () => {
    expect(zoomed('in', { span: span('14:20', '14:21'), bars: 1 })).toEqual(chosen('14:06', '14:36'))
    expect(zoomed('in', { span: span('14:58', '14:59'), bars: 1 })).toEqual(chosen('14:29', '14:59'))
    expect(zoomed('out', { span: span('14:20', '14:21'), bars: 1 })).toEqual(chosen('12:59', '14:59'))
  })

  test('a span of the past is zoomed around its middle', () => {
    expect(zoomed('in', null, false, span('10:00', '11:00'))).toEqual(chosen('10:15', '10:45'))
    expect(zoomed('out', null, false, span('10:00', '11:00'))).toEqual(chosen('09:30', '11:30'))
  })

  test('two minutes are the least, ten years the most', () => {
    expect(zoomed('in', null, true, span('14:57', '14:59'))).toBeNull()
    expect(zoomed('out', null, true, { fromMs: 0, toMs: at('14:59') })).toBeNull()
  })
})
