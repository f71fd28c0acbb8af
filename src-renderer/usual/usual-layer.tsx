import type { DrawnChart } from '../chart/chart-marks.tsx'
import { barPlaces } from '../chart/outlines.tsx'
import { bandPath, unusualPath } from '../../src-shared/domain/layers/usual-bars.ts'
import styles from './usual.module.css'

/** Behind the bars: from where to where nine in ten bars of this hour of the week reach. */
export function UsualBand({ chart }: { chart: DrawnChart }): React.ReactNode {
  const { model, size } = chart
  if (model.usual === null) return null
  return (
    <svg className={styles['band']} width={size.width} height={size.height} aria-hidden="true">
      <path d={bandPath(model.usual, barPlaces(chart))} />
    </svg>
  )
}

/** Over the bars: a triangle on each that is unusual. */
export function UnusualMarks({ chart }: { chart: DrawnChart }): React.ReactNode {
  const { model, size } = chart
  const path = model.usual && unusualPath(model.bins, model.usual, barPlaces(chart))
  if (!path) return null
  return (
    <svg className={styles['unusual']} width={size.width} height={size.height} aria-hidden="true">
      <path d={path} />
    </svg>
  )
}
