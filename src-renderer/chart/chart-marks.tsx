import { useMemo } from 'react'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import { useDashboard, useSiteNow, useView } from '../app/workbench.ts'
import { notFetchedText } from '../live/text.ts'
import { flagsOf, besideFlags } from '../marks/flags.ts'
import { spanOfModel, type ChartModel } from './chart-model.ts'
import styles from './chart-stage.module.css'
import { barsAt, barsOfSpan, type BarRange, type Cursor } from './brush/cursor.ts'
import { edgeX, MARGIN, type BoxSize, type Edges } from './geometry.ts'

/** Where a chart is drawn: its model, the edges of its bars, and its box. */
export interface DrawnChart {
  readonly model: ChartModel
  readonly edges: Edges
  readonly size: BoxSize
}

/** Narrower, bars that are looked at are marked by this width all the same. */
const LEAST_MARK_PX = 2

/** What is marked behind the bars: those looked at, those whose tickets are listed, what was not fetched, and where now is. */
export function ChartMarks({ chart }: { chart: DrawnChart }): React.ReactNode {
  const opened = useDashboard((state) => state.opened)
  const nowMs = useSiteNow()
  const { model } = chart
  return (
    <>
      <BarsMark chart={chart} kind="opened" bars={opened && barsOfSpan(model, opened)} />
      <CursorMark chart={chart} />
      {model.view !== 'distribution' && (
        <>
          {model.gaps.map((gap) => (
            <GapMark key={gap.fromMs} gap={gap} chart={chart} nowMs={nowMs} />
          ))}
          <NowMark chart={chart} />
        </>
      )}
    </>
  )
}

function CursorMark({ chart }: { chart: DrawnChart }): React.ReactNode {
  const cursor = useView((state) => state.cursor)
  const bars = cursor && barsAt(chart.model, cursor)
  return <BarsMark chart={chart} kind={cursor?.by ?? 'pointer'} bars={bars} />
}

interface BarsMarkProps {
  readonly chart: DrawnChart
  readonly kind: Cursor['by'] | 'opened'
  readonly bars: BarRange | null
}

function BarsMark({ chart: { edges, size }, kind, bars }: BarsMarkProps): React.ReactNode {
  if (bars === null) return null
  const left = edgeX(bars.first, size.width, edges)
  const width = Math.max(LEAST_MARK_PX, edgeX(bars.last + 1, size.width, edges) - left)
  return <div className={styles['mark']} data-kind={kind} style={{ ...boxOf(size), left, width }} />
}

/** As high as the plot. */
function boxOf({ height }: BoxSize): { readonly top: number; readonly height: number } {
  return { top: MARGIN.t, height: height - MARGIN.t - MARGIN.b }
}

function NowMark({ chart: { model, edges, size } }: { chart: DrawnChart }): React.ReactNode {
  const nowMinute = useDashboard((state) => state.nowMinute)
  const flags = useMemo(() => flagsOf(model.marks, spanOfModel(model), size.width), [model, size.width])
  const [from, to] = [edges[0] ?? 0, edges.at(-1) ?? 0]
  if (nowMinute < from || nowMinute >= to) return null
  const left = timeX(nowMinute + 1, size.width, edges)
  const wordAt = besideFlags(left, flags, size.width)
  return (
    <div className={styles['now']} style={{ ...boxOf(size), left }}>
      {wordAt !== null && <span style={{ left: wordAt - left }}>now</span>}
    </div>
  )
}

/** The place of a minute, in pixels from the left of the box. */
function timeX(minute: number, width: number, edges: Edges): number {
  return edgeX(1, width, [edges[0] ?? 0, minute, edges.at(-1) ?? 0])
}

/** Narrower, a gap has no words of its own: pointing at it has. */
const GAP_TEXT_PX = 150

interface GapMarkProps {
  readonly gap: TimeSpan
  readonly chart: DrawnChart
  /** The site's time. */
  readonly nowMs: number
}

/** What was not fetched, as high as the chart. */
export function GapMark({ gap, chart, nowMs }: GapMarkProps): React.ReactNode {
  const { model, edges, size } = chart
  const left = timeX(gap.fromMs / MS_PER_MINUTE, size.width, edges)
  const width = timeX(gap.toMs / MS_PER_MINUTE, size.width, edges) - left
  const fromMs = startOfMinute(edges[0] ?? 0)
  return (
    <div className={styles['gap']} style={{ ...boxOf(size), left, width }}>
      {width >= GAP_TEXT_PX && <span>{notFetchedText([gap], { fromMs, toMs: nowMs }, model.zone)}</span>}
    </div>
  )
}
