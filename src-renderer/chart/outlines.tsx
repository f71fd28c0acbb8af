import type { ComparedBar } from '../../src-shared/domain/compared-bars.ts'
import type { DrawnChart } from './chart-marks.tsx'
import type { Bin } from './chart-model.ts'
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
  const places = placesOf(chart)
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

/** Where a bar begins and how high a count is, in the box. */
interface Places {
  readonly left: (slot: number) => number
  readonly top: (count: number) => number
}

/** On whole pixels all edges are equally wide. */
function placesOf({ model, edges, size }: DrawnChart): Places {
  const { top } = countScale(model.most)
  return {
    left: (slot) => Math.round(edgeX(slot, size.width, edges)),
    top: (count) => Math.round(countTop(count, top, size.height)),
  }
}

/** A step for each bar whose other one is known. */
export function comparedPath(bars: readonly ComparedBar[], { left, top }: Places): string {
  let path = ''
  for (const [slot, { total, state }] of bars.entries()) {
    if (state !== 'known') continue
    const goesOn = bars[slot - 1]?.state === 'known'
    path += goesOn ? `V${top(total)}` : `M${left(slot)} ${top(total)}`
    path += `H${left(slot + 1)}`
  }
  return path
}

/** A step for each bar that has something planned: up, along, and down where the next has nothing. */
export function plannedPaths(
  bins: readonly Bin[],
  planned: readonly number[],
  { left, top }: Places,
): { readonly behind: string; readonly ahead: string } {
  const paths = { behind: '', ahead: '' }
  for (const [slot, bin] of bins.entries()) {
    const [before, count, after] = [planned[slot - 1] ?? 0, planned[slot] ?? 0, planned[slot + 1] ?? 0]
    if (count === 0) continue
    const side = sideOf(bin)
    const goesOn = before > 0 && sideOf(bins[slot - 1]) === side
    const begin = goesOn ? '' : `M${left(slot)} ${top(before)}`
    const end = after === 0 ? `V${top(0)}` : ''
    paths[side] += `${begin}V${top(count)}H${left(slot + 1)}${end}`
  }
  return paths
}

function sideOf(bin: Bin | undefined): 'ahead' | 'behind' {
  return bin?.state === 'future' ? 'ahead' : 'behind'
}
