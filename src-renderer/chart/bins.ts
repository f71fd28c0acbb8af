import type { Minute } from '../../src-shared/domain/minute.ts'
import type { Series } from '../../src-shared/domain/series.ts'

/**
 * How far a bin's count can be trusted. `unsettled`: Jira's index may still hold tickets back. `unfinished`: its time
 * is not over. `future`: its time has not begun.
 */
export type BinState = 'settled' | 'unsettled' | 'unfinished' | 'future'

/** One bar: the tickets of `minutes` minutes. `byPriority` has the order of the series' `priorityIds`. */
export interface Bin {
  readonly startMinute: Minute
  readonly minutes: number
  readonly byPriority: readonly number[]
  readonly total: number
  readonly state: BinState
}

/** What is known of a span's minutes: the series, minute by minute, and from when on it may still change. */
export type MinuteCounts = Series & { readonly provisionalFromMinute: Minute }

/** The bars of a span, `binMinutes` wide; the last one may be narrower. Bins without tickets are there too. */
export function binsOf(counts: MinuteCounts, binMinutes: number, nowMinute: Minute): Bin[] {
  const bins: Bin[] = []
  for (let start = counts.fromMinute; start < counts.toMinute; start += binMinutes) {
    const end = Math.min(start + binMinutes, counts.toMinute)
    const byPriority = counts.counts.map((line) =>
      sum(line.slice(start - counts.fromMinute, end - counts.fromMinute)),
    )
    bins.push({
      startMinute: start,
      minutes: end - start,
      byPriority,
      total: sum(byPriority),
      state: binState(start, end, counts.provisionalFromMinute, nowMinute),
    })
  }
  return bins
}

function binState(start: Minute, end: Minute, provisionalFrom: Minute, nowMinute: Minute): BinState {
  if (start > nowMinute) return 'future'
  if (end > nowMinute) return 'unfinished'
  return end > provisionalFrom ? 'unsettled' : 'settled'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
