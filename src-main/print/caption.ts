import { summarise } from '../../src-shared/domain/series.ts'
import type { Chart } from './chart.ts'
import { wallMinute } from './wall-clock.ts'

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
    total: (series.counts[series.priorityIds.indexOf(id)] ?? []).reduce((a, b) => a + b, 0),
  }))
}

function priorityNames({ priorities }: Chart): string {
  return priorities
    .map(({ name }) => name)
    .toReversed()
    .join(' or ')
}
