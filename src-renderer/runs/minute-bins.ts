/** As many bars as a small chart shows. An hour that begins within a minute touches 61 of the clock's. */
const MAX_BARS = 61

const WIDTHS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 240]

/** How many minutes a bar stands for, so that there are at most 61. */
export function minutesPerBar(minutes: number): number {
  return WIDTHS.find((width) => minutes / width <= MAX_BARS) ?? Math.ceil(minutes / MAX_BARS)
}

/** The sums of neighbouring counts, `width` at a time; the last one's may be of fewer. */
export function binned(counts: readonly number[], width: number): number[] {
  const sums: number[] = Array.from({ length: Math.ceil(counts.length / width) }, () => 0)
  for (const [i, count] of counts.entries()) {
    const bar = Math.floor(i / width)
    sums[bar] = (sums[bar] ?? 0) + count
  }
  return sums
}

/** The outline of a row of bars of width 1 over a baseline at `height`, as an SVG path: up, along and down, bar by bar. */
export function outlinePath(bars: readonly number[], height: number): string {
  const steps = bars.map((bar, i) => `V${height - bar}H${i + 1}`)
  return `M0 ${height}${steps.join('')}V${height}`
}

/** The same bars each for itself, a gap between them, as one SVG path. Empty ones leave nothing. */
export function barsPath(bars: readonly number[], height: number): string {
  return bars
    .map((bar, i) => (bar === 0 ? '' : `M${i + 0.1} ${height}V${height - bar}h.8V${height}z`))
    .join('')
}
