import type { Client } from '../../src-shared/contract/client.ts'
import type { CountsChanged } from '../../src-shared/contract/events.ts'
import type { SplitField, TicketFilter } from '../../src-shared/contract/fields.ts'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { MAX_BARS, type Interval } from '../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { applyAll, applyChange, movedTo } from '../../src-shared/domain/counts.ts'
import { MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import { isBehind } from '../../src-shared/domain/text/as-of.ts'
import { isEverything } from '../../src-shared/domain/ticket-filter.ts'
import { toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import { createRefresher } from './timers.ts'

/** Between two snapshots that nobody waits for. */
const GAP_MS = 250
/** The same of a span that is read anew for each change. */
const LONG_GAP_MS = 2_000

export interface ShownCounts {
  readonly counts: CountsResult | null
  readonly countsLoading: boolean
  readonly countsFailure: WireError | null
}

/** Which tickets are counted, and by what besides the priority. */
interface CountedFields {
  readonly filter?: TicketFilter
  readonly splitBy?: SplitField
}

/** Of a span that is held minute by minute. */
const MINUTE: Interval = 1

/**
 * The counts of one span: a snapshot, then increments; where one is missing, a new snapshot. Increments that come while
 * a snapshot is on its way are kept until it is there. A span of more than 1,500 minutes is held in buckets of its
 * interval, and read anew when something of it changes; so are counts of some tickets alone, or by a field.
 */
export function createCountsFeed(client: Client, onChange: (state: ShownCounts) => void) {
  let span: TimeSpan | null = null
  let zone = 'UTC'
  let bucketMinutes = MINUTE
  let fields: CountedFields = {}
  /** Another one for each span that was asked for; a span that moved on is the same. */
  let turn = 0
  const held = createHeldCounts(onChange)
  /** What came while a snapshot is on its way; null while none is. */
  let waiting: CountsChanged[] | null = null
  const refresher = createRefresher(load, () => (bucketMinutes === MINUTE ? GAP_MS : LONG_GAP_MS))

  async function load(): Promise<void> {
    if (span === null) return
    const asked = turn
    const of = nameOf(fields)
    waiting = []
    try {
      const snapshot = await client.call('counts.get', { ...span, bucketMinutes, zone, ...fields })
      if (asked === turn && !held.take(movedTo(snapshot, span) ?? snapshot, of, waiting)) refresher.request()
      // What it lacks, an event may have told of before it was asked for.
      else if (asked === turn && isBehind(snapshot)) refresher.request()
    } catch (error) {
      if (asked === turn) held.fail(span, of, toWireError(error))
    }
    waiting = null
  }

  return {
    /**
     * Shows a span, whose histogram has bars of `interval` minutes, days and weeks those of the zone. Where it `movedOn`, what is held moves with it at once,
     * and is read anew without a word.
     */
    show(next: TimeSpan, interval: Interval, ofZone: string, movedOn = false, of: CountedFields = {}): void {
      const bucket = (next.toMs - next.fromMs) / MS_PER_MINUTE <= MAX_BARS ? MINUTE : interval
      const isMoved = movedOn && bucket === bucketMinutes && held.move(next)
      span = next
      zone = ofZone
      bucketMinutes = bucket
      fields = of
      if (isMoved) return refresher.request()
      turn += 1
      held.expect(next, nameOf(fields))
      refresher.request(true)
    },
    reload: (): void => refresher.request(),
    apply(event: CountsChanged): void {
      waiting?.push(event)
      if (!held.apply(event) && waiting === null) refresher.request()
    },
    /** Lets go of span and counts: they belong to a Jira that is no longer watched. */
    forget(): void {
      span = null
      turn += 1
      held.forget()
    },
    stop: (): void => refresher.stop(),
  }
}

export type CountsFeed = ReturnType<typeof createCountsFeed>

/** The counts that are shown, or why there are none. `take` and `apply` say whether nothing was missed in between. */
function createHeldCounts(onChange: (state: ShownCounts) => void) {
  let counts: CountsResult | null = null
  /** Of which fields they are: see `nameOf`. */
  let ofFields = ''
  /** What was held when another hour could not be read for a while: for the way back. */
  let kept: { readonly counts: CountsResult; readonly of: string } | null = null
  /** A person asked for this hour and does not see it yet. */
  let awaited = false

  function show(next: CountsResult | null, countsFailure: WireError | null = null): void {
    counts = next
    onChange({ counts, countsLoading: awaited, countsFailure })
  }

  return {
    expect(span: TimeSpan, of: string): void {
      awaited = true
      const back = kept?.of === of && isOf(kept.counts, span) ? kept : null
      ofFields = back?.of ?? ofFields
      show(back?.counts ?? counts)
    },
    /** What is held is of this span from now on, with nothing in what came; false where it says nothing of it. */
    move(span: TimeSpan): boolean {
      if (awaited || counts === null) return true
      const next = movedTo(counts, span)
      if (next !== null) show(next)
      return next !== null
    },
    take(snapshot: CountsResult, of: string, later: readonly CountsChanged[]): boolean {
      const applied = applyAll(snapshot, later, of !== '')
      const next = applied === 'gap' ? snapshot : applied
      const last = of === ofFields ? counts : null
      kept = null
      awaited = false
      ofFields = of
      show(last === null ? next : withSameLines(last, next))
      return applied !== 'gap'
    },
    /**
     * A passing failure leaves what is shown in its place; it is asked for again before long. Otherwise nothing is held
     * any longer: the last hour's bars under the next hour's name would be a lie.
     */
    fail(span: TimeSpan, of: string, failure: WireError): void {
      awaited = false
      if (failure.retryable && of === ofFields && isOf(counts, span)) return show(counts)
      const held = counts === null ? kept : { counts, of: ofFields }
      kept = failure.retryable ? held : null
      show(null, failure)
    },
    apply(event: CountsChanged): boolean {
      const next = counts === null ? 'gap' : applyChange(counts, event, ofFields !== '')
      if (next !== 'gap' && next !== counts) show(next)
      return next !== 'gap'
    },
    forget(): void {
      counts = null
      kept = null
    },
  }
}

/** The same for the same fields; empty where all tickets are counted, by priority alone. */
function nameOf({ filter = {}, splitBy }: CountedFields): string {
  return isEverything(filter) && splitBy === undefined ? '' : JSON.stringify([filter, splitBy])
}

function isOf(counts: CountsResult | null, { fromMs, toMs }: TimeSpan): boolean {
  return (
    counts !== null && startOfMinute(counts.fromMinute) === fromMs && startOfMinute(counts.toMinute) === toMs
  )
}

/** The next reading with the very lines of the last one where those are the same: then nothing is drawn anew. */
function withSameLines(last: CountsResult, next: CountsResult): CountsResult {
  const isSame =
    last.fromMinute === next.fromMinute &&
    last.toMinute === next.toMinute &&
    last.siteId === next.siteId &&
    last.priorityIds.join() === next.priorityIds.join() &&
    next.counts.every((line, p) => line.every((count, bucket) => count === last.counts[p]?.[bucket])) &&
    (next.split === undefined || JSON.stringify(next.split) === JSON.stringify(last.split))
  return isSame ? { ...next, counts: last.counts, ...(last.split && { split: last.split }) } : next
}
