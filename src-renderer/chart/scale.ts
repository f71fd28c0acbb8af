/** A chart of small counts keeps this height, so that one more ticket does not redraw everything. */
const LOWEST_MOST = 4
/** Above the last line, in steps: under one, so that no label stands at the very top. */
const HEADROOM = 0.6
const MOST_LINES = 5

/** Where a count axis ends and how far apart its lines are, in whole tickets, with room above the highest bar. */
export function countScale(most: number): { readonly top: number; readonly step: number } {
  const step = niceStep(most / MOST_LINES)
  const lines = Math.ceil(Math.max(most, LOWEST_MOST) / step)
  return { step, top: step * (lines + HEADROOM) }
}

/** The least of 1, 2, 5, 10, 20, 50 … that is not under `least`. */
function niceStep(least: number): number {
  for (let magnitude = 1; ; magnitude *= 10) {
    for (const step of [magnitude, 2 * magnitude, 5 * magnitude]) if (step >= least) return step
  }
}
