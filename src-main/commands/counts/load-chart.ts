import type { ReadClient } from '../../app/stored.ts'
import type { TicketFilter } from '../../../src-shared/contract/fields.ts'
import type { CountsResult, Session } from '../../../src-shared/contract/tickets.ts'
import {
  comparedWith,
  otherSpan,
  type ComparedBar,
} from '../../../src-shared/domain/compare/compared-bars.ts'
import type { Comparison } from '../../../src-shared/domain/compare/comparison.ts'
import type { Interval } from '../../../src-shared/domain/interval.ts'
import { knownAt, sharedMs, unknownWithin } from '../../../src-shared/domain/known-spans.ts'
import { hasPlan } from '../../../src-shared/domain/layers/planned-bars.ts'
import { hasUsual } from '../../../src-shared/domain/layers/usual-bars.ts'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { bucketSpans } from '../../../src-shared/domain/series.ts'
import { siteTime } from '../../../src-shared/domain/site-clock.ts'
import type { Chart, ChartLayers } from '../../print/chart.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { CliIo } from '../cli/io.ts'
import { terminalKind } from '../cli/terminal.ts'
import type { FieldParams } from '../cli/field-flags.ts'
import type { CountedSpan } from '../cli/times.ts'

export interface LoadedChart {
  readonly chart: Chart
  readonly counts: CountsResult
  readonly session: Session
}

/** By the zone in which times are shown, where it names none. */
export type ChartSpan = Omit<CountedSpan, 'zone'> & Partial<Pick<CountedSpan, 'zone'>> & FieldParams

/** The counts of a span with the names of their priorities: what a chart, a picture and a JSON document are made of. */
export async function loadChart(client: ReadClient, span: ChartSpan): Promise<LoadedChart> {
  const session = await client.call('session.get', {})
  const counts = await client.call('counts.get', span)
  const machineMs = machineClock.now()
  const nowMs = siteTime(session.clock, machineMs)
  const past = { fromMs: span.fromMs, toMs: Math.max(span.fromMs, Math.min(span.toMs, nowMs)) }
  const known = knownAt(counts.known, session.clock, machineMs)
  const chart = {
    series: counts,
    spanMs: sharedMs(known, past),
    unknown: unknownWithin(known, past, counts.keptFromMs),
    nowMs,
    priorities: session.watched,
    zone: span.zone ?? session.zone,
    provisionalFromMinute: counts.provisionalFromMinute,
  }
  return { chart, counts, session }
}

/** What each bar of a chart is compared with, in their order, which begin at the chart's buckets. */
export async function loadCompared(
  client: ReadClient,
  { counts, chart: { zone } }: LoadedChart,
  comparison: Comparison,
  filter?: TicketFilter,
): Promise<readonly ComparedBar[]> {
  const bars = bucketSpans(counts)
  const shown = { fromMs: startOfMinute(counts.fromMinute), toMs: startOfMinute(counts.toMinute) }
  const other = otherSpan(shown, { comparison, interval: counts.bucketMinutes, zone })
  const asked = { ...other, ...(filter && { filter }) }
  return comparedWith(bars, comparison, await client.call('counts.get', asked), zone)
}

/** What the window draws behind and over the same bars. */
export async function loadLayers(
  client: ReadClient,
  { counts, chart: { zone } }: LoadedChart,
  filter?: TicketFilter,
): Promise<ChartLayers> {
  const { fromMinute, toMinute, bucketMinutes } = counts
  const span = { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) }
  const buckets = { ...span, bucketMinutes: bucketMinutes as Interval, zone }
  return {
    usual: hasUsual(filter) ? await client.call('usual.get', buckets) : null,
    planned: hasPlan(filter) ? await client.call('runs.planned', buckets) : [],
    marks: (await client.call('marks.list', span)).marks,
  }
}

/** A chart for stdout, as wide as its terminal. */
export function chartText(io: CliIo, chart: Chart): string {
  const { ascii } = terminalKind(io)
  return terminalChart(chart, { width: io.columns, colour: io.colour, ascii })
}
