import { useMemo, useRef } from 'react'
import { useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import { useIsDark } from '../settings/theme.ts'
import { binSpan } from './bin-words.ts'
import { ChartMarks } from './chart-marks.tsx'
import type { ChartModel } from './chart-model.ts'
import { ChartSkeleton } from './chart-skeleton.tsx'
import { chartWords } from './chart-words.ts'
import { EmptyHour } from './empty-hour.tsx'
import { figureOf } from './figure-of.ts'
import { slotAt } from './geometry.ts'
import { readPalette } from './palette.ts'
import { PlotlyFigure } from './plotly-figure.tsx'
import { Readout } from './readout.tsx'
import { usePlotly } from './use-plotly.ts'
import { useSize } from './use-size.ts'
import styles from './chart-stage.module.css'

/** The chart itself. Plotly draws the bars; pointing at them, choosing and marking them is done here. */
export function ChartStage({ model }: { model: ChartModel | null }): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const box = useRef<HTMLDivElement>(null)
  const size = useSize(box)
  const plotly = usePlotly()
  const isDark = useIsDark(useView((state) => state.theme))
  const cursor = useView((state) => state.cursor)
  const loading = useDashboard((state) => state.countsLoading)
  // Read anew when the theme changes.
  const palette = useMemo(() => ({ isDark, ...readPalette() }), [isDark])
  const figure = useMemo(
    () => model && size && model.slots > 0 && figureOf(model, size, palette),
    [model, size, palette],
  )

  function point(event: React.PointerEvent): void {
    if (model === null || size === null) return
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left
    const slot = slotAt(x, size.width, model.slots)
    view.set((state) =>
      state.cursor?.slot === slot
        ? state
        : { ...state, cursor: slot === null ? null : { slot, byKey: false } },
    )
  }

  function openChosen(): void {
    const bin =
      model !== null && model.view !== 'distribution' && cursor ? model.bins[cursor.slot] : undefined
    if (bin) dashboard.open(binSpan(bin))
  }

  return (
    <div ref={box} className={styles['stage']} data-loading={loading || undefined}>
      <figure aria-label={model ? chartWords(model) : 'The chart is loading'}>
        {model && size && <ChartMarks model={model} size={size} />}
        {plotly && figure ? <PlotlyFigure plotly={plotly} figure={figure} /> : <ChartSkeleton size={size} />}
        {model && size && cursor && <Readout model={model} size={size} slot={cursor.slot} />}
      </figure>
      <button
        type="button"
        className={styles['bars']}
        aria-label="Bars: arrow keys choose one, Enter lists its tickets"
        onPointerMove={point}
        onPointerLeave={() => view.set((state) => ({ ...state, cursor: null }))}
        onClick={openChosen}
      />
      <EmptyHour />
    </div>
  )
}
