/** A chart of small counts keeps this height: one more ticket does not redraw everything, and two are no storm. */
const MIN_AXIS_TOP = 8
/** Above the last line, in steps: under one, so that no label stands at the very top. */
const HEADROOM = 0.6
const MAX_LINES = 5
/** What Plotly, the skeleton and the pointer agree on: where in the box the plot is, in CSS pixels. */
export const MARGIN = { l: 40, r: 20, t: 20, b: 32 } as const

export interface BoxSize {
  readonly width: number
  readonly height: number
}

/** Which of `count` equal slots of the plot is under a point, counted from the left; null outside the plot. */
export function slotAt(x: number, width: number, count: number): number | null {
  const share = (x - MARGIN.l) / (width - MARGIN.l - MARGIN.r)
  return share >= 0 && share < 1 ? Math.floor(share * count) : null
}

/** The middle of a slot, in pixels from the left of the box. */
export function slotMiddle(slot: number, width: number, count: number): number {
  return MARGIN.l + ((slot + 0.5) / count) * (width - MARGIN.l - MARGIN.r)
}

/** The height of a count, in pixels from the top of the box, where the axis ends at `top`. */
export function countTop(count: number, top: number, height: number): number {
  return MARGIN.t + (1 - count / top) * (height - MARGIN.t - MARGIN.b)
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
