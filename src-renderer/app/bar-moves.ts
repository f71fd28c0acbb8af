import { useEffect, useRef } from 'react'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { binSpan, type ChartModel } from '../chart/chart-model.ts'
import { barsAt, barsOfSpan, timeOfBars, stepped, type BarRange } from '../chart/brush/cursor.ts'
import { openBars, stepBack, zoomAround } from '../chart/brush/zoom.ts'
import { useWorkbench, type Workbench } from './workbench.ts'

/**
 * A step along the bars or as far as they go, with `select` from where it began; listing the chosen bars' tickets; more or
 * less of the time around them; playing them, or no more; back to what was shown before. `back` is the nearest thing that can be let go of.
 */
export type Move =
  | `${'bar' | 'select'}-${'previous' | 'next' | 'first' | 'last'}`
  | 'bar-open'
  | 'zoom-in'
  | 'zoom-out'
  | 'step-back'
  | 'back'
  | 'play'

const STEPS = { previous: -1, next: 1, first: -Infinity, last: Infinity } as const

/** So long (ms) a move waits for its bars; later nobody expects it any more. */
const PATIENCE_MS = 2_000

/** What moving means on the dashboard. While the counts of another span are on their way, moves along its bars wait for them. */
export function useBarMoves(model: ChartModel | null): (move: Move) => void {
  const workbench = useWorkbench()
  const waiting = useRef<{ readonly move: Move; readonly atMs: number }[]>([])
  useEffect(() => {
    if (!isOfShown(workbench, model)) return
    const sinceMs = performance.now() - PATIENCE_MS
    for (const { move, atMs } of waiting.current.splice(0)) {
      if (atMs >= sinceMs) moveOnBars(workbench, model, move)
    }
  }, [workbench, model])
  return (move) => {
    if (move.endsWith('back') || isOfShown(workbench, model)) moveOnBars(workbench, model, move)
    else waiting.current.push({ move, atMs: performance.now() })
  }
}

function isOfShown({ dashboard }: Workbench, model: ChartModel | null): boolean {
  const { shown } = dashboard.store.get()
  const [first, last] = [model?.bins[0], model?.bins.at(-1)]
  if (shown === null || first === undefined || last === undefined) return false
  return binSpan(first).fromMs === shown.fromMs && binSpan(last).toMs === shown.toMs
}

/** Does a move among the bars of a chart. */
export function moveOnBars(workbench: Workbench, model: ChartModel | null, move: Move): void {
  if (move === 'back') return letGo(workbench)
  if (move === 'step-back') return void stepBack(workbench)
  if (model === null) return
  if (move === 'play') return play(workbench, model)
  if (move === 'bar-open') {
    const bars = chosenBars(workbench, model)
    if (bars !== null) openBars(workbench, model, bars)
  } else if (move === 'zoom-in' || move === 'zoom-out') {
    zoomAround(workbench, selected(workbench, model), move === 'zoom-in' ? 'in' : 'out')
  } else {
    const [kind, way] = move.split('-') as ['bar' | 'select', keyof typeof STEPS]
    const { view } = workbench
    view.set((state) => ({ ...state, cursor: stepped(model, state.cursor, STEPS[way], kind === 'select') }))
  }
}

function chosenBars({ view }: Workbench, model: ChartModel): BarRange | null {
  const { cursor } = view.get()
  return cursor && barsAt(model, cursor)
}

/** What the keys chose, else the bars whose tickets are listed. */
function selected(
  { dashboard, view }: Workbench,
  model: ChartModel,
): { span: TimeSpan; bars: number } | null {
  const { cursor } = view.get()
  const { opened } = dashboard.store.get()
  const bars = cursor?.by === 'key' ? barsAt(model, cursor) : opened && barsOfSpan(model, opened)
  const span = bars && timeOfBars(model, bars)
  return bars && span && { span, bars: bars.last - bars.first + 1 }
}

/** Plays the bars; what that takes is loaded when it is asked for first. */
function play(workbench: Workbench, model: ChartModel): void {
  void import('../ear/ear.ts').then(
    ({ togglePlay }) => togglePlay(workbench, model),
    () => {
      const message = 'What plays the bars could not be loaded.'
      workbench.dashboard.store.put({ notice: { kind: 'failed', message, hint: 'Load the window anew.' } })
    },
  )
}

/** Of the bar, then of its list, then of the zoom: whichever there is. */
function letGo(workbench: Workbench): void {
  const { dashboard, view } = workbench
  if (dashboard.store.get().opened) dashboard.open(null)
  else if (view.get().cursor?.by === 'key') view.put({ cursor: null })
  else stepBack(workbench)
}
