import type { DrawnChart } from './chart-marks.tsx'
import type { Bin } from './chart-model.ts'
import { countScale, countTop, edgeX } from './geometry.ts'
import styles from './planned-outline.module.css'

/** Over the bars: what runs have planned for each, solid up to now and dashed ahead. */
export function PlannedOutline({ chart: { model, edges, size } }: { chart: DrawnChart }): React.ReactNode {
  if (model.planned === null) return null
  const { top } = countScale(model.most)
  const { behind, ahead } = outlinePaths(model.bins, model.planned, {
    // On whole pixels all edges are equally wide.
    left: (slot) => Math.round(edgeX(slot, size.width, edges)),
    top: (count) => Math.round(countTop(count, top, size.height)),
  })
  return (
    <svg className={styles['outline']} width={size.width} height={size.height} aria-hidden="true">
      <path d={behind} data-of="behind" />
      <path d={ahead} data-of="ahead" />
    </svg>
  )
}

/** Where a bar begins and how high a count is, in the box. */
interface Places {
  readonly left: (slot: number) => number
  readonly top: (count: number) => number
}

/** A step for each bar that has something planned: up, along, and down where the next has nothing. */
export function outlinePaths(
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
