import { isDeepStrictEqual } from 'node:util'
import type { SinceFailure } from '../../src-shared/contract/schema.ts'
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
export function createPrimaryStore({ openStore, clock, onChange }: PrimaryStoreParts) {
  let config: StoreConfig | null = null
  let opening: Promise<Store> | null = null
  let store: Store | null = null
  let refusal: SinceFailure | null = null
  let stale = false
  let leaving = new AbortController()
  let unsubscribe: (() => void) | null = null

  const adopt = (opened: Store): void => {
    store = opened
    unsubscribe = opened.onHealth(onChange)
    onChange()
  }
  const begin = (wanted: StoreConfig): Promise<Store> => {
    refusal = null
    leaving = new AbortController()
    const begun = openStore(wanted, leaving.signal)
    opening = begun
    begun.then(
      (opened) => {
        if (opening === begun) adopt(opened)
        else void opened.close().catch(() => {}) // it is not wanted any more, nor how it closes
      },
      (error: unknown) => {
        if (opening !== begun) return
        opening = null
        refusal = since(clock.now(), toWireError(error))
        onChange()
      },
    )
    return begun
  }
  /** One that is still opening is given up, or closed as soon as it is there. */
  const close = async (): Promise<void> => {
    const former = store
    leaving.abort(nothingChanged('cancelled', 'This store is being left.'))
    opening = null
    store = null
    unsubscribe?.()
    await former?.close()
  }

  const isSame = (wanted: StoreConfig): boolean => !stale && isDeepStrictEqual(config, wanted)

  return {
    /**
     * Opens it, or gives the one that is open already; one of another configuration is closed. Throws why it cannot be
     * opened, or the signal's reason where that ends the wait.
     */
    async open(wanted: StoreConfig, signal: AbortSignal): Promise<Store> {
      if (config !== null && !isSame(wanted)) await close()
      stale = false
      config = wanted
      return orAbort(opening ?? begin(wanted), signal)
    },
    /** What `open` was last asked for; null before. */
    config: (): StoreConfig | null => config,
    /** Whether it is open, and of this configuration. */
    has: (wanted: StoreConfig): boolean => store !== null && isSame(wanted),
    /** Null where it is not open. */
    store: (): Store | null => store,
    /** Whether it is open and can be used now. */
    isUp: (): boolean => store?.health().state === 'up',
    /** Why it cannot be used now: it could not be opened, or it is down. */
    failure: (): SinceFailure | null => (store === null ? refusal : healthFailure(store)),
    /** Why it will not be usable any more soon; null where it is not so, or it cannot be used now. */
    warning(): StoreWarning | null {
      const health = store?.health()
      return health?.state === 'up' ? (health.warning ?? null) : null
    },
    /** Resolves when it is open, or could not be opened. */
    settled: async (): Promise<void> => void (await opening?.catch(() => {})),
    /** The next `open` closes it and opens it anew. */
    renew: (): void => void (stale = true),
    close,
  }
}

function healthFailure(store: Store): SinceFailure | null {
  const health = store.health()
  return health.state === 'up' ? null : since(health.sinceMs, health.failure)
}

function since(sinceMs: number, failure: WireError): SinceFailure {
  return { sinceMs, ...failureOf(failure) }
}
