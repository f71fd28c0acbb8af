import type { CountsChanged } from '../../src-shared/contract/events.ts'
import type { CountsResult } from '../../src-shared/contract/models.ts'

/**
 * The counts after an increment, or `gap` where they can only be asked for anew: something between them and the
 * increment was missed, everything may have changed, or a priority came that they do not have.
 */
export function applyChange(counts: CountsResult, event: CountsChanged): CountsResult | 'gap' {
  if (event.siteId !== counts.siteId || event.reset) return 'gap'
  if (event.seq <= counts.seq) return counts
  if (event.prevSeq > counts.seq) return 'gap'

  const inSpan = event.changes.filter(({ minute }) => minute >= counts.fromMinute && minute < counts.toMinute)
  if (inSpan.length === 0) return { ...counts, seq: event.seq }
  if (inSpan.some((change) => !counts.priorityIds.includes(change.priorityId))) return 'gap'

  const lines = counts.counts.map((line) => [...line])
  for (const change of inSpan) {
    const line = lines[counts.priorityIds.indexOf(change.priorityId)]
    if (line) line[change.minute - counts.fromMinute] = change.count
  }
  return { ...counts, seq: event.seq, counts: lines }
}

/** The counts after all that came while they were on their way, in order. */
export function applyAll(counts: CountsResult, events: readonly CountsChanged[]): CountsResult | 'gap' {
  let now: CountsResult | 'gap' = counts
  for (const event of events) {
    if (now === 'gap') return 'gap'
    now = applyChange(now, event)
  }
  return now
}
