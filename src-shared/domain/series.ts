import { MS_PER_MINUTE, type Minute } from './minute.ts'

/** How many tickets of one priority were created in one bucket, which begins at `startMinute`. */
export interface PriorityCount {
  readonly startMinute: Minute
  readonly priorityId: string
  readonly count: number
}

/** Counts by bucket and priority: `counts[p][b]` belongs to `priorityIds[p]` and to the bucket that starts at `fromMinute + b * bucketMinutes`. */
export interface Series {
  readonly fromMinute: Minute
  readonly toMinute: Minute
  readonly bucketMinutes: number
  readonly priorityIds: readonly string[]
  readonly counts: readonly (readonly number[])[]
}

/** Spreads sparse rows over a whole span: buckets without tickets are there with 0. Rows outside it are left out. */
export function fillSeries(
  span: { fromMinute: Minute; toMinute: Minute; bucketMinutes: number; priorityIds: readonly string[] },
  rows: Iterable<PriorityCount>,
): Series {
  const buckets = Math.max(0, Math.ceil((span.toMinute - span.fromMinute) / span.bucketMinutes))
  const counts = span.priorityIds.map(() => Array.from({ length: buckets }, () => 0))
  for (const row of rows) {
    const bucket = Math.floor((row.startMinute - span.fromMinute) / span.bucketMinutes)
    const line = counts[span.priorityIds.indexOf(row.priorityId)]
    if (line === undefined || bucket < 0 || bucket >= buckets) continue
    line[bucket] = (line[bucket] ?? 0) + row.count
  }
  return { ...span, counts }
}

/** The tickets of each bucket, all priorities together. */
export function bucketTotals(series: Series): number[] {
  const buckets = Math.max(0, Math.ceil((series.toMinute - series.fromMinute) / series.bucketMinutes))
  return Array.from({ length: buckets }, (_, b) =>
    series.counts.reduce((sum, line) => sum + (line[b] ?? 0), 0),
  )
}

/** How much of the span `[fromMs, toMs)` is over at `nowMs`, in milliseconds: what its averages are over. */
export function elapsedMs({ fromMs, toMs }: { fromMs: number; toMs: number }, nowMs: number): number {
  return Math.max(0, Math.min(toMs, nowMs) - fromMs)
}

/** Tickets a minute over `spanMs`, not over the clock minutes that a span touches: 100 in an hour are 1.67. */
export function ticketsPerMinute(tickets: number, spanMs: number): number {
  return spanMs > 0 ? (tickets / spanMs) * MS_PER_MINUTE : 0
}

/**
 * The figures above the chart of a span, of which `spanMs` are over. `peakMinute` is the first of the fullest minutes,
 * or null where there is no ticket.
 */
export function summarise(series: Series, spanMs: number) {
  const totals = bucketTotals(series)
  const total = totals.reduce((a, b) => a + b, 0)
  const peak = totals.reduce((a, b) => Math.max(a, b), 0)
  return {
    total,
    perMinute: ticketsPerMinute(total, spanMs),
    peak,
    peakMinute: peak === 0 ? null : series.fromMinute + totals.indexOf(peak) * series.bucketMinutes,
  }
}

/** One bar of the distribution: `observed` minutes had exactly `tickets` tickets, Poisson expects `expected`. */
export interface DistributionBar {
  readonly tickets: number
  readonly observed: number
  readonly expected: number
}

/**
 * How many minutes had 0, 1, 2 … tickets, and what a Poisson process of the same mean would give. The last bar
 * takes the whole upper tail, so that both columns add up to the number of minutes.
 */
export function distribution(perMinute: readonly number[]): DistributionBar[] {
  const minutes = perMinute.length
  if (minutes === 0) return []
  const mean = perMinute.reduce((a, b) => a + b, 0) / minutes
  const most = perMinute.reduce((a, b) => Math.max(a, b), 0)
  const last = Math.max(most, Math.ceil(mean + 2 * Math.sqrt(mean)))
  const observed = Array.from({ length: last + 1 }, () => 0)
  for (const tickets of perMinute) observed[tickets] = (observed[tickets] ?? 0) + 1

  const bars: DistributionBar[] = []
  let probability = Math.exp(-mean)
  let below = 0
  for (let tickets = 0; tickets <= last; tickets++) {
    const share = tickets === last ? 1 - below : probability
    bars.push({ tickets, observed: observed[tickets] ?? 0, expected: minutes * share })
    below += probability
    probability *= mean / (tickets + 1)
  }
  return bars
}
