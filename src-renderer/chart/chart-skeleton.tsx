import { countTop, MARGIN, type Size } from './geometry.ts'
import { countScale } from './scale.ts'
import styles from './chart-skeleton.module.css'

/** The axes, where Plotly will draw them, until there is something to draw. */
export function ChartSkeleton({ size }: { size: Size | null }): React.ReactNode {
  if (size === null) return null
  const { top, step } = countScale(0)
  const right = size.width - MARGIN.r
  const bottom = size.height - MARGIN.b
  const lines = Array.from({ length: Math.floor(top / step) }, (_, i) =>
    countTop((i + 1) * step, top, size.height),
  )
  return (
    <svg className={styles['skeleton']} width={size.width} height={size.height} aria-hidden="true">
      {lines.map((y) => (
        <line key={y} className={styles['grid']} x1={MARGIN.l} x2={right} y1={y} y2={y} />
      ))}
      <line className={styles['base']} x1={MARGIN.l} x2={right} y1={bottom} y2={bottom} />
    </svg>
  )
}
