import type { AsOf } from '../../src-shared/contract/store.ts'
import type { Store } from './store.ts'

/** What of a store may be read from a copy of it. */
export type StoredReads = Pick<
  Store,
  | 'counts'
  | 'countedTickets'
  | 'keptFromMs'
  | 'known'
  | 'lastRun'
  | 'run'
  | 'searchTickets'
  | 'seq'
  | 'slots'
  | 'slotsOfTickets'
  | 'slotsPlanned'
  | 'splitCells'
  | 'ticketsAfter'
>

/** `current`: whatever was committed before a read is in it, as it is at the primary. `recent`: it may be up to a minute old. */
export type ReadFreshness = 'current' | 'recent'

/** The reads of one answer: each shows what those before it did, and maybe more. */
export interface LongReads {
  readonly reads: StoredReads
  /** Of when the answer is, once something was read; undefined where there is no copy that could be read instead. */
  readonly asOf: () => AsOf | undefined
}

/** From here on a span is long: below, what a copy costs is more than what it spares. */
const LONG_MINUTES = 7 * 1_440

export function isLong({
  fromMinute,
  toMinute,
}: {
  readonly fromMinute: number
  readonly toMinute: number
}): boolean {
  return toMinute - fromMinute >= LONG_MINUTES
}

/** Reads what takes long, from the read replica where the store has one. */
export function longReads(
  store: StoredReads & Pick<Store, 'longReads'>,
  freshness: ReadFreshness,
): LongReads {
  return store.longReads?.(freshness) ?? shortReads(store)
}

/** Reads what takes as long from a replica as from the store itself. */
export function shortReads(reads: StoredReads): LongReads {
  return { reads, asOf: () => undefined }
}
