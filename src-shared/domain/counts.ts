import type { CountsChanged } from '../contract/events.ts'
import type { CountsSplit } from '../contract/fields.ts'
import type { CountsResult } from '../contract/tickets.ts'
import type { TimeSpan } from './known-spans.ts'
import { minuteSpan } from './minute.ts'

/** The counts of a span a little later, whose new buckets have none yet; null where they have none of it, or are a calendar's. */
export function movedTo(counts: CountsResult, span: TimeSpan): CountsResult | null {
  const { fromMinute, toMinute } = minuteSpan(span.fromMs, span.toMs)
  const by = (fromMinute - counts.fromMinute) / counts.bucketMinutes
  if (counts.startMinutes !== undefined || !Number.isInteger(by) || by < 0 || fromMinute >= counts.toMinute)
    return null
  const buckets = Math.ceil((toMinute - fromMinute) / counts.bucketMinutes)
  const moved = (line: readonly number[]): number[] =>
    Array.from({ length: buckets }, (_, b) => line[b + by] ?? 0)
  const lines = counts.counts.map(moved)
  const split = counts.split && { split: movedSplit(counts.split, moved) }
  // What is settled moves on with the clock, too.
  const provisionalFromMinute = counts.provisionalFromMinute + fromMinute - counts.fromMinute
  return { ...counts, fromMinute, toMinute, provisionalFromMinute, counts: lines, ...split }
}

function movedSplit(split: CountsSplit, moved: (line: readonly number[]) => number[]): CountsSplit {
  const parts = split.parts.map((part) => ({ ...part, counts: moved(part.counts) }))
  return { ...split, parts }
}

/**
 * The counts after an increment, or `gap` where they can only be asked for anew: something between them and the
 * increment was missed, everything may have changed, they are not by minute or of a `part` of the tickets, or a priority came
 * that they do not have.
 */
export function applyChange(
  counts: CountsResult,
  event: CountsChanged,
  isOfPart = false,
): CountsResult | 'gap' {
  if (event.siteId !== counts.siteId || event.reset) return 'gap'
  if (event.seq <= counts.seq) return counts
  // What a ticket is may change without any count.
  if (isOfPart || event.prevSeq > counts.seq) return 'gap'

  const inSpan = event.changes.filter(({ minute }) => minute >= counts.fromMinute && minute < counts.toMinute)
  if (inSpan.length === 0) return { ...counts, seq: event.seq }
  if (counts.bucketMinutes > 1 || inSpan.some((change) => !counts.priorityIds.includes(change.priorityId)))
    return 'gap'

  const lines = counts.counts.map((line) => [...line])
  for (const change of inSpan) {
    const line = lines[counts.priorityIds.indexOf(change.priorityId)]
    if (line) line[change.minute - counts.fromMinute] = change.count
  }
  return { ...counts, seq: event.seq, counts: lines }
}

/** The counts after all that came while they were on their way, in order. */
export function applyAll(
  counts: CountsResult,
  events: readonly CountsChanged[],
  isOfPart = false,
): CountsResult | 'gap' {
  let now: CountsResult | 'gap' = counts
  for (const event of events) {
    if (now === 'gap') return 'gap'
    now = applyChange(now, event, isOfPart)
  }
  return now
}
