import { isDeepStrictEqual } from 'node:util'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { coalesce } from '../runtime/async.ts'
import { elapsedMs, type Clock, type SiteTime } from '../runtime/clock.ts'
import type { Store, StoreConnection } from '../store/store.ts'
import { provisionalFrom } from '../sync/index-lag.ts'
import type { Sync } from '../sync/sync.ts'

/** All of it is also in the answers themselves. */
export type CountsState = Pick<CountsResult, 'seq' | 'provisionalFromMinute' | 'known'>

/** A notification may be held up, by a slow read of its connection: so long ago a state was looked at, at most. */
const LONGEST_MS = 1_000

interface CountsStateParts {
  readonly store: Pick<Store, 'seq'> & Pick<StoreConnection, 'version' | 'onCommit' | 'onHealth'>
  readonly siteId: string
  readonly sync: Pick<Sync, 'known' | 'status'>
  readonly time: Pick<SiteTime, 'now' | 'current'>
  readonly clock: Pick<Clock, 'now' | 'elapsedMs'>
}

/** What was read, and of when it is. */
interface Look {
  readonly read: Pick<CountsState, 'seq' | 'known'>
  readonly version: string
  readonly news: number
  readonly atMs: number
}

/**
 * What the answers of `counts.get` show now. The store is looked at anew after each write of this process, when another one's
 * commit is told of, when its health changes, and after a second in any case (decision 0072); between, it is there at once. The
 * returned function rejects as the store does.
 */
export function createCountsState(
  { store, siteId, sync, time, clock }: CountsStateParts,
  signal: AbortSignal,
): () => CountsState | Promise<CountsState> {
  let news = 0
  let last: Look | null = null
  const tellNews = (): void => void (news += 1)
  for (const leave of [store.onCommit(siteId, ['tickets', 'report'], tellNews), store.onHealth(tellNews)])
    signal.addEventListener('abort', leave, { once: true })

  const look = coalesce(async (): Promise<Look> => {
    const began = { version: store.version(), news, atMs: elapsedMs(clock) }
    const [known, seq] = await Promise.all([sync.known(), store.seq(siteId)])
    const former = last?.read.known
    // The same object where it is the same, so that who compares sees that at once.
    const read = { seq, known: isDeepStrictEqual(former, known) && former ? former : [...known] }
    return (last = { read, ...began })
  }, 'fresh')
  const isGood = ({ version, news: then, atMs }: Look): boolean =>
    then === news && version === store.version() && elapsedMs(clock) - atMs < LONGEST_MS
  const shown = ({ read }: Look): CountsState => ({
    ...read,
    provisionalFromMinute: provisionalFrom(sync.status(), time),
  })
  return () => (last !== null && !signal.aborted && isGood(last) ? shown(last) : look().then(shown))
}
