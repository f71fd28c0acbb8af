import type { DrawnChart } from '../chart/chart-marks.tsx'
import type { Bin } from '../chart/chart-model.ts'
import { countScale, countTop, edgeX } from '../chart/geometry.ts'
import { isUnusual, type UsualBar } from './usual-bars.ts'
import styles from './usual.module.css'

/** Where a bar begins and how high a count is, in pixels of the box. */
export interface UsualPlaces {
  readonly left: (slot: number) => number
  readonly top: (count: number) => number
}

export function usualPlaces({ model, edges, size }: DrawnChart): UsualPlaces {
  const { top } = countScale(model.most)
  return {
    left: (slot) => Math.round(edgeX(slot, size.width, edges)),
    top: (count) => Math.round(countTop(count, top, size.height)),
  }
}

/** Behind the bars: from where to where nine in ten bars of this hour of the week reach. */
export function UsualBand({ chart }: { chart: DrawnChart }): React.ReactNode {
  const { model, size } = chart
  if (model.usual === null) return null
  return (
    <svg className={styles['band']} width={size.width} height={size.height} aria-hidden="true">
      <path d={bandPath(model.usual, usualPlaces(chart))} />
    </svg>
  )
}

/** Over the bars: a triangle on each that is unusual. */
export function UnusualMarks({ chart }: { chart: DrawnChart }): React.ReactNode {
  const { model, size } = chart
  const path = model.usual && unusualPath(model.bins, model.usual, usualPlaces(chart))
  if (!path) return null
  return (
    <svg className={styles['unusual']} width={size.width} height={size.height} aria-hidden="true">
      <path d={path} />
    </svg>
  )
}

/** One area, in a piece for each run of bars of which it is known. */
export function bandPath(bars: readonly (UsualBar | null)[], { left, top }: UsualPlaces): string {
  let path = ''
  for (let from = 0; from < bars.length; from++) {
    if (!bars[from]) continue
    let to = from
    let [above, below] = ['', '']
    for (let bar = bars[to]; bar; bar = bars[++to]) {
      above += `V${top(bar.high)}H${left(to + 1)}`
      below = `V${top(bar.low)}H${left(to)}${below}`
    }
    path += `M${left(from)} ${top(bars[from]?.high ?? 0)}${above}${below}Z`
    from = to
  }
  return path
}

/** Half of a triangle's width, and how far it is above its bar, in pixels. */
const HALF = 4
const ABOVE = 3

export function unusualPath(
  bins: readonly Bin[],
  usual: readonly (UsualBar | null)[],
  { left, top }: UsualPlaces,
): string {
  return bins
    .map((bin, slot) => {
      if (!isUnusual(bin, usual[slot])) return ''
      const x = (left(slot) + left(slot + 1)) / 2
      const y = Math.max(2 * HALF, top(bin.total) - ABOVE)
      return `M${x - HALF} ${y}h${2 * HALF}L${x} ${y - 2 * HALF}Z`
    })
    .join('')
}
