import type { DrawnChart } from './chart-marks.tsx'
import type { ComparedBar } from '../../src-shared/domain/compared-bars.ts'
import styles from './compared-outline.module.css'
import { countScale, countTop, edgeX } from './geometry.ts'

/** Over the bars: a thin line at the heights of those that they are compared with; none where nothing is known of then. */
export function ComparedOutline({ chart: { model, edges, size } }: { chart: DrawnChart }): React.ReactNode {
  if (model.compared === null) return null
  const { top } = countScale(model.most)
  const path = comparedPath(model.compared, {
    left: (slot) => Math.round(edgeX(slot, size.width, edges)),
    top: (count) => Math.round(countTop(count, top, size.height)),
  })
  return (
    <svg className={styles['outline']} width={size.width} height={size.height} aria-hidden="true">
      <path d={path} />
    </svg>
  )
}

/** Where a bar begins and how high a count is, in the box. */
interface Places {
  readonly left: (slot: number) => number
  readonly top: (count: number) => number
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
