import type { Client } from '../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import type { Span } from './hour.ts'
import { createRefresher } from './timers.ts'

/** Between two snapshots that nobody waits for. */
const GAP_MS = 250

export interface ShownCounts {
  readonly counts: CountsResult | null
  readonly countsLoading: boolean
  readonly countsFailure: WireError | null
}

/**
 * The minute counts of one hour: a snapshot, then increments; where one is missing, a new snapshot. Increments that
 * come while a snapshot is on its way are kept until it is there.
 */
export function createCountsFeed(client: Client, onChange: (state: ShownCounts) => void) {
  let hour: Span | null = null
  let held: CountsResult | null = null
  /** What was held when another hour could not be read for a while: for the way back. */
  let kept: CountsResult | null = null
  let waiting: CountsChanged[] = []
  let loading = false
  /** A person asked for this hour and does not see it yet. */
  let awaited = false
  const refresher = createRefresher(load, GAP_MS)

  async function load(): Promise<void> {
    if (hour === null) return
    const asked = hour
    waiting = []
    loading = true
    try {
      const snapshot = await client.call('counts.get', { ...asked, bucketMinutes: 1 })
      if (asked === hour) take(snapshot)
    } catch (error) {
      if (asked === hour) fail(toWireError(error))
    }
    loading = false
  }

  function take(snapshot: CountsResult): void {
    const counts = applyAll(snapshot, waiting)
    held = counts === 'gap' ? snapshot : counts
    kept = null
    awaited = false
    if (counts === 'gap') refresher.request()
    onChange({ counts: held, countsLoading: false, countsFailure: null })
  }

  /**
   * A passing failure leaves what is shown in its place; it is asked for again before long. Otherwise nothing is held
   * any longer: the last hour's bars under the next hour's name would be a lie.
   */
  function fail(failure: WireError): void {
    awaited = false
    if (failure.retryable && isOf(held, hour)) {
      onChange({ counts: held, countsLoading: false, countsFailure: null })
      return
    }
    kept = failure.retryable ? (held ?? kept) : null
    held = null
    onChange({ counts: null, countsLoading: false, countsFailure: failure })
  }

  return {
    show(next: Span): void {
      hour = next
      awaited = true
      if (isOf(kept, hour)) held = kept
      onChange({ counts: held, countsLoading: true, countsFailure: null })
      refresher.request(true)
    },
    reload: (): void => refresher.request(),
    apply(event: CountsChanged): void {
      if (loading) waiting.push(event)
      const counts = held === null ? 'gap' : applyChange(held, event)
      if (counts === held) return
      if (counts !== 'gap') onChange({ counts: (held = counts), countsLoading: awaited, countsFailure: null })
      else if (!loading) refresher.request()
    },
    /** Lets go of hour and counts: they belong to a Jira that is no longer watched. */
    forget(): void {
      hour = null
      held = null
      kept = null
    },
    stop: (): void => refresher.stop(),
  }
}

export type CountsFeed = ReturnType<typeof createCountsFeed>

function isOf(counts: CountsResult | null, hour: Span | null): boolean {
  return counts !== null && startOfMinute(counts.fromMinute) === hour?.fromMs
}

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
