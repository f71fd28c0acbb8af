import { setImmediate } from 'node:timers/promises'
import type { StoredReads } from '../store/long-reads.ts'
import type { WatchScope } from '../sync/scope.ts'
import type { JiraSnapshot } from './jira-snapshot.ts'

/** What an audit works with. It changes nothing. */
export interface AuditContext {
  readonly siteId: string
  readonly store: StoredReads
  /** What the chart counts. */
  readonly scope: WatchScope
  readonly snapshot: JiraSnapshot
  readonly signal: AbortSignal
}

/** How many are visited without yielding to the event loop: a millisecond or two. */
const YIELD_EVERY = 200

/** The items that are wanted, in order, as `inTurn` goes through them. */
export async function filterYielding<T>(
  items: Iterable<T>,
  signal: AbortSignal,
  isWanted: (item: T) => boolean,
): Promise<T[]> {
  const wanted: T[] = []
  await forEachYielding(items, signal, (item) => {
    if (isWanted(item)) wanted.push(item)
  })
  return wanted
}

/** Visits each item in order; others have their turn in between. Throws the signal's reason when it is aborted. */
export async function forEachYielding<T>(
  items: Iterable<T>,
  signal: AbortSignal,
  visit: (item: T) => void,
): Promise<void> {
  let visited = 0
  for (const item of items) {
    visit(item)
    if (++visited % YIELD_EVERY !== 0) continue
    await setImmediate()
    signal.throwIfAborted()
  }
}
