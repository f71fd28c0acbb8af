/** What Plotly, the skeleton and the pointer agree on: where in the box the plot is, in CSS pixels. */
export const MARGIN = { l: 40, r: 20, t: 20, b: 32 } as const

export interface Size {
  readonly width: number
  readonly height: number
}

/** Which of `count` equal slots of the plot is under a point, counted from the left; null beside the plot. */
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
