import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { comparedBars, type Comparison } from '../../src-shared/domain/comparison.ts'
import { unknownWithin, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteOf, startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { countText, dayText, momentText, numberText } from '../live/text.ts'

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
  counts: CountsResult,
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

function isWithin(span: TimeSpan, { fromMinute, toMinute }: CountsResult): boolean {
  return span.fromMs >= startOfMinute(fromMinute) && span.toMs <= startOfMinute(toMinute)
}

/** How many tickets there are in the buckets that begin before an instant. */
function cumulated({
  fromMinute,
  bucketMinutes,
  startMinutes,
  counts,
}: CountsResult): (ms: number) => number {
  const sums = [0]
  const buckets = counts[0]?.length ?? 0
  for (let b = 0; b < buckets; b++) {
    sums.push((sums[b] ?? 0) + counts.reduce((sum, line) => sum + (line[b] ?? 0), 0))
  }
  const begunBefore = (minute: Minute): number => {
    if (startMinutes === undefined) return Math.ceil((minute - fromMinute) / bucketMinutes)
    const first = startMinutes.findIndex((start) => start >= minute)
    return first === -1 ? buckets : first
  }
  return (ms) => sums[Math.min(buckets, Math.max(0, begunBefore(minuteOf(ms))))] ?? 0
}

/** `31 yesterday (×2.8)`: what a count of now is to that of the other span, which `when` names. */
export function thenText(now: number, bars: readonly ComparedBar[], when: string): string {
  const known = bars.filter(({ state }) => state === 'known')
  if (known.length === 0) return `no data ${when}`
  const then = bars.reduce((sum, { total }) => sum + total, 0)
  const isWhole = bars.every(({ state }) => state !== 'unknown')
  const ratio = then > 0 && isWhole ? ` (×${ratioText(now / then)})` : ''
  const left = bars.filter(({ state }) => state === 'left-out').length
  const blank = left === 0 ? '' : `, ${countText(left, 'bar')} left out when clocks changed`
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

/** When that was which a span is compared with: `yesterday`, `on Mon 23 Nov`. */
export function comparisonText(comparison: Comparison, zone: string, nowMs: number): string {
  const name = { before: 'before', '1d': 'yesterday', '7d': 'a week ago' }[comparison]
  if (name !== undefined) return name
  if (comparison.endsWith('d')) return `${comparison.slice(0, -1)} days ago`
  const ms = Date.parse(comparison)
  return comparison.length === 'YYYY-MM-DD'.length
    ? `on ${dayText(ms, 'UTC', nowMs)}`
    : `from ${momentText(ms, zone, nowMs)} on`
}
