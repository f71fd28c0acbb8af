/** A chart of small counts keeps this height: one more ticket does not redraw everything, and two are no storm. */
const MIN_AXIS_TOP = 8
/** Above the last line, in steps: under one, so that no label stands at the very top. */
const HEADROOM = 0.6
const MAX_LINES = 5
/** What Plotly, the axes and the pointer agree on: where in the box the plot is, in CSS pixels. */
export const MARGIN = { l: 40, r: 20, t: 20, b: 36 } as const

/** Below the base line: how long its ticks are, and where their labels stand. */
export const TICK_PX = 4
export const LABEL_PX = 19

export interface BoxSize {
  readonly width: number
  readonly height: number
}

/** Where the bars begin and the last one ends, in order, in any unit: of `n` bars there are `n + 1` edges. */
export type Edges = readonly number[]

/** Which bar is under a point, counted from the left; null outside the plot. */
export function slotAt(x: number, width: number, edges: Edges): number | null {
  return x >= MARGIN.l && x < width - MARGIN.r && edges.length > 1 ? nearestSlot(x, width, edges) : null
}

/** The bar under a point, or the one at the end of the plot that it lies beyond. */
export function nearestSlot(x: number, width: number, edges: Edges): number {
  const [first, last] = [edges[0] ?? 0, edges.at(-1) ?? 0]
  const at = first + ((x - MARGIN.l) / plotWidth(width)) * (last - first)
  const after = edges.findIndex((edge) => edge > at)
  return Math.max(0, after === -1 ? edges.length - 2 : after - 1)
}

/** Where a bar begins (`slot`), or an earlier one ends, in pixels from the left of the box. */
export function edgeX(slot: number, width: number, edges: Edges): number {
  const [first, last] = [edges[0] ?? 0, edges.at(-1) ?? 0]
  return MARGIN.l + (((edges[slot] ?? first) - first) / (last - first || 1)) * plotWidth(width)
}

/** How wide the plot is in a box, in pixels. */
export function plotWidth(width: number): number {
  return width - MARGIN.l - MARGIN.r
}

/** How high the plot is in a box, in pixels. */
export function plotHeight(height: number): number {
  return height - MARGIN.t - MARGIN.b
}

/** The height of a count, in pixels from the top of the box, where the axis ends at `top`. */
export function countTop(count: number, top: number, height: number): number {
  return MARGIN.t + (1 - count / top) * plotHeight(height)
}

/** Where a count axis ends and how far apart its lines are, in whole tickets, with room above the highest bar. */
export function countScale(most: number): { readonly top: number; readonly step: number } {
  const top = Math.max(most, MIN_AXIS_TOP)
  const step = niceStep(top / MAX_LINES)
  const lines = Math.ceil(top / step)
  return { step, top: step * (lines + HEADROOM) }
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not under `least`. */
function niceStep(least: number): number {
  for (let magnitude = 1; ; magnitude *= 10) {
    for (const step of [magnitude, 2 * magnitude, 5 * magnitude]) if (step >= least) return step
  }
}
