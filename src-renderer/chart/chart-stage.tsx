import { Suspense, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { CHART_ID, useDashboard, useView } from '../app/workbench.ts'
import { lazyPart } from '../controls/lazy-part.tsx'
import { hasFixedRule } from '../live/dashboard-state.ts'
import { useIsDark } from '../settings/preferences.ts'
import { Axes } from './axes/chart-axes.tsx'
import { BrushLayer } from './brush/brush-layer.tsx'
import { ChartMarks } from './chart-marks.tsx'
import type { ChartModel } from './chart-model.ts'
import { chartText } from './chart-text.ts'
import styles from './chart-stage.module.css'
import { edgesOf } from './brush/cursor.ts'
import { figureOf, readPalette, type Figure } from './figures.ts'
import { MinutesOfCount } from './minutes-of-count.tsx'
import { EmptySpan, StaleMark, useStaleText } from './no-counts.tsx'
import { FlagLayer } from '../marks/flag-layer.tsx'
import { NewMark } from '../marks/new-mark.tsx'
import { Outlines } from './outlines.tsx'
import { PlotlyFigure, usePlotly } from './plotly-figure.tsx'
import { Readout } from './readout.tsx'
import { useSize } from './use-size.ts'
import { UnusualMarks, UsualBand } from '../usual/usual-layer.tsx'

const RuleLines = lazyPart(async () => (await import('../alerts/rule-lines.tsx')).RuleLines)

/** Between two draws of the chart (ms): counts may change far more often. */
const DRAW_GAP_MS = 250

/** The chart itself. Plotly draws the bars; pointing at them, choosing and marking them is done over and under it. */
export function ChartStage({ model: newest }: { model: ChartModel | null }): React.ReactNode {
  const loading = useDashboard((state) => state.countsLoading)
  // Under a hand that is drawn over it, the chart stands still; and so that another span's bars need not wait for a draw
  // of what is no longer asked for.
  const isDrawnOver = useView(({ cursor }) => cursor?.by === 'zoom' || cursor?.by === 'select')
  const model = usePaced(newest, DRAW_GAP_MS, isDrawnOver || loading)
  const box = useRef<HTMLDivElement>(null)
  const size = useSize(box)
  const plotly = usePlotly()
  const isDark = useIsDark(useView((state) => state.theme))
  const hasRule = useDashboard(hasFixedRule)
  const stale = useStaleText()
  // Read anew when the theme changes.
  const palette = useMemo(() => ({ isDark, ...readPalette() }), [isDark])
  const figure = useSame(
    useMemo(
      () => (model && size && model.slots > 0 ? figureOf(model, size, palette) : null),
      [model, size, palette],
    ),
  )
  const chart = useMemo(() => model && size && { model, size, edges: edgesOf(model) }, [model, size])

  return (
    <div
      ref={box}
      id={CHART_ID}
      className={styles['stage']}
      data-loading={loading || undefined}
      data-stale={stale !== null || undefined}
    >
      {model && <AxisTitles model={model} />}
      <figure aria-label={model ? chartLabel(model, stale?.sentence) : 'The chart is loading'}>
        {chart && <UsualBand chart={chart} />}
        {chart && <ChartMarks chart={chart} />}
        {size && <Axes model={model} size={size} />}
        {plotly && figure && <PlotlyFigure plotly={plotly} figure={figure} />}
        {chart && <UnusualMarks chart={chart} />}
        {chart && <Outlines chart={chart} />}
        {chart && <Readout chart={chart} />}
      </figure>
      {chart && <BrushLayer chart={chart} />}
      {chart && <FlagLayer chart={chart} />}
      {chart && hasRule && (
        <Suspense fallback={null}>
          <RuleLines chart={chart} />
        </Suspense>
      )}
      {chart && <NewMark model={chart.model} width={chart.size.width} />}
      {chart && <MinutesOfCount chart={chart} />}
      <EmptySpan />
      {model && stale !== null && <StaleMark stale={stale} model={model} />}
    </div>
  )
}

/** What the axes of the distribution count; of the others the choice of the interval says it. */
function AxisTitles({ model }: { model: ChartModel }): React.ReactNode {
  if (model.view !== 'distribution') return null
  return (
    <>
      <p className={styles['axis']} aria-hidden="true">
        minutes
      </p>
      <p className={styles['axis']} data-along="across" aria-hidden="true">
        tickets in a minute
      </p>
    </>
  )
}

function chartLabel(model: ChartModel, stale: string | undefined): string {
  return stale === undefined ? chartText(model) : `${chartText(model)}. ${stale}`
}

/** The former figure where the newest is drawn the same: much of a model is not Plotly's to draw. */
function useSame(newest: Figure | null): Figure | null {
  const text = useMemo(() => JSON.stringify(newest), [newest])
  const [kept, setKept] = useState({ figure: newest, text })
  if (kept.text === text) return kept.figure
  setKept({ figure: newest, text })
  return newest
}

/** A value at most every `gapMs`: at once after a rest, then the newest; none while it is held. */
function usePaced<T>(newest: T, gapMs: number, held: boolean): T {
  const [paced, setPaced] = useState({ value: newest, atMs: 0 })
  useLayoutEffect(() => {
    if (held || paced.value === newest) return undefined
    const waitMs = paced.atMs + gapMs - performance.now()
    const take = (): void => setPaced({ value: newest, atMs: performance.now() })
    if (waitMs <= 0) {
      take()
      return undefined
    }
    const timer = setTimeout(take, waitMs)
    return () => clearTimeout(timer)
  }, [newest, paced, gapMs, held])
  return paced.value
}
