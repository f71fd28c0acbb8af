import { useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteOf, MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import { useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import { useIsDark } from '../settings/preferences.ts'
import {
  binSpan,
  binTicketsText,
  gapsText,
  binTimeText,
  chartText,
  stateText,
  type Bin,
  type ChartModel,
} from './chart-model.ts'
import styles from './chart-stage.module.css'
import { figureOf, readPalette, ticketsLabel } from './figures.ts'
import { countScale, countTop, MARGIN, slotAt, slotMiddle, type BoxSize } from './geometry.ts'
import { PrioritySwatch } from './legend.tsx'
import { EmptySpan, StaleMark, useStaleText } from './no-counts.tsx'
import { PlotlyFigure, usePlotly } from './plotly-figure.tsx'

/** Room that the box needs above a bar, and to either side of its middle, in pixels. */
const ROOM_ABOVE = 96
const ROOM_ASIDE = 92

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
      <EmptySpan />
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

  function slotUnder(event: React.MouseEvent): number | null {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left
    return slotAt(x, size.width, model.slots)
  }

  function point(event: React.PointerEvent): void {
    const slot = slotUnder(event)
    view.set((state) =>
      state.cursor?.slot === slot
        ? state
        : { ...state, cursor: slot === null ? null : { slot, byKey: false } },
    )
  }

  /** What was clicked or touched, whatever was pointed at before; by Enter, where the keys are. */
  function open(event: React.MouseEvent): void {
    const slot = event.detail > 0 ? slotUnder(event) : (view.get().cursor?.slot ?? null)
    const bin = slot === null || model.view === 'distribution' ? undefined : model.bins[slot]
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

/** What is marked behind the bars: the one looked at, those whose tickets are listed, and where now is. */
function ChartMarks({ model, size }: { model: ChartModel; size: BoxSize }): React.ReactNode {
  const cursor = useView((state) => state.cursor)
  const opened = useDashboard((state) => state.opened)
  const nowMinute = useDashboard((state) => state.nowMinute)
  const plot = size.width - MARGIN.l - MARGIN.r
  const slot = plot / model.slots
  const box = { top: MARGIN.t, height: size.height - MARGIN.t - MARGIN.b }

  const timed = model.view !== 'distribution'
  const from = model.bins[0]?.startMinute ?? 0
  const minutes = model.bins.reduce((sum, bin) => sum + bin.minutes, 0)
  const unfinished = timed && nowMinute >= from && nowMinute < from + minutes
  const openedMinutes = opened && { from: minuteOf(opened.fromMs), to: minuteOf(opened.toMs) }
  const isOpened = (bin: Bin): boolean =>
    openedMinutes !== null &&
    bin.startMinute < openedMinutes.to &&
    bin.startMinute + bin.minutes > openedMinutes.from
  return (
    <>
      {cursor && (
        <div
          className={styles['cursor']}
          style={{ ...box, left: MARGIN.l + cursor.slot * slot, width: slot }}
        />
      )}
      {timed &&
        model.bins.map((bin, i) =>
          isOpened(bin) ? (
            <div
              key={bin.startMinute}
              className={styles['opened']}
              style={{ ...box, left: MARGIN.l + i * slot, width: slot }}
            />
          ) : null,
        )}
      {timed && model.gaps.map((gap) => <GapMark key={gap.fromMs} gap={gap} model={model} size={size} />)}
      {unfinished && (
        <div
          className={styles['now']}
          style={{ ...box, left: MARGIN.l + ((nowMinute + 1 - from) / minutes) * plot }}
        >
          <span>now</span>
        </div>
      )}
    </>
  )
}

/** Narrower, a gap has no words of its own: pointing at it has. */
const GAP_TEXT_PX = 150

/** What was not fetched, as high as the chart. */
function GapMark({ gap, model, size }: { gap: TimeSpan; model: ChartModel; size: BoxSize }): React.ReactNode {
  const { fromMs, toMs } = spanOf(model)
  const pxPerMs = (size.width - MARGIN.l - MARGIN.r) / (toMs - fromMs)
  const width = (gap.toMs - gap.fromMs) * pxPerMs
  const nowMs = startOfMinute(useDashboard((state) => state.nowMinute))
  return (
    <div
      className={styles['gap']}
      style={{
        top: MARGIN.t,
        height: size.height - MARGIN.t - MARGIN.b,
        left: MARGIN.l + (gap.fromMs - fromMs) * pxPerMs,
        width,
      }}
    >
      {width >= GAP_TEXT_PX && <span>{gapsText([gap], { fromMs, toMs: nowMs }, model.zone)}</span>}
    </div>
  )
}

function spanOf({ bins }: ChartModel): TimeSpan {
  const minutes = bins.reduce((sum, bin) => sum + bin.minutes, 0)
  const fromMs = startOfMinute(bins[0]?.startMinute ?? 0)
  return { fromMs, toMs: fromMs + minutes * MS_PER_MINUTE }
}

/** The figures of the bar looked at, in a box above it. */
function Readout({ model, size, slot }: { model: ChartModel; size: BoxSize; slot: number }): React.ReactNode {
  const heights =
    model.view === 'distribution'
      ? model.distribution.map((bar) => Math.max(bar.observed, bar.expected))
      : model.bins.map((bin) => bin.total)
  const { top } = countScale(Math.max(0, ...heights))
  const middle = slotMiddle(slot, size.width, model.slots)
  const place = {
    left: Math.min(size.width - ROOM_ASIDE, Math.max(ROOM_ASIDE, middle)),
    top: Math.max(ROOM_ABOVE, countTop(heights[slot] ?? 0, top, size.height) - 8),
  }
  return (
    <div className={styles['readout']} style={place} aria-hidden="true">
      {model.view === 'distribution' ? (
        <DistributionFigures model={model} slot={slot} />
      ) : (
        <BinFigures model={model} slot={slot} />
      )}
    </div>
  )
}

function BinFigures({ model, slot }: { model: ChartModel; slot: number }): React.ReactNode {
  const bin = model.bins[slot]
  if (bin === undefined) return null
  const state = stateText(bin.state)
  return (
    <>
      <p className={styles['title']}>
        <b>{binTimeText(bin, model)}</b> {binTicketsText(bin)}
      </p>
      {model.priorities.map((priority, rank) => (
        <p key={priority.id} className={styles['row']}>
          <PrioritySwatch rank={rank} />
          {priority.name}
          <b>{bin.byPriority[rank] ?? 0}</b>
        </p>
      ))}
      {state !== '' && <p className={styles['note']}>{state}</p>}
    </>
  )
}

function DistributionFigures({ model, slot }: { model: ChartModel; slot: number }): React.ReactNode {
  const bar = model.distribution[slot]
  if (bar === undefined) return null
  return (
    <>
      <p className={styles['title']}>
        <b>{ticketsLabel(bar, model.slots)}</b> {bar.tickets === 1 ? 'ticket' : 'tickets'} in a minute
      </p>
      <p className={styles['row']}>
        minutes seen<b>{bar.observed}</b>
      </p>
      <p className={styles['row']}>
        chance expects<b>{bar.expected.toFixed(1)}</b>
      </p>
    </>
  )
}
