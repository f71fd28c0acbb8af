import { comparedBars, type Comparison } from './comparison.ts'
import { INTERVALS, MAX_BARS, type Interval } from '../interval.ts'
import { unknownWithin, type KnownSpans, type TimeSpan } from '../known-spans.ts'
import {
  minuteOf,
  MINUTES_PER_DAY,
  MINUTES_PER_HOUR,
  MS_PER_MINUTE,
  startOfMinute,
  type Minute,
} from '../minute.ts'
import { bucketTotals, startsOf, type Series } from '../series.ts'

/** Counts of the span that another is compared with, and what of it is known. */
type OtherCounts = Series & { readonly known: KnownSpans }

/**
 * What a bar is compared with: how many tickets there were then. `unknown`: not all of it was fetched, `total` is the
 * least that it can be. `left-out`: clocks were put forward past it.
 */
export interface ComparedBar {
  readonly total: number
  readonly state: 'known' | 'unknown' | 'left-out'
}

const LEFT_OUT: ComparedBar = { total: 0, state: 'left-out' }

/** What each bar of a chart is compared with, in their order; `counts` are those of the other span, in buckets no longer than a bar. */
export function comparedWith(
  bars: readonly TimeSpan[],
  comparison: Comparison,
  counts: OtherCounts,
  zone: string,
): readonly ComparedBar[] {
  const until = cumulated(counts)
  return comparedBars(bars, comparison, zone).map((span) => {
    if (span === null) return LEFT_OUT
    const total = until(span.toMs) - until(span.fromMs)
    const isKnown = isWithin(span, counts) && unknownWithin(counts.known, span).length === 0
    return { total, state: isKnown ? 'known' : 'unknown' }
  })
}

function isWithin(span: TimeSpan, { fromMinute, toMinute }: OtherCounts): boolean {
  return span.fromMs >= startOfMinute(fromMinute) && span.toMs <= startOfMinute(toMinute)
}

/** How many tickets there are in the buckets that begin before an instant. */
function cumulated(counts: OtherCounts): (ms: number) => number {
  const sums = [0]
  for (const total of bucketTotals(counts)) sums.push((sums.at(-1) ?? 0) + total)
  const starts = startsOf(counts)
  const begunBefore = (minute: Minute): number => {
    const { fromMinute, bucketMinutes, startMinutes } = counts
    if (startMinutes === undefined) return Math.ceil((minute - fromMinute) / bucketMinutes)
    const first = starts.findIndex((start) => start >= minute)
    return first === -1 ? starts.length : first
  }
  return (ms) => sums[Math.min(starts.length, Math.max(0, begunBefore(minuteOf(ms))))] ?? 0
}

/** The other span is read for so many buckets more: a span that moves on finds its next bar there. */
const BUCKETS_AHEAD = 5

/** What to count for a comparison of bars of `interval` minutes: from the first bucket of the other span to its last and some more. */
export function otherSpan(
  shown: TimeSpan,
  {
    comparison,
    interval,
    zone,
  }: { readonly comparison: Comparison; readonly interval: number; readonly zone: string },
): TimeSpan & { readonly bucketMinutes: Interval; readonly zone: string } {
  const bucketMinutes = bucketFor(shown, interval)
  const bucketMs = bucketMinutes * MS_PER_MINUTE
  const ends = [
    { fromMs: shown.fromMs, toMs: shown.fromMs + bucketMs },
    { fromMs: shown.toMs - bucketMs, toMs: shown.toMs },
  ]
  const [first, last] = comparedBars(ends, comparison, zone)
  const fromMs = Math.max(0, first?.fromMs ?? shown.fromMs)
  const toMs = (last?.toMs ?? fromMs + shown.toMs - shown.fromMs) + BUCKETS_AHEAD * bucketMs
  return { fromMs, toMs, bucketMinutes, zone }
}

/** Of what length buckets are, so that bars are whole ones, also where clocks change between the two spans. */
function bucketFor({ fromMs, toMs }: TimeSpan, interval: number): Interval {
  if ((toMs - fromMs) / MS_PER_MINUTE <= MAX_BARS) return 1
  const longest = interval < MINUTES_PER_DAY ? Math.min(interval, MINUTES_PER_HOUR) : MINUTES_PER_DAY
  return INTERVALS.findLast((step) => longest % step === 0) ?? 1
}

/** `31 yesterday (×2.8)`: what a count of now is to that of the other span, which `when` names. */
export function thenText(now: number, bars: readonly ComparedBar[], when: string): string {
  const known = bars.filter(({ state }) => state === 'known')
  if (known.length === 0) return `no data ${when}`
  const then = bars.reduce((sum, { total }) => sum + total, 0)
  const isWhole = bars.every(({ state }) => state !== 'unknown')
  const ratio = then > 0 && isWhole ? ` (×${ratioText(now / then)})` : ''
  const left = bars.filter(({ state }) => state === 'left-out').length
  const blank = left === 0 ? '' : `, ${left} ${left === 1 ? 'bar' : 'bars'} left out when clocks changed`
  return `${isWhole ? '' : 'at least '}${numberText(then)} ${when}${ratio}${blank}`
}

function ratioText(ratio: number): string {
  return ratio >= 100 ? numberText(Math.round(ratio)) : ratio.toFixed(1)
}

/** Some bars as one. */
export function mergedCompared(bars: readonly ComparedBar[]): ComparedBar {
  const total = bars.reduce((sum, bar) => sum + bar.total, 0)
  const isUnknown = bars.some(({ state }) => state === 'unknown')
  const isLeftOut = bars.every(({ state }) => state === 'left-out')
  return { total, state: isUnknown ? 'unknown' : isLeftOut ? 'left-out' : 'known' }
}

/** `31 then`, for the end of a sentence; empty where nothing is compared. */
export function thenPart(bar: ComparedBar | null): string {
  return bar === null ? '' : `${comparedText(bar)} then`
}

/** What a bar’s tooltip, table and readout say of then: `3`, `≥ 3`, `no data then`, `left out`. */
export function comparedText({ total, state }: ComparedBar): string {
  if (state === 'left-out') return 'left out'
  if (state === 'known') return numberText(total)
  return total === 0 ? 'no data' : `≥ ${numberText(total)}`
}

function numberText(count: number): string {
  return count.toLocaleString('en-GB')
}
