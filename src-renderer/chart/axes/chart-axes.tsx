import { Fragment, useMemo } from 'react'
import { axesOf } from './axes.ts'
import styles from './chart-axes.module.css'
import type { ChartModel } from '../chart-model.ts'
import { LABEL_PX, MARGIN, TICK_PX, type BoxSize } from '../geometry.ts'

/** Lines at the counts, the base line, and the labels of both axes; without labels until there is something to draw. */
export function Axes({ model, size }: { model: ChartModel | null; size: BoxSize }): React.ReactNode {
  const { counts, along } = useMemo(() => axesOf(model, size), [model, size])
  const { width, height } = size
  const [right, bottom] = [width - MARGIN.r, height - MARGIN.b]
  return (
    <svg className={styles['axes']} width={width} height={height} aria-hidden="true">
      {counts.map(({ at, text }, i) => (
        <Fragment key={i}>
          {i > 0 && <line className={styles['grid']} x1={MARGIN.l} x2={right} y1={at} y2={at} />}
          <text x={MARGIN.l - 8} y={at} dy="0.35em" textAnchor="end">
            {text}
          </text>
        </Fragment>
      ))}
      <line className={styles['base']} x1={MARGIN.l} x2={right} y1={bottom} y2={bottom} />
      {along.map(({ at, text }, i) => (
        <g key={i} transform={`translate(${at} ${bottom})`}>
          <line className={styles['base']} y2={TICK_PX} />
          <text y={LABEL_PX} textAnchor="middle">
            {text}
          </text>
        </g>
      ))}
    </svg>
  )
}
