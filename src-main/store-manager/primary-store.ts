import { isDeepStrictEqual } from 'node:util'
import type { SinceFailure } from '../../src-shared/contract/schema.ts'
import type { RestoredStore } from '../../src-shared/contract/store.ts'
import { failureOf, nothingChanged, toWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import { orAbort } from '../runtime/async.ts'
import type { StoreConfig } from '../config/config.ts'
import type { Store, StoreWarning } from '../store/store.ts'

export type PrimaryStore = ReturnType<typeof createPrimaryStore>

interface PrimaryStoreParts {
  /** Gives up where the signal is aborted before it is open. */
  readonly openStore: (config: StoreConfig, signal: AbortSignal) => Promise<Store>
  readonly clock: Clock
  /** It was opened, could not be opened, or its health is another. */
  readonly onChange: () => void
}

/** The store that the configuration names. Once open it stays open, whichever engine works with it, or none. */
export function createPrimaryStore(parts: PrimaryStoreParts) {
  let config: StoreConfig | null = null
  let current: ReturnType<typeof openOne> | null = null
  let stale = false
  const { changed, follow } = createFollowers(parts.onChange)

  const store = (): Store | null => current?.store() ?? null
  const isSame = (wanted: StoreConfig): boolean => !stale && isDeepStrictEqual(config, wanted)
  /** Why it cannot be used now: it could not be opened, or it is down. */
  const failure = (): SinceFailure | null => {
    const opened = store()
    return opened === null ? (current?.refusal() ?? null) : healthFailure(opened)
  }
  /** Resolves when it is open, or could not be opened. */
  const settled = async (): Promise<void> => {
    if (current?.isOver() === false) await current.opening.catch(() => {})
  }
  /** One that is still opening is given up, or closed as soon as it is there. */
  const close = async (): Promise<void> => current?.leave()

  return {
    /**
     * Opens it, or gives the one that is open already; one of another configuration is closed. Throws why it cannot be
     * opened, or the signal's reason where that ends the wait.
     */
    async open(wanted: StoreConfig, signal: AbortSignal): Promise<Store> {
      if (config !== null && !isSame(wanted)) await close()
      stale = false
      config = wanted
      if (current === null || current.isOver()) current = openOne(wanted, { ...parts, onChange: changed })
      return orAbort(current.opening, signal)
    },
    /** What `open` was last asked for; null before. */
    config: (): StoreConfig | null => config,
    /** Whether it is open, and of this configuration. */
    has: (wanted: StoreConfig): boolean => store() !== null && isSame(wanted),
    /** Null where it is not open. */
    store,
    /** Whether it is open and can be used now. */
    isUp: (): boolean => store()?.health().state === 'up',
    failure,
    /** Why it will not be usable any more soon; null where it is not so, or it cannot be used now. */
    warning(): StoreWarning | null {
      const health = store()?.health()
      return health?.state === 'up' ? (health.warning ?? null) : null
    },
    /** That it was restored from a backup of late; null where it was not, or it cannot be used now. */
    restored(): RestoredStore | null {
      const health = store()?.health()
      return health?.state === 'up' ? (health.restored ?? null) : null
    },
    settled,
    /** For who works with this store alone, whatever stands in for it. */
    source: { store, failure, settled, onChange: follow },
    /** The next `open` closes it and opens it anew. */
    renew: (): void => void (stale = true),
    close,
  }
}

function createFollowers(first: () => void) {
  const followers = new Set([first])
  return {
    changed: (): void => followers.forEach((follower) => follower()),
    /** Called at each change; returns what unsubscribes. */
    follow: (follower: () => void): (() => void) => {
      followers.add(follower)
      return () => void followers.delete(follower)
    },
  }
}

/** One store, from when it is opened until it is left. */
function openOne(config: StoreConfig, { openStore, clock, onChange }: PrimaryStoreParts) {
  const leaving = new AbortController()
  let store: Store | null = null
  let refusal: SinceFailure | null = null
  let unsubscribe: (() => void) | null = null

  const opening = openStore(config, leaving.signal)
  opening.then(
    (opened) => {
      if (leaving.signal.aborted) {
        opened.close().catch(() => {}) // it is not wanted any more, nor how it closes
        return
      }
      store = opened
      unsubscribe = opened.onHealth(onChange)
      onChange()
    },
    (error: unknown) => {
      if (leaving.signal.aborted) return
      refusal = since(clock.now(), toWireError(error))
      onChange()
    },
  )
  return {
    /** Rejects with why it cannot be opened. */
    opening,
    store: () => store,
    refusal: () => refusal,
    /** It could not be opened, or was left. */
    isOver: () => refusal !== null || leaving.signal.aborted,
    async leave(): Promise<void> {
      const former = store
      leaving.abort(nothingChanged('cancelled', 'This store is being left.'))
      store = null
      unsubscribe?.()
      await former?.close()
    },
  }
}

function healthFailure(store: Store): SinceFailure | null {
  const health = store.health()
  return health.state === 'up' ? null : since(health.sinceMs, health.failure)
}

function since(sinceMs: number, failure: WireError): SinceFailure {
  return { sinceMs, ...failureOf(failure) }
}
