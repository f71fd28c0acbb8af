import type { Client } from '../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
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
  let hour: TimeSpan | null = null
  const held = createHeldCounts(onChange)
  /** What came while a snapshot is on its way; null while none is. */
  let waiting: CountsChanged[] | null = null
  const refresher = createRefresher(load, GAP_MS)

  async function load(): Promise<void> {
    if (hour === null) return
    const asked = hour
    waiting = []
    try {
      const snapshot = await client.call('counts.get', { ...asked, bucketMinutes: 1 })
      if (asked === hour && !held.take(snapshot, waiting)) refresher.request()
    } catch (error) {
      if (asked === hour) held.fail(hour, toWireError(error))
    }
    waiting = null
  }

  return {
    show(next: TimeSpan): void {
      hour = next
      held.expect(hour)
      refresher.request(true)
    },
    reload: (): void => refresher.request(),
    apply(event: CountsChanged): void {
      waiting?.push(event)
      if (!held.apply(event) && waiting === null) refresher.request()
    },
    /** Lets go of hour and counts: they belong to a Jira that is no longer watched. */
    forget(): void {
      hour = null
      held.forget()
    },
    stop: (): void => refresher.stop(),
  }
}

export type CountsFeed = ReturnType<typeof createCountsFeed>

/** The counts that are shown, or why there are none. `take` and `apply` say whether nothing was missed in between. */
function createHeldCounts(onChange: (state: ShownCounts) => void) {
  let counts: CountsResult | null = null
  /** What was held when another hour could not be read for a while: for the way back. */
  let kept: CountsResult | null = null
  /** A person asked for this hour and does not see it yet. */
  let awaited = false

  function show(next: CountsResult | null, countsFailure: WireError | null = null): void {
    counts = next
    onChange({ counts, countsLoading: awaited, countsFailure })
  }

  return {
    expect(hour: TimeSpan): void {
      awaited = true
      show(isOf(kept, hour) ? kept : counts)
    },
    take(snapshot: CountsResult, later: readonly CountsChanged[]): boolean {
      const next = applyAll(snapshot, later)
      kept = null
      awaited = false
      show(next === 'gap' ? snapshot : next)
      return next !== 'gap'
    },
    /**
     * A passing failure leaves what is shown in its place; it is asked for again before long. Otherwise nothing is held
     * any longer: the last hour's bars under the next hour's name would be a lie.
     */
    fail(hour: TimeSpan, failure: WireError): void {
      awaited = false
      if (failure.retryable && isOf(counts, hour)) return show(counts)
      kept = failure.retryable ? (counts ?? kept) : null
      show(null, failure)
    },
    apply(event: CountsChanged): boolean {
      const next = counts === null ? 'gap' : applyChange(counts, event)
      if (next !== 'gap' && next !== counts) show(next)
      return next !== 'gap'
    },
    forget(): void {
      counts = null
      kept = null
    },
  }
}

function isOf(counts: CountsResult | null, hour: TimeSpan): boolean {
  return counts !== null && startOfMinute(counts.fromMinute) === hour.fromMs
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
