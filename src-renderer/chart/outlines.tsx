import type { ComparedBar } from '../../src-shared/domain/compare/compared-bars.ts'
import type { BarPlaces } from '../../src-shared/domain/layers/bar-places.ts'
import { plannedPaths } from '../../src-shared/domain/layers/planned-bars.ts'
import type { DrawnChart } from './chart-marks.tsx'
import { countScale, countTop, edgeX } from './geometry.ts'
import styles from './outlines.module.css'

/** Over the bars: the heights of those that they are compared with, and what runs have planned, solid up to now and dashed ahead. */
export function Outlines({ chart }: { chart: DrawnChart }): React.ReactNode {
  const { model, size } = chart
  if (model.compared === null && model.planned === null) return null
  return (
    <svg className={styles['outlines']} width={size.width} height={size.height} aria-hidden="true">
      {outlinePaths(chart).map(({ of, path }) => (
        <path key={of} d={path} data-of={of} />
      ))}
    </svg>
  )
}

/** `compared`: the bars of the other span. `behind` and `ahead`: what runs have planned, up to now and after it. */
interface OutlinePath {
  readonly of: 'compared' | 'behind' | 'ahead'
  readonly path: string
}

/** The lines over a chart's bars, in the order in which they are drawn. */
export function outlinePaths(chart: DrawnChart): readonly OutlinePath[] {
  const { bins, compared, planned } = chart.model
  const places = barPlaces(chart)
  const plan = planned && plannedPaths(bins, planned, places)
  return [
    ...(compared ? [{ of: 'compared' as const, path: comparedPath(compared, places) }] : []),
    ...(plan
      ? [
          { of: 'behind' as const, path: plan.behind },
          { of: 'ahead' as const, path: plan.ahead },
        ]
      : []),
  ].filter(({ path }) => path !== '')
}

/** On whole pixels of the box: all edges are equally wide. */
export function barPlaces({ model, edges, size }: DrawnChart): BarPlaces {
  const { top } = countScale(model.most)
  return {
    left: (slot) => Math.round(edgeX(slot, size.width, edges)),
    top: (count) => Math.round(countTop(count, top, size.height)),
  }
}

/** A step for each bar whose other one is known. */
export function comparedPath(bars: readonly ComparedBar[], { left, top }: BarPlaces): string {
  let path = ''
  for (const [slot, { total, state }] of bars.entries()) {
    if (state !== 'known') continue
    const goesOn = bars[slot - 1]?.state === 'known'
    path += goesOn ? `V${top(total)}` : `M${left(slot)} ${top(total)}`
    path += `H${left(slot + 1)}`
  }
  return path
}
