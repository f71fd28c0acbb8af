import { MS_PER_MINUTE, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { DEFAULT_SPAN, spanOf, type ChosenSpan } from '../../../src-shared/domain/span.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { lastSpan } from '../../live/shown-span.ts'
import type { Workbench } from '../../app/workbench.ts'
import type { ChartModel } from '../chart-model.ts'
import { binsWith, timeOfBars, type BarRange } from './cursor.ts'

/** So many ways back are remembered; who zoomed more often came from farther than anyone remembers. */
const MOST_STEPS = 50
const LEAST_MINUTES = 2
/** Ten years: no chart that anyone zooms out of is longer. */
const MOST_MINUTES = 5_256_000

/** Shows a span in the place of what is shown, which `stepBack` leads back to. */
export function zoomTo({ dashboard, view }: Workbench, span: TimeSpan | ChosenSpan): void {
  const { span: current, nowMinute } = dashboard.store.get()
  const next = 'from' in span ? span : spanOf(span.fromMs, span.toMs)
  if (isSameSpan(next, current)) return
  if ('fromMs' in span && span.fromMs > startOfMinute(nowMinute)) return
  view.set((state) => ({
    ...state,
    cursor: null,
    zoomedFrom: [...state.zoomedFrom, current].slice(-MOST_STEPS),
  }))
  dashboard.showSpan(next)
}

/** Zooms in or out around what is selected, or around the middle; see `zoomedSpan`. */
export function zoomAround(
  workbench: Workbench,
  selected: { readonly span: TimeSpan; readonly bars: number } | null,
  direction: 'in' | 'out',
): void {
  const { shown, following, nowMinute } = workbench.dashboard.store.get()
  if (shown === null) return
  const next = zoomedSpan(shown, following, selected, direction, nowMinute)
  if (next !== null) zoomTo(workbench, next)
}

/** Shows what was shown before the last zoom; says whether there was any. */
export function stepBack({ dashboard, view }: Workbench): boolean {
  const { span: current } = dashboard.store.get()
  const { zoomedFrom } = view.get()
  // Where a person went there by another way, it is no step.
  const at = zoomedFrom.findLastIndex((span) => !isSameSpan(span, current))
  const before = zoomedFrom[at]
  view.put({ cursor: null, zoomedFrom: zoomedFrom.slice(0, Math.max(0, at)) })
  if (before === undefined) return false
  dashboard.showSpan(before)
  return true
}

/** Lists the tickets of some bars; of one of the distribution its minutes. */
export function openBars(
  { dashboard, view }: Pick<Workbench, 'dashboard' | 'view'>,
  model: ChartModel,
  bars: BarRange,
): void {
  const span = timeOfBars(model, bars)
  if (span !== null) dashboard.open(span)
  else if (binsWith(model, bars.first).length > 0) view.put({ listedCount: bars.first })
}

/** Shows what a window shows that nobody touched. */
export function showDefaultSpan(workbench: Workbench): void {
  zoomTo(workbench, DEFAULT_SPAN)
}

/**
 * Half as long (`in`) or twice as long (`out`) a span, around what is selected, be it one bar; several that are selected are
 * what is zoomed in to. Where nothing is, a span that moves on with the clock goes on doing so. Null where it would be
 * too short or too long.
 */
export function zoomedSpan(
  shown: TimeSpan,
  following: boolean,
  selected: { readonly span: TimeSpan; readonly bars: number } | null,
  direction: 'in' | 'out',
  nowMinute: number,
): ChosenSpan | null {
  if (direction === 'in' && selected !== null && selected.bars > 1) {
    return spanOf(selected.span.fromMs, selected.span.toMs)
  }
  const minutes = Math.ceil(((shown.toMs - shown.fromMs) / MS_PER_MINUTE) * (direction === 'in' ? 0.5 : 2))
  if (minutes < LEAST_MINUTES || minutes > MOST_MINUTES) return null
  if (selected === null && following) return lastSpan({ fromMs: 0, toMs: startOfMinute(minutes) })
  const { fromMs, toMs } = selected?.span ?? shown
  const middle = (fromMs + toMs) / 2 / MS_PER_MINUTE
  // Nothing of the future that was not there before.
  const end = Math.max(shown.toMs / MS_PER_MINUTE, nowMinute + 1)
  const from = Math.max(0, Math.min(Math.round(middle - minutes / 2), end - minutes))
  return spanOf(startOfMinute(from), startOfMinute(from + minutes))
}

function isSameSpan(a: ChosenSpan, b: ChosenSpan): boolean {
  return a.from === b.from && a.to === b.to
}
