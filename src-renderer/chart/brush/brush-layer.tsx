import { useEffect, useEffectEvent, useRef } from 'react'
import { useWorkbench, type Workbench } from '../../app/workbench.ts'
import { strokedBars, strokeOf, type Press } from './brush.ts'
import type { DrawnChart } from '../chart-marks.tsx'
import type { ChartModel } from '../chart-model.ts'
import styles from '../chart-stage.module.css'
import { barsAt, placeOfSlot, timeOfBars, type Cursor } from './cursor.ts'
import { followPointer } from './follow-pointer.ts'
import { slotAt } from '../geometry.ts'
import { openBars, showDefaultSpan, zoomTo } from './zoom.ts'

/**
 * Lies over the bars and takes what is meant for them. Pointing looks at a bar, a click or Enter lists its tickets;
 * drawn over bars, the pointer zooms to them, with Shift or after a long press it lists theirs.
 */
export function BrushLayer({ chart }: { chart: DrawnChart }): React.ReactNode {
  const layer = useRef<HTMLButtonElement>(null)
  const workbench = useWorkbench()
  const point = useEffectEvent((x: number | null) => pointAt(workbench.view, chart, x))
  const stroke = useEffectEvent((press: Press) => lookAtStroke(workbench.view, chart, press))
  const end = useEffectEvent((press: Press) => endStroke(workbench, chart, press))
  const click = useEffectEvent((x: number | null) => openAt(workbench, chart, x))
  const canStroke = useEffectEvent(() => chart.model.view !== 'distribution')
  const doubleClick = useEffectEvent(() => showDefaultSpan(workbench))
  useEffect(() => {
    if (layer.current === null) return undefined
    return followPointer(layer.current, {
      canStroke: () => canStroke(),
      point: (x) => point(x),
      stroke: (press) => stroke(press),
      end: (press) => end(press),
      click: (x) => click(x),
      doubleClick: () => doubleClick(),
    })
  }, [])
  return (
    <button
      ref={layer}
      type="button"
      className={styles['bars']}
      data-view={chart.model.view}
      aria-label="Bars: arrow keys choose one, with Shift several, Enter lists their tickets"
    />
  )
}

type ViewStore = Workbench['view']

function pointAt(view: ViewStore, { model, edges, size }: DrawnChart, x: number | null): void {
  const slot = x === null ? null : slotAt(x, size.width, edges)
  if (slot !== null) return look(view, model, [slot, slot], 'pointer')
  // What the keys chose stays when the pointer leaves.
  view.set((state) =>
    state.cursor === null || state.cursor.by === 'key' ? state : { ...state, cursor: null },
  )
}

function lookAtStroke(view: ViewStore, { model, edges, size }: DrawnChart, press: Press): void {
  const bars = strokedBars(press, size.width, edges)
  if (bars === null) return
  look(view, model, bars, press.selects ? 'select' : bars[0] === bars[1] ? 'pointer' : 'zoom')
}

function look(
  view: ViewStore,
  model: ChartModel,
  bars: readonly [anchor: number, at: number],
  by: Cursor['by'],
): void {
  const [anchor, at] = [placeOfSlot(model, bars[0]), placeOfSlot(model, bars[1])]
  view.set((state) => {
    const { cursor } = state
    const isSame = cursor?.at === at && cursor.anchor === anchor && cursor.by === by
    return isSame ? state : { ...state, cursor: { at, anchor, by } }
  })
}

/** Zooms, or lists the tickets of what was drawn over. Says whether it was that. */
function endStroke(workbench: Workbench, { model, edges, size }: DrawnChart, press: Press): boolean {
  const stroke = strokeOf(press, size.width, edges)
  const span = timeOfBars(model, stroke)
  if (stroke.kind === 'click' || span === null) return false
  if (stroke.kind === 'zoom') zoomTo(workbench, span)
  else workbench.dashboard.open(span)
  return true
}

/** Lists the tickets of what was clicked or touched, whatever was pointed at before; by Enter, where the keys are. */
function openAt(
  { dashboard, view }: Pick<Workbench, 'dashboard' | 'view'>,
  { model, edges, size }: DrawnChart,
  x: number | null,
): void {
  const { cursor } = view.get()
  const slot = x === null ? null : slotAt(x, size.width, edges)
  const clicked = slot === null ? null : { first: slot, last: slot }
  const bars = x === null ? cursor && barsAt(model, cursor) : clicked
  if (bars !== null) openBars({ dashboard, view }, model, bars)
}
