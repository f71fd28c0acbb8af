import type { Minute } from '../../src-shared/domain/minute.ts'
import { summarise, type Series } from '../../src-shared/domain/series.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { wallMinute } from './wall-clock.ts'

/** What a printed chart shows: the same for a terminal and for a picture. */
export interface Chart {
  readonly series: Series
  /** How much of what is shown is over (ms): what the average is over. */
  readonly spanMs: number
  /** Most urgent first, with the names to show: the order in which bars are stacked, from the ground up. */
  readonly priorities: readonly Priority[]
  /** IANA name of the zone in which times are shown. */
  readonly zone: string
  /** Minutes from this one on are not settled; null where all are. */
  readonly provisionalFromMinute: Minute | null
}

/** One bar: how many tickets of each priority, in the order of the chart's priorities. */
export interface Bar {
  readonly startMinute: Minute
  readonly counts: readonly number[]
  readonly total: number
  readonly provisional: boolean
}

/** The chart's bars, neighbours put together where there are more than `most`. */
export function chartBars(chart: Chart, most: number): Bar[] {
  const { series, priorities } = chart
  const lines = priorities.map(({ id }) => series.counts[series.priorityIds.indexOf(id)] ?? [])
  const buckets = Math.max(0, Math.ceil((series.toMinute - series.fromMinute) / series.bucketMinutes))
  const together = Math.max(1, Math.ceil(buckets / most))
  return Array.from({ length: Math.ceil(buckets / together) }, (_, bar) => {
    const first = bar * together
    const counts = lines.map((line) => sum(line.slice(first, first + together)))
    const endMinute = series.fromMinute + (first + together) * series.bucketMinutes
    return {
      startMinute: series.fromMinute + first * series.bucketMinutes,
      counts,
      total: sum(counts),
      provisional: chart.provisionalFromMinute !== null && endMinute > chart.provisionalFromMinute,
    }
  })
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

/** Which time the chart shows: `Thu 15 Jan 2026, 14:00–15:00, Europe/Berlin`. */
export function heading({ series, zone }: Chart): string {
  const from = wallMinute(series.fromMinute, zone)
  const to = wallMinute(series.toMinute, zone)
  const lastMinute = wallMinute(Math.max(series.fromMinute, series.toMinute - 1), zone)
  const span =
    from.day === lastMinute.day ? `${from.clock}–${to.clock}` : `${from.clock} – ${to.day}, ${to.clock}`
  return `${from.day}, ${span}, ${zone}`
}

/** The figures of the chart, as one line: `38 tickets · 0.63 a minute · peak 4 at 14:37`. */
export function figures(chart: Chart): string[] {
  const { series, zone, spanMs } = chart
  const { total, perMinute, peak, peakMinute } = summarise(series, spanMs)
  if (peakMinute === null) return [`No ${priorityNames(chart)} tickets`]
  const peakClock = wallMinute(peakMinute, zone).clock
  const per = series.bucketMinutes === 1 ? '' : ` in ${series.bucketMinutes} minutes`
  return [
    `${total} ${total === 1 ? 'ticket' : 'tickets'}`,
    `${perMinute.toFixed(2)} a minute`,
    `peak ${peak}${per} at ${peakClock}`,
  ]
}

/** Each priority's share of the total, in the chart's order. */
export function priorityTotals({ series, priorities }: Chart): { name: string; total: number }[] {
  return priorities.map(({ id, name }) => ({
    name,
    total: sum(series.counts[series.priorityIds.indexOf(id)] ?? []),
  }))
}

function priorityNames({ priorities }: Chart): string {
  return priorities
    .map(({ name }) => name)
    .toReversed()
    .join(' or ')
}
