import { isDeepStrictEqual } from 'node:util'
import { paced, type Pace } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import type { CommitKind, StoreConnection } from '../store/store.ts'

/** A change is published at once, several in quick succession a second later: a file tells of each commit, of any kind. */
const PACE: Pace = { burst: 1, everyMs: 1_000 }

interface KeptParts<T> {
  readonly store: Pick<StoreConnection, 'onCommit'>
  readonly siteId: string
  readonly log: Pick<Log, 'info'>
  /** The commits that may have changed it. */
  readonly kinds: readonly CommitKind[]
  /** What it is, for the log. */
  readonly name: string
  readonly read: () => Promise<T>
  /** `former` is undefined for what was read first. */
  readonly publish: (next: T, former: T | undefined) => void
  readonly pace?: Pace
}

/** Publishes what the store keeps whenever it is another, by whichever process, until the signal's abort. */
export function publishKept<T>(parts: KeptParts<T>, signal: AbortSignal): void {
  const { store, siteId, log, kinds, name, read, publish, pace = PACE } = parts
  let published: { readonly value: T } | null = null
  const look = async (): Promise<void> => {
    const value = await read()
    if (signal.aborted || (published !== null && isDeepStrictEqual(value, published.value))) return
    const former = published?.value
    published = { value }
    publish(value, former)
  }
  // Why the store cannot be read is in the store's own status.
  const lookSoon = paced(
    () => look().catch((err: unknown) => log.info({ err }, `no look at the ${name}`)),
    pace,
    signal,
  )
  signal.addEventListener('abort', store.onCommit(siteId, kinds, lookSoon), { once: true })
  lookSoon()
}
