import { createDispatch } from '../../src-shared/contract/dispatch.ts'
import { createEventHub, createInProcessClient } from '../../src-shared/contract/client.ts'
import { METHOD_NAMES } from '../../src-shared/contract/methods.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import type { Config, PostgresConfig } from '../config/config.ts'
import { createCurrentEngine, type CurrentEngine } from './current-engine.ts'
import type { CountsState } from './counts-state.ts'
import { openEngine, type Engine, type EngineHandlers } from './engine.ts'
import { createAuthGates, type AuthGates } from '../jira/auth-gate.ts'
import { leaseOwner } from '../leases/lease-owner.ts'
import type { RequestPolicy } from '../jira/link.ts'
import type { Log } from '../runtime/log.ts'
import { NO_METRICS, type Metrics } from '../metrics/metrics.ts'
import { createRecentChecks } from '../preflight/recent-checks.ts'
import type { Stored } from './reads.ts'
import { readinessOf, type Readiness } from './readiness.ts'
import { watchOutages } from '../marks/watch-outages.ts'
import type { SeenOutage } from '../store/marks.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { createSettings } from '../settings/settings.ts'
import { createStoreManager, type StoreManager } from '../store-manager/store-manager.ts'
import { measureStore } from '../metrics/measure-store.ts'
import { asksNoJira, NEEDS_JIRA } from '../sites/edge-site.ts'
import { createSiteMemory } from '../sites/site-memory.ts'
import { createAccessBook } from '../tokens/access-book.ts'
import { createReopening } from './reopening.ts'
import { createStoreAccess } from './store-access.ts'
import type { Transfer } from '../transfer/transfer.ts'
import { withTimeout } from '../runtime/async.ts'

/** The core, whole: what each host carries. It is there at once; calls wait until the Jira and the store are open. */
export type App = ReturnType<typeof createApp>

export interface AppOptions {
  readonly log: Log
  /** Reads the configuration again, after it was changed from within. Absent: it stays as it is. */
  readonly readConfig?: () => Config
  readonly clock?: Clock
  /** False for a command that makes one call: nothing is fetched by itself. */
  readonly background?: boolean
  /** See `EngineOptions`. */
  readonly isEdge?: boolean
  /** Whether it may go over to another store and back while it is open; as `background` where absent. */
  readonly staysOpen?: boolean
  /** Whether it does not open over a store that is out of reach: for a command that makes one call. */
  readonly mustBeUp?: boolean
  /** A server that the person named on the command line, with the password that the environment has for it. */
  readonly namedStore?: PostgresConfig | undefined
  /** Where tokens are kept; the system's keychain alone where absent. */
  readonly secrets?: Secrets
  /** Called for all that is done. */
  readonly metrics?: Metrics
  /** How the Jira is asked; as by a program in the background where absent. */
  readonly policy?: RequestPolicy | undefined
}

/** What the core is made of: the stores, the engine that works with one of them, and the settings of both. */
function createParts(firstConfig: Config, options: AppOptions) {
  const { log, readConfig = () => firstConfig, clock = machineClock } = options
  const { background = true, staysOpen = background, mustBeUp = false } = options
  const { namedStore, metrics = NO_METRICS, policy, isEdge = false } = options
  const { dataDir } = firstConfig
  const access = createStoreAccess(firstConfig, { clock, log, secrets: options.secrets })
  const { secrets } = access
  const hub = createEventHub()
  const stores = createStoreManager({
    dataDir,
    openStore: async (config, signal) => {
      const opened = await access.open(config, signal)
      return metrics === NO_METRICS ? opened : measureStore(opened, metrics)
    },
    exchange: () => engine.exchange(),
    runs: runsOf(() => engine.openNow()),
    staysOpen,
    mustBeUp,
    hub,
    clock,
    log,
  })
  const accessBook = createAccessBook({ source: stores.primary, dataDir, log })
  const checks = createRecentChecks(clock)
  const gates = createAuthGates(clock)
  const owner = leaseOwner()
  const parts = { log, clock, hub, secrets, owner, background, isEdge, metrics, policy, checks, gates }
  const engine = createCurrentEngine({
    firstConfig,
    readConfig,
    open: async (config, signal) =>
      openEngine(config, { ...parts, ...(await stores.storeFor(config, signal)) }, signal),
    onChange: () => hub.publish('session.changed', {}),
    log,
  })
  const reopening = staysOpen ? createReopening(engine, clock) : null
  const note = async (outage: SeenOutage): Promise<void> => (await engine.opened()).noteOutage(outage)
  const settings = createSettings({
    engine,
    renewStore: () => stores.renew(),
    storeFailure: async () => (await stores.handlers['store.status']({})).failure,
    namedStore,
    accessBook,
    dataDir,
    secrets,
    checks,
    gates,
    clock,
    log,
    hub,
    onSilence: policy?.onSilence,
    memory: createSiteMemory(dataDir, log),
  })
  const leaveOutages = background && !isEdge ? watchOutages({ hub, clock, log, note }) : null
  return { access, accessBook, hub, stores, gates, engine, reopening, settings, clock, leaveOutages }
}

