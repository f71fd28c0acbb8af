import type { TimeSpan } from './known-spans.ts'
import { MS_PER_MINUTE, startOfMinute, type Minute } from './minute.ts'

/** How many tickets of one priority were created in one bucket, which begins at `startMinute`. */
export interface PriorityCount {
  readonly startMinute: Minute
  readonly priorityId: string
  readonly count: number
}

/** The buckets of a span: `bucketMinutes` each, but where they are days or weeks of a calendar. */
export interface Buckets {
  readonly fromMinute: Minute
  readonly toMinute: Minute
  readonly bucketMinutes: number
  /** Where each bucket begins, where they are those of a calendar. */
  readonly startMinutes?: readonly Minute[]
}

/** Counts by bucket and priority: `counts[p][b]` belongs to `priorityIds[p]` and to the bucket that begins at `startsOf(series)[b]`. */
export interface Series extends Buckets {
  readonly priorityIds: readonly string[]
  readonly counts: readonly (readonly number[])[]
}

/** Where each bucket begins; each ends where the next one begins, the last at `toMinute` at the latest. */
export function startsOf({ fromMinute, toMinute, bucketMinutes, startMinutes }: Buckets): readonly Minute[] {
  if (startMinutes !== undefined) return startMinutes
  const length = Math.max(0, Math.ceil((toMinute - fromMinute) / bucketMinutes))
  return Array.from({ length }, (_, bucket) => fromMinute + bucket * bucketMinutes)
}

/** The time of each bucket, epoch ms. */
export function bucketSpans(buckets: Buckets): readonly TimeSpan[] {
  const starts = startsOf(buckets)
  return starts.map((start, b) => ({
    fromMs: startOfMinute(start),
    toMs: startOfMinute(Math.min(starts[b + 1] ?? buckets.toMinute, buckets.toMinute)),
  }))
}

/**
 * Spreads sparse rows over a whole span: buckets without tickets are there with 0. A row belongs to the bucket that its
 * minute is in, of a calendar to the one that begins there; rows outside are left out.
 */
export function fillSeries<S extends Omit<Series, 'counts'>>(span: S, rows: Iterable<PriorityCount>) {
  const starts = startsOf(span)
  const counts = span.priorityIds.map(() => starts.map(() => 0))
  const places = span.startMinutes && new Map(span.startMinutes.map((start, bucket) => [start, bucket]))
  for (const { startMinute, priorityId, count } of rows) {
    const regular = Math.floor((startMinute - span.fromMinute) / span.bucketMinutes)
    const bucket = places === undefined ? regular : places.get(startMinute)
    const line = counts[span.priorityIds.indexOf(priorityId)]
    const before = bucket === undefined ? undefined : line?.[bucket]
    if (line === undefined || bucket === undefined || before === undefined) continue
    line[bucket] = before + count
  }
  return { ...span, counts }
}

/** The tickets of each bucket, all priorities together. */
export function bucketTotals(series: Series): number[] {
  return startsOf(series).map((_, b) => series.counts.reduce((sum, line) => sum + (line[b] ?? 0), 0))
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
    peakMinute: peak === 0 ? null : (startsOf(series)[totals.indexOf(peak)] ?? null),
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
