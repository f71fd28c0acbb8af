import { useMemo, useRef } from 'react'
import { useDashboard, useView } from '../app/workbench.ts'
import { useIsDark } from '../settings/theme.ts'
import { BarPointer } from './bar-pointer.tsx'
import { ChartMarks } from './chart-marks.tsx'
import type { ChartModel } from './chart-model.ts'
import { ChartSkeleton } from './chart-skeleton.tsx'
import { chartWords } from './chart-words.ts'
import { EmptyHour } from './empty-hour.tsx'
import { figureOf } from './figure-of.ts'
import { readPalette } from './palette.ts'
import { PlotlyFigure } from './plotly-figure.tsx'
import { Readout } from './readout.tsx'
import { usePlotly } from './use-plotly.ts'
import { StaleMark, useStaleWords } from './stale-mark.tsx'
import { useSize } from './use-size.ts'
import styles from './chart-stage.module.css'

/** The chart itself. Plotly draws the bars; pointing at them, choosing and marking them is done here. */
export function ChartStage({ model }: { model: ChartModel | null }): React.ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const size = useSize(box)
  const plotly = usePlotly()
  const isDark = useIsDark(useView((state) => state.theme))
  const cursor = useView((state) => state.cursor)
  const loading = useDashboard((state) => state.countsLoading)
  const stale = useStaleWords()
  // Read anew when the theme changes.
  const palette = useMemo(() => ({ isDark, ...readPalette() }), [isDark])
  const figure = useMemo(
    () => model && size && model.slots > 0 && figureOf(model, size, palette),
    [model, size, palette],
  )

  return (
    <div
      ref={box}
      className={styles['stage']}
      data-loading={loading || undefined}
      data-stale={stale !== null || undefined}
    >
      <figure aria-label={model ? chartLabel(model, stale?.sentence) : 'The chart is loading'}>
        {model && size && <ChartMarks model={model} size={size} />}
        {plotly && figure ? <PlotlyFigure plotly={plotly} figure={figure} /> : <ChartSkeleton size={size} />}
        {model && size && cursor && <Readout model={model} size={size} slot={cursor.slot} />}
      </figure>
      {model && size && <BarPointer model={model} size={size} />}
      <EmptyHour />
      {model && stale !== null && <StaleMark words={stale} model={model} />}
    </div>
  )
}

function chartLabel(model: ChartModel, stale: string | undefined): string {
  return stale === undefined ? chartWords(model) : `${chartWords(model)}. ${stale}`
}
