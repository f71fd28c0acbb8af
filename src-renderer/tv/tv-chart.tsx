import { useMemo, useRef } from 'react'
import type { Overview } from '../../src-shared/contract/overview.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Present } from '../../src-shared/domain/now.ts'
import { useView } from '../app/workbench.ts'
import { edgesOf } from '../chart/brush/cursor.ts'
import { chartModel } from '../chart/chart-model.ts'
import { GapMark } from '../chart/chart-marks.tsx'
import { chartText } from '../chart/chart-text.ts'
import { Axes } from '../chart/axes/chart-axes.tsx'
import { figureOf, readPalette } from '../chart/figures.ts'
import { PlotlyFigure, usePlotly } from '../chart/plotly-figure.tsx'
import { useSize } from '../chart/use-size.ts'
import styles from './tv.module.css'

interface TvChartProps {
  readonly overview: Overview
  readonly present: Present
  /** How much larger all of it is than in the dashboard. */
  readonly scale: number
}

/** The last hour, a bar a minute, as the dashboard draws it. */
export function TvChart({ overview, present, scale }: TvChartProps): React.ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const size = useSize(box)
  const plotly = usePlotly()
  const tv = useView((state) => state.tv)
  // Read anew when the theme changes.
  const palette = useMemo(() => ({ tv, ...readPalette() }), [tv])
  const { counts, zone, watched } = overview
  const { nowMinute, gaps } = present
  const model = useMemo(
    () =>
      chartModel(
        counts,
        { zone, watched },
        { nowMinute, knownMinute: null, gaps },
        { view: 'bar', interval: 1 },
      ),
    [counts, zone, watched, nowMinute, gaps],
  )
  const figure = useMemo(() => size && figureOf(model, size, palette), [model, size, palette])
  const chart = size && { model, size, edges: edgesOf(model) }
  const drawn = { width: `${100 / scale}%`, height: `${100 / scale}%`, transform: `scale(${scale})` }
  return (
    <div className={styles['chart']}>
      <div ref={box} className={styles['drawn']} style={drawn}>
        <figure aria-label={chartText(model)}>
          {chart &&
            gaps.map((gap) => (
              <GapMark key={gap.fromMs} gap={gap} chart={chart} nowMs={startOfMinute(nowMinute)} />
            ))}
          {size && <Axes model={model} size={size} />}
          {plotly && figure && <PlotlyFigure plotly={plotly} figure={figure} />}
        </figure>
      </div>
    </div>
  )
}
