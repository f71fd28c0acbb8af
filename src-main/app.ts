import type { Client } from '../src-shared/contract/client.ts'
import { createDispatch, type Dispatch } from '../src-shared/contract/dispatch.ts'
import { createEventHub, type EventHub } from '../src-shared/contract/hub.ts'
import { createInProcessClient } from '../src-shared/contract/in-process.ts'
import { methods, type Handlers } from '../src-shared/contract/methods.ts'
import { machineClock, type Clock } from './clock.ts'
import type { Config, PostgresConfig, StoreConfig } from './config/config.ts'
import { createCurrentEngine, type CurrentEngine } from './current-engine.ts'
import { openEngine, type EngineHandlers } from './engine.ts'
import { leaseOwner } from './lease-owner.ts'
import type { Log } from './log.ts'
import { createSecrets, resolvePassword, type Secrets } from './secrets/secrets.ts'
import { createSettings } from './settings/settings.ts'
import { createStoreKeeper, type StoreKeeper } from './store-keeper/store-keeper.ts'
import { openStore } from './store/open-store.ts'
import type { Store } from './store/store.ts'
import type { Transfer } from './transfer/transfer.ts'

/** The core, whole: what each door opens onto. It is there at once; calls wait until the Jira and the store are open. */
export interface App {
  readonly dispatch: Dispatch
  readonly hub: EventHub
  readonly client: Client
  readonly log: Log
  /** Resolves when the Jira and the store are open. Throws the AppError that says why they are not. */
  opened(): Promise<void>
  /** Begins what goes on by itself: live counts, fetching and a demo run, as the options say. */
  start(): Promise<void>
  /** Import and export. Throws as `opened`. */
  transfer(): Promise<Transfer>
  /** The machine woke up or is online again: what is due is fetched now. */
  wake(): void
  /** The configured Jira's address for a browser; null for the sandbox, which has no pages. */
  browseUrl(): string | null
  /** Ends everything within two seconds, a run paused at a slot's edge. Safe to call twice. */
  stop(): Promise<void>
}

export interface AppOptions {
  readonly log: Log
  /** Reads the configuration again, after it was changed from within. Absent: it stays as it is. */
  readonly readConfig?: () => Config
  readonly clock?: Clock
  /** False for a command that makes one call: nothing is fetched by itself. */
  readonly background?: boolean
  /** Whether it may go over to another store and back while it is open; as `background` where absent. */
  readonly staysOpen?: boolean
  /** Whether it does not open over a store that is out of reach: for a command that makes one call. */
  readonly mustBeUp?: boolean
  /** Whether a demo workspace is kept busy with a run: for doors that stay open. */
  readonly demoRun?: boolean
  /** A server that the person named on the command line, with the password that the environment has for it. */
  readonly namedStore?: PostgresConfig | undefined
  /** Where tokens are kept; the system's keychain alone where absent. */
  readonly secrets?: Secrets
}

/** Opens the core. What goes wrong with the Jira or the store is told by `opened` and by each call that needs them. */
export function createApp(firstConfig: Config, options: AppOptions): App {
  const { log, readConfig = () => firstConfig, clock = machineClock } = options
  const { background = true, demoRun = false, staysOpen = background, mustBeUp = false } = options
  const { namedStore } = options
  const { dataDir } = firstConfig
  const { secrets = createSecrets({ dataDir, log }) } = options
  const hub = createEventHub()
  const stores = createStoreKeeper({
    dataDir,
    openStore: (config, signal) => openWithPassword(config, { clock, log, secrets, signal }),
    exchange: () => engine.exchange(),
    runs: {
      current: async () => (await engine.openNow()?.handlers['runs.current']({})) ?? null,
      resume: async () => void (await engine.openNow()?.handlers['runs.resume']({})),
    },
    staysOpen,
    mustBeUp,
    hub,
    clock,
    log,
  })
  const parts = { log, clock, hub, secrets, owner: leaseOwner(), background, demoRun }
  const engine = createCurrentEngine({
    firstConfig,
    readConfig,
    open: async (config, signal) =>
      openEngine(config, { ...parts, ...(await stores.storeFor(config, signal)) }, signal),
    onChange: () => hub.publish('session.changed', {}),
    log,
  })
  const settings = createSettings({
    engine,
    renewStore: () => stores.renew(),
    storeFailure: async () => (await stores.handlers['store.status']({})).failure,
    namedStore,
    dataDir,
    secrets,
    clock,
    hub,
  })
  const handlers = { ...forwarded(engine), ...settings.handlers, ...stores.handlers }
  const dispatch = createDispatch(handlers, (error) => log.error({ err: error }, 'a call failed'))

  return {
    dispatch,
    hub,
    log,
    client: createInProcessClient(dispatch, hub),
    opened: async () => void (await engine.opened()),
    transfer: async () => (await engine.opened()).transfer,
    start: engine.start,
    wake: () => void wake(engine).catch(() => {}), // why nothing is open was told where it was opened
    browseUrl() {
      const { jira } = engine.config()
      return jira.kind === 'site' ? jira.url : null
    },
    async stop() {
      settings.stop()
      await endInTime(engine, stores, clock)
    },
  }
}

/** A store that does not answer by then is closed under the engine: its calls fail, and nothing waits any more (real ms). */
const STORE_PATIENCE_MS = 1_500

async function endInTime(engine: CurrentEngine, stores: StoreKeeper, clock: Clock): Promise<void> {
  const ended = new AbortController()
  const cut = clock.sleep(STORE_PATIENCE_MS, ended.signal).then(() => stores.stop())
  cut.catch(() => {}) // it has ended, or is thrown below
  await engine.close()
  ended.abort()
  await stores.stop()
}

/** What could not be opened while the machine slept or was offline is opened now. */
async function wake(engine: CurrentEngine): Promise<void> {
  if (engine.failure()?.retryable === true) return engine.reopen()
  const open = await engine.opened()
  open.wake()
}

interface OpeningParts {
  readonly clock: Clock
  readonly log: Log
  readonly secrets: Secrets
  readonly signal: AbortSignal
}

async function openWithPassword(
  config: StoreConfig,
  { clock, log, secrets, signal }: OpeningParts,
): Promise<Store> {
  const password = config.kind === 'postgres' ? await resolvePassword(config, secrets, signal) : null
  return openStore(config, { clock, log, password, signal })
}

/** Passes each call to the engine that is open when it comes, or throws why there is none. */
function forwarded(engine: CurrentEngine): EngineHandlers {
  const names = (Object.keys(methods) as (keyof Handlers)[]).filter(
    (name) => !/^(settings|store)\./.test(name),
  )
  const entries = names.map((name) => [
    name,
    async (params: never) => {
      // Who asks for a fetch acts: what could not be opened is tried once more.
      if (name === 'sync.now' && engine.failure() !== null) await engine.reopen()
      const { handlers } = await engine.opened()
      return handlers[name as keyof EngineHandlers](params)
    },
  ])
  return Object.fromEntries(entries) as EngineHandlers
}