/** Opens the core. What goes wrong with the Jira or the store is thrown by `opened` and by each call that needs them. */
export function createApp(firstConfig: Config, options: AppOptions) {
  const { log } = options
  const parts = createParts(firstConfig, options)
  const { access, hub, stores, gates, engine, reopening, settings, clock } = parts
  const handlers = {
    ...forwarded(engine, gates, options.isEdge === true),
    ...settings.handlers,
    ...stores.handlers,
  }
  const dispatch = createDispatch(handlers, (error) => log.error({ err: error }, 'a call failed'))

  return {
    dispatch,
    hub,
    log,
    /** Who may use a server of the store that is set. */
    accessBook: parts.accessBook,
    client: createInProcessClient(dispatch, hub),
    /** Resolves when the Jira and the store are open. Throws the AppError that says why they are not. */
    opened: async () => void (await engine.opened()),
    /** Import and export. Throws as `opened`. */
    transfer: async (): Promise<Transfer> => (await engine.opened()).transfer,
    /** Begins what goes on by itself: live counts, and fetching where the options say so. */
    start: () => engine.start(),
    /** Publishes how the runs stand that other processes work on, until the abort; once started, it does so by itself. */
    followOtherRuns: async (signal: AbortSignal) => (await engine.opened()).followOtherRuns(signal),
    /** The machine woke up or is online again: what is due is fetched now. */
    wake: () => void wake(engine).catch(() => {}), // why nothing is open was reported where it was opened
    /** The configured Jira's address for a browser; null for the sandbox, which has no pages. */
    browseUrl: (): string | null => browseUrlOf(engine.config()),
    /** Whether calls can be answered now. Costs nothing, and never waits. */
    readiness: (): Readiness => readinessOf(stores.state(), engine),
    /** Where webhooks of the Jira that is watched are written down; null while it is not open. */
    hooks: () => engine.openNow()?.hooks ?? null,
    /** See `Engine.stored`; null while none is open. */
    stored: async (): Promise<Stored | null> => (await engine.openNow()?.stored()) ?? null,
    /** See `createCountsState`; `of` is the engine itself: the numbers of two are not to be compared. Throws as `opened`. */
    countsState(): OfEngine | Promise<OfEngine> {
      const open = engine.openNow()
      return open === null ? engine.opened().then(countsStateOf) : countsStateOf(open)
    },
    /** Ends everything within two seconds, a run paused at a slot's edge. Safe to call twice. */
    async stop() {
      settings.stop()
      reopening?.stop()
      parts.accessBook.close()
      parts.leaveOutages?.()
      await endInTime(engine, stores, clock)
      await access.stop()
    },
  }
}

type OfEngine = CountsState & { readonly of: object }

function countsStateOf(of: Engine): OfEngine | Promise<OfEngine> {
  const state = of.countsState()
  return state instanceof Promise ? state.then((read) => ({ of, ...read })) : { of, ...state }
}

/** A store that does not answer by then is closed under the engine: its calls fail, and nothing waits any more (real ms). */
const STORE_PATIENCE_MS = 1_500

async function endInTime(engine: CurrentEngine, stores: StoreManager, clock: Clock): Promise<void> {
  const closing = engine.close()
  await withTimeout(closing, STORE_PATIENCE_MS, () => void stores.stop().catch(() => {}), { clock }) // thrown below
  await closing
  await stores.stop()
}

/** What could not be opened while the machine slept or was offline is opened now. */
async function wake(engine: CurrentEngine): Promise<void> {
  if (engine.failure()?.retryable === true) return engine.reopen()
  const open = await engine.opened()
  open.wake()
}

function browseUrlOf({ jira }: Config): string | null {
  return jira.kind === 'site' ? jira.url : null
}

/** The runs of the engine that is open, as the stores ask for them. */
function runsOf(open: () => Engine | null) {
  return {
    current: async () => (await open()?.handlers['runs.current']({})) ?? null,
    isHeld: async (runId: string) => (await open()?.isHeld(runId)) ?? false,
    resume: async () => void (await open()?.handlers['runs.resume']({})),
  }
}

/** Passes each call to the engine that is open when it comes, or throws why there is none. */
function forwarded(engine: CurrentEngine, gates: AuthGates, isEdge: boolean): EngineHandlers {
  const names = METHOD_NAMES.filter((name) => !/^(settings|store)\./.test(name))
  const entries = names.map((name) => [
    name,
    async (params: never, signal?: AbortSignal) => {
      if (isEdge && NEEDS_JIRA.has(name)) throw asksNoJira(name)
      // Who asks for a fetch acts: what could not be opened is tried once more.
      if (name === 'sync.now' && engine.failure() !== null) {
        gates.reset()
        await engine.reopen()
      }
      const { handlers } = await engine.opened()
      return handlers[name as keyof EngineHandlers](params, signal)
    },
  ])
  return Object.fromEntries(entries) as EngineHandlers
}
