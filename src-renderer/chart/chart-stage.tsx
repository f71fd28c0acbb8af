import { useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react'
import { useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import { useIsDark } from '../settings/preferences.ts'
import { ChartMarks, Readout } from './bar-overlay.tsx'
import type { ChartModel } from './chart-model.ts'
import styles from './chart-stage.module.css'
import { binSpan, chartText } from './chart-text.ts'
import { figureOf } from './figures.ts'
import { countScale, countTop, MARGIN, slotAt, type BoxSize } from './geometry.ts'
import { EmptyHour } from './no-counts.tsx'
import { readPalette } from './palette.ts'
import { PlotlyFigure, usePlotly } from './plotly-figure.tsx'
import { StaleMark, useStaleText } from './stale-mark.tsx'

/** The chart itself. Plotly draws the bars; pointing at them, choosing and marking them is done here. */
export function ChartStage({ model }: { model: ChartModel | null }): React.ReactNode {
  const box = useRef<HTMLDivElement>(null)
  const size = useSize(box)
  const plotly = usePlotly()
  const isDark = useIsDark(useView((state) => state.theme))
  const cursor = useView((state) => state.cursor)
  const loading = useDashboard((state) => state.countsLoading)
  const stale = useStaleText()
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
      {model && stale !== null && <StaleMark stale={stale} model={model} />}
    </div>
  )
}

function chartLabel(model: ChartModel, stale: string | undefined): string {
  return stale === undefined ? chartText(model) : `${chartText(model)}. ${stale}`
}

/** The size of an element in whole CSS pixels, kept up to date; null until it is laid out. */
function useSize(element: RefObject<HTMLElement | null>): BoxSize | null {
  const [size, setSize] = useState<BoxSize | null>(null)
  useLayoutEffect(() => {
    const node = element.current
    if (node === null) return undefined
    const measure = (): void => {
      const next = { width: node.clientWidth, height: node.clientHeight }
      setSize((last) => (last?.width === next.width && last.height === next.height ? last : next))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(node)
    measure()
    return () => observer.disconnect()
  }, [element])
  return size
}

/** The axes, where Plotly will draw them, until there is something to draw. */
function ChartSkeleton({ size }: { size: BoxSize | null }): React.ReactNode {
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

/** Lies over the bars and takes what is meant for them: pointing looks at a bar, a click or Enter lists its tickets. */
function BarPointer({ model, size }: { model: ChartModel; size: BoxSize }): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  const cursor = useView((state) => state.cursor)

  function point(event: React.PointerEvent): void {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left
    const slot = slotAt(x, size.width, model.slots)
    view.set((state) =>
      state.cursor?.slot === slot
        ? state
        : { ...state, cursor: slot === null ? null : { slot, byKey: false } },
    )
  }

  function open(): void {
    const bin = cursor && model.view !== 'distribution' ? model.bins[cursor.slot] : undefined
    if (bin) dashboard.open(binSpan(bin))
  }

  return (
    <button
      type="button"
      className={styles['bars']}
      aria-label="Bars: arrow keys choose one, Enter lists its tickets"
      onPointerMove={point}
      onPointerLeave={() => view.put({ cursor: null })}
      onClick={open}
    />
  )
}
