import type { EventHub } from '../../src-shared/contract/client.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { AppError, fromWireError, nothingChanged } from '../../src-shared/errors/app-error.ts'
import type { Config, StoreConfig } from '../config/config.ts'
import { storeLabel, workspaceStore } from '../config/store-config.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { limit, type Limit } from '../runtime/async.ts'
import type { Store } from '../store/store.ts'
import { createPrimaryStore, type PrimaryStore } from './primary-store.ts'
import {
  closing,
  createFallback,
  type Failover,
  type Fallback,
  type FallbackStore,
  type RunControls,
} from './fallback-store.ts'

export type StoreManager = ReturnType<typeof createStoreManager>

export interface StoreInUse {
  readonly store: Store
  readonly isFallback: boolean
}

interface StoreManagerParts {
  readonly dataDir: string
  /** Gives up where the signal is aborted before it is open. */
  readonly openStore: (config: StoreConfig, signal: AbortSignal) => Promise<Store>
  /** Closes the engine and opens it with what `storeFor` gives then. */
  readonly exchange: () => Promise<void>
  /** The runs of the store in use. */
  readonly runs: RunControls
  /** Whether the store may be exchanged unasked while the app is open, or only before it is. */
  readonly staysOpen: boolean
  /** Whether a store that is out of reach is of no use: for who makes one call and ends. */
  readonly mustBeUp: boolean
  readonly hub: Pick<EventHub, 'publish'>
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
}

/**
 * Holds the stores: the primary one, which is set, and while that is out of reach, a file that stands in for it: because
 * a person asked, or unasked where the configuration says so. The primary store is watched meanwhile, and gone back to
 * when it can be reached again and no run is under way. The two are never merged: each is filled from Jira.
 */
export function createStoreManager(parts: StoreManagerParts) {
  const { dataDir, openStore, staysOpen, mustBeUp, hub, clock } = parts
  const inTurn = limit(1)
  let mayFallBack = false
  let stopped = false
  let stopping: Promise<void> | undefined

  const changed = (): void => {
    if (stopped) return
    hub.publish('store.changed', status())
    if (staysOpen) fallback.look()
  }
  const primary = createPrimaryStore({ openStore, clock, onChange: changed })
  const wanted = (): Failover => {
    if (stopped) return null
    if (fallback.now() !== null) return primary.isUp() ? 'back' : null
    return mayFallBack && status().canFallBack ? 'fallback' : null
  }
  const fallback = createFallback({
    ...parts,
    open: (signal) => openStore(workspaceStore(dataDir), signal),
    wanted,
    inTurn,
    onChange: changed,
  })
  const status = (): StoreStatus => storeStatus(primary, fallback.now())
  const stop = async (): Promise<void> => {
    stopped = true
    await primary.close()
    await fallback.close()
  }

  return {
    handlers: createStoreHandlers(primary, fallback, status, inTurn),
    primary: primary.source,
    /** Whether the store in use can be used now; `opening` before it is known. */
    state: () => stateOf(primary, fallback.now()),
    /**
     * The store that an engine of this configuration works with. It stays open when the engine ends. Throws as
     * `openStore`, the signal's reason, why the store cannot be used now where it `mustBeUp`, and `cancelled` after `stop`.
     */
    async storeFor(config: Config, signal: AbortSignal): Promise<StoreInUse> {
      if (stopped) throw closing()
      mayFallBack = config.fallback === 'sqlite'
      // What stood in for another one has nothing to do any more.
      if (fallback.now() !== null && !primary.has(config.store)) await fallback.end()
      const store = await primary.open(config.store, signal)
      if (wanted() === 'fallback') await fallback.begin()
      const inUse = fallback.now()
      if (inUse !== null) return { store: inUse.store, isFallback: true }
      const health = store.health()
      if (mustBeUp && health.state === 'down') throw fromWireError(health.failure)
      return { store, isFallback: false }
    },
    /** The password of the store that is set may be another one: it is opened anew for the next engine. */
    renew: (): void => primary.renew(),
    /** Closes all, once no engine works with them any more. Nothing is published: no store takes another's place. Safe to call twice. */
    stop: (): Promise<void> => (stopping ??= stop()),
  }
}

type StoreHandlers = Pick<Handlers, Extract<keyof Handlers, `store.${string}`>>

/** What a person may ask of the store, and say about it. */
function createStoreHandlers(
  primary: PrimaryStore,
  fallback: Fallback,
  status: () => StoreStatus,
  inTurn: Limit,
): StoreHandlers {
  return {
    async 'store.status'() {
      await primary.settled()
      return status()
    },
    'store.useFallback': () =>
      inTurn(async () => {
        await primary.settled()
        if (status().insteadOf !== null) return status()
        refuseFallback(status())
        await fallback.fallBack()
        return status()
      }),
    'store.usePrimary': () =>
      inTurn(async () => {
        const { insteadOf } = status()
        if (insteadOf === null) return status()
        refuseWayBack(insteadOf.label, primary.failure())
        refuseWhileRunning(await fallback.isRunUnderWay())
        await fallback.goBack()
        return status()
      }),
  }
}

function stateOf(primary: PrimaryStore, fallback: FallbackStore | null): 'opening' | 'up' | 'down' {
  if (fallback !== null) return 'up'
  if (primary.failure() !== null) return 'down'
  return primary.store() === null ? 'opening' : 'up'
}

/** What a window gets about the store in use; `primary` has been asked to open at least once. */
function storeStatus(primary: PrimaryStore, fallback: FallbackStore | null): StoreStatus {
  const failure = primary.failure()
  const config = primary.config()
  const label = primary.store()?.label ?? (config === null ? '' : storeLabel(config))
  if (fallback !== null) {
    const { store, sinceMs } = fallback
    const insteadOf = { label, sinceMs, reachable: failure === null, ...(failure !== null && { failure }) }
    return { kind: store.kind, label: store.label, failure: null, canFallBack: false, insteadOf }
  }
  const kind = config?.kind ?? 'sqlite'
  // One that cannot be opened at all is mended in the settings: it does not come back by itself.
  const canFallBack = kind === 'postgres' && primary.store() !== null && failure !== null
  const [warning, restored] = [primary.warning(), primary.restored()]
  return {
    kind,
    label,
    failure,
    ...(warning !== null && { warning }),
    ...(restored !== null && { restored }),
    canFallBack,
    insteadOf: null,
  }
}

/** Throws `usage` where nothing may stand in for the store that is primary. */
function refuseFallback({ kind, label, failure, canFallBack }: StoreStatus): void {
  if (canFallBack) return
  const why =
    kind === 'sqlite'
      ? `${label} is a file on this machine already`
      : failure === null
        ? `${label} can be reached`
        : `${label} cannot be used as it is set`
  throw nothingChanged(
    'usage',
    `Nothing stands in for the store: ${why}.`,
    failure === null ? '' : `${failure.message} ${failure.hint}`,
  )
}

/** Throws `store-unavailable` where the store that is stood in for cannot be used yet. */
function refuseWayBack(label: string, failure: StoreStatus['failure']): void {
  if (failure === null) return
  throw new AppError('store-unavailable', `${label} cannot be used yet: ${failure.message}`, {
    hint: 'It is gone back to by itself as soon as it can be used. Until then the file stands in for it.',
    retryable: true,
  })
}

/** Throws `busy` while a run is under way in the file. */
function refuseWhileRunning(running: boolean): void {
  if (!running) return
  throw new AppError('busy', 'A run is under way, and its record is in this file.', {
    consequence: 'The store was not changed.',
    hint: 'Pause or stop it first; or wait until it is done, and the store is gone back to by itself.',
  })
}
