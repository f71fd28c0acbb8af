import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { StoreStatus } from '../../src-shared/contract/models.ts'
import { fromWireError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Config, StoreConfig } from '../config/config.ts'
import { workspaceStore } from '../config/store-config.ts'
import type { Log } from '../runtime/log.ts'
import { createSerial } from '../runtime/serial.ts'
import type { Store } from '../store/store.ts'
import { createExchanges } from './exchanges.ts'
import { closing } from './refusals.ts'
import { createSetStore } from './set-store.ts'
import { createStandInFile } from './stand-in.ts'
import { createStoreHandlers, type StoreHandlers } from './store-handlers.ts'
import { storeStatus } from './store-status.ts'
import { createUnasked } from './unasked.ts'
import type { RunDoor } from './waiting-run.ts'

/** Holds the stores: the one that is set, and the file on this machine that may stand in for it. */
export interface StoreKeeper {
  readonly handlers: StoreHandlers
  /** Whether the store in use can be used now; `opening` before it is known. */
  state(): 'opening' | 'up' | 'down'
  /**
   * The store that an engine of this configuration works with. It stays open when the engine ends. Throws as
   * `openStore`, the signal's reason, why the store cannot be used now where it `mustBeUp`, and `cancelled` after `stop`.
   */
  storeFor(config: Config, signal: AbortSignal): Promise<StoreInUse>
  /** The password of the store that is set may be another one: it is opened anew for the next engine. */
  renew(): void
  /** Closes all, once no engine works with them any more. Nothing is told of it: no store takes another's place. Safe to call twice. */
  stop(): Promise<void>
}

export interface StoreInUse {
  readonly store: Store
  /** It stands in for the one that is set. */
  readonly standsIn: boolean
}

interface KeeperParts {
  readonly dataDir: string
  /** Gives up where the signal is aborted before it is open. */
  readonly openStore: (config: StoreConfig, signal: AbortSignal) => Promise<Store>
  /** Closes the engine and opens it with what `storeFor` gives then. */
  readonly exchange: () => Promise<void>
  /** The runs of the store in use. */
  readonly runs: RunDoor
  /** Whether the store may be exchanged unasked while the app is open, or only before it is. */
  readonly staysOpen: boolean
  /** Whether a store that is out of reach is of no use: for who makes one call and ends. */
  readonly mustBeUp: boolean
  readonly hub: Pick<EventHub, 'publish'>
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
}

/**
 * While the store that is set is out of reach, a file may stand in for it: by the person's word, or unasked where the
 * configuration says so. The set store is watched meanwhile, and gone back to when it can be reached again and no run
 * is under way. The two are never merged: each is filled from Jira.
 */
export function createStoreKeeper(parts: KeeperParts): StoreKeeper {
  const { dataDir, openStore, staysOpen, mustBeUp, hub, clock, log } = parts
  const inTurn = createSerial()
  let mayFallBackUnasked = false
  let stopped = false
  let stopping: Promise<void> | undefined

  const changed = (): void => {
    if (stopped) return
    hub.publish('store.changed', status())
    if (staysOpen) unasked.look()
  }
  const set = createSetStore({ openStore, clock, onChange: changed })
  const file = createStandInFile({
    open: (signal) => openStore(workspaceStore(dataDir), signal),
    clock,
    onChange: changed,
  })
  const status = (): StoreStatus => storeStatus(set, file.now())
  const exchanges = createExchanges({ ...parts, file })
  const wantsFallback = (): boolean => mayFallBackUnasked && status().canFallBack
  const wantsBack = (): boolean => file.now() !== null && set.isUp()
  const unasked = createUnasked({
    wantsFallback,
    wantsBack,
    fallBack: () =>
      inTurn(async () => {
        if (wantsFallback()) await exchanges.fallBack()
      }),
    goBack: () =>
      inTurn(async () => {
        if (wantsBack() && !(await exchanges.isRunUnderWay())) await exchanges.goBack()
      }),
    clock,
    log,
  })
  const stop = async (): Promise<void> => {
    stopped = true
    unasked.stop()
    await set.close()
    await file.close()
  }

  return {
    handlers: createStoreHandlers({ set, exchanges, status, inTurn }),
    state() {
      if (file.now() !== null) return 'up'
      if (set.failure() !== null) return 'down'
      return set.store() === null ? 'opening' : 'up'
    },
    async storeFor(config, signal) {
      if (stopped) throw closing()
      mayFallBackUnasked = config.fallback === 'sqlite'
      // What stood in for another one has nothing to do any more.
      if (file.now() !== null && !set.has(config.store)) await file.end()
      const store = await set.open(config.store, signal)
      if (wantsFallback()) await file.begin()
      const standIn = file.now()
      if (standIn !== null) return { store: standIn.store, standsIn: true }
      const health = store.health()
      if (mustBeUp && health.state === 'down') throw fromWireError(health.failure)
      return { store, standsIn: false }
    },
    renew: () => set.renew(),
    stop: () => (stopping ??= stop()),
  }
}
