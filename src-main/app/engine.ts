import type { EventHub } from '../../src-shared/contract/client.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { Priority, WatchedField } from '../../src-shared/domain/ticket.ts'
import { createDrills } from '../alerts/drills.ts'
import { evaluateAlerts } from '../alerts/evaluator.ts'
import { followAlerts } from '../alerts/follow-alerts.ts'
import { createAudit } from '../audit/audit.ts'
import { createCleanUp } from '../clean-up/clean-up.ts'
import type { Clock } from '../runtime/clock.ts'
import { projectOfRuns, type Config } from '../config/config.ts'
import { createRunMinutes } from '../generator/run-progress.ts'
import { createRunPreview } from '../generator/planning/preview-run.ts'
import { createGenerator } from '../generator/runner.ts'
import { createHandlers } from './handlers.ts'
import { createCountsState } from './counts-state.ts'
import { createHookInbox } from '../hooks/inbox.ts'
import type { AuthGates } from '../jira/auth-gate.ts'
import type { RequestPolicy } from '../jira/link.ts'
import { createLive } from '../live/live.ts'
import type { Log } from '../runtime/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { startDelivery } from '../outputs/delivery.ts'
import { createOutputSecrets } from '../outputs/output-secrets.ts'
import { followOutputs } from '../outputs/outputs.ts'
import { createSender } from '../outputs/send.ts'
import { openEdgeSite } from '../sites/edge-site.ts'
import { openSite, watchedOf } from '../sites/open-site.ts'
import type { RecentChecks } from '../preflight/recent-checks.ts'
import { readStored, sessionOf } from './reads.ts'
import { catchUpOldTickets, sumOldTickets } from './old-tickets.ts'
import { followViews } from './saved-views.ts'
import { followMarks } from '../marks/follow-marks.ts'
import { handOverNoter, outageNoter } from '../marks/watch-outages.ts'
import { createRunPrecondition } from './run-precondition.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { keepSite } from '../sites/known-site.ts'
import type { Site } from '../sites/site.ts'
import { createSiteMemory } from '../sites/site-memory.ts'
import { followOtherRuns } from './other-runs.ts'
import type { StoreInUse } from '../store-manager/store-manager.ts'
import { isTablesMissing } from '../sync/failure-policy.ts'
import { createAccountZone } from '../sync/shown-jql.ts'
import { syncScope } from '../sync/scope.ts'
import { createSync } from '../sync/sync.ts'
import { createTransfer } from '../transfer/transfer.ts'
import { followUsual } from '../usual/follow-usual.ts'
import { openUsual } from '../usual/open-usual.ts'
import { dashboardUrl } from '../workspace/instance.ts'

export type Engine = Awaited<ReturnType<typeof assemble>>

/** The contract's methods, less those that work without an engine. */
export type EngineHandlers = Omit<Handlers, `settings.${string}` | `store.${string}`>

export interface EngineOptions extends StoreInUse {
  readonly log: Log
  readonly clock: Clock
  readonly hub: EventHub
  readonly secrets: Secrets
  /** Names this process in leases. */
  readonly owner: string
  /** False for a command that makes one call: nothing is fetched by itself. */
  readonly background: boolean
  /** Whether it shows what others fetch, and never asks a Jira itself. */
  readonly isEdge?: boolean
  /** Those that a person had made in the settings or by a command. */
  readonly checks?: RecentChecks
  /** See `SiteParts`. */
  readonly gates?: AuthGates
  /** Called for all that is done. */
  readonly metrics?: Metrics | undefined
  /** How the Jira is asked; as by a program in the background where absent. */
  readonly policy?: RequestPolicy | undefined
}

/**
 * Builds the services from the configuration, over a store that is open; it may be down. Throws an AppError where the
 * Jira cannot be opened, also because `leaving` was aborted meanwhile; what had been opened by then is closed again.
 */
export async function openEngine(
  config: Config,
  options: EngineOptions,
  leaving: AbortSignal,
): Promise<Engine> {
  const { log } = options
  const { network, projectKey } = config
  const stopping = new AbortController()
  const { signal } = stopping
  const giveUp = (): void => stopping.abort(leaving.reason)
  leaving.throwIfAborted()
  leaving.addEventListener('abort', giveUp, { once: true })
  let site: Site | undefined
  try {
    if (options.isEdge === true)
      return await assemble({ config, options, stopping, ...(await openEdgeSite(config, options)) })
    const memory = createSiteMemory(config.dataDir, log)
    site = await openSite(config, { ...options, network, projectKey, memory, signal })
    const choice = site.watch
    const isProjectNamed = config.projectFixedBy !== null
    const watched = await watchedOf(site, { projectKey, isProjectNamed, choice, memory, log, signal })
    return await assemble({ config, options, stopping, site, watched, watchedField: choice.field })
  } catch (error) {
    stopping.abort(error)
    await site?.close()
    throw error
  } finally {
    leaving.removeEventListener('abort', giveUp)
  }
}

/** On the loopback a request arrives at once or never: no 90 s as on the way to a real Jira. */
const SANDBOX_IN_FLIGHT_MS = 3_000
/** Data Center gives tickets by their keys one by one. */
const DATA_CENTER_MAX_KEYS = 300

interface Opened {
  readonly config: Config
  readonly options: EngineOptions
  readonly stopping: AbortController
  readonly site: Site
  readonly watchedField: WatchedField
  readonly watched: readonly Priority[]
}

/** The parts that work at the site, none of them started. */
async function createServices(opened: Opened) {
  const { config, options, stopping, site, watchedField, watched } = opened
  const { projectKey, syncIntervalMs: intervalMs } = config
  const { id: siteId, time: siteTime, about, compress } = site
  const { signal } = stopping
  const scope = { projectKey, priorityIds: watched.map(({ id }) => id) }
  const parts = { ...options, siteId, projectKey, jira: site.jira, siteTime, watchedField, watched }
  const runParts = {
    ...parts,
    projectKey: projectOfRuns(config),
    ...(compress !== undefined && { compress }),
  }

  const leading = {
    mayLead: options.isEdge !== true,
    onTookLead: handOverNoter({ ...parts, time: siteTime }),
  }
  const sync = createSync({ ...parts, ...leading, intervalMs, adjustClock: config.jira.kind === 'site' })
  await sync.recall()
  const accountZone = createAccountZone(site.jira, options.clock, signal)
  const drills = createDrills({ ...parts, time: siteTime })
  const keepZone = (zone: string): void => void keepForReaders(opened, zone)
  return {
    scope,
    session: sessionOf(config, options.store, { site: about, watchedField, watched: [...watched] }),
    sync,
    drills,
    accountZone,
    usual: await openUsual({ ...parts, config, scope, accountZone, keepZone }),
    generator: createGenerator({
      ...runParts,
      beginDrill: (run, drill) => drills.begin(run, drill),
      ...(about.kind === 'sandbox' && { inFlightMs: SANDBOX_IN_FLIGHT_MS }),
      ...(about.kind === 'data-center' && { maxKeys: DATA_CENTER_MAX_KEYS }),
      onCreated: (id, _key, createdAtMs) => sync.noteCreated(id, createdAtMs),
    }),
    runMinutes: createRunMinutes(parts, signal),
    previewRun: createRunPreview({ ...runParts, scope }, signal),
    audit: createAudit({ ...parts, scope: { ...scope, fieldId: watchedField.id } }),
    cleanUp: createCleanUp({ ...parts, onDeleted: (deleted, atMs) => sync.noteDeleted(deleted, atMs) }),
    live: createLive({ ...parts, scope }),
    outputs: {
      ...parts,
      siteLabel: about.label,
      secrets: createOutputSecrets({ ...parts, environment: config.outputSecrets }),
      sender: createSender({ proxies: config.network }),
      signal,
    },
    transfer: createTransfer({ ...parts, time: siteTime, signal }),
  }
}

type Services = Awaited<ReturnType<typeof createServices>>

/** What kept it from fetching is gone; a failure shows in its status. */
function fetchAgain({ options }: Opened, { sync }: Services): void {
  if (options.background) sync.now().catch(() => {})
}

/** Called when the Jira or the store is back, tables come or go, or the clock is set, until the returned function is called. */
function watchSurroundings(opened: Opened, services: Services): () => void {
  const { store, hub } = opened.options
  const { site } = opened
  const { scope, sync, generator } = services
  /** Any process may have dropped the tables, or made them anew: the next fetch finds out, and is not waited for. */
  const lookAtTables = async (): Promise<void> => {
    const missing = await store.ticketTotal(site.id, scope).then(
      () => false,
      (error: unknown) => isTablesMissing(error),
    )
    const { failure, by } = sync.status()
    if (by === null && missing !== (failure?.code === 'tables-missing')) fetchAgain(opened, services)
  }
  site.onBack(() => sync.wake())
  let wasUp = true
  const leave = [
    store.onHealth(() => {
      const isBack = !wasUp
      wasUp = store.health().state === 'up'
      // One that is up may say that it will not be for long.
      if (!wasUp || !isBack) return
      sync.storeBack()
      generator.storeBack()
    }),
    hub.on('counts.changed', ({ reset }) => {
      if (reset) void lookAtTables()
    }),
    site.time.onChange((next) => {
      hub.publish('clock.changed', next)
      if (site.about.kind === 'sandbox' && opened.options.isEdge !== true) void keepForReaders(opened)
    }),
  ]
  return () => leave.forEach((unsubscribe) => unsubscribe())
}

/** What is stored can be read from now on without this Jira. */
function keepForReaders(
  { config, options, site, watchedField, watched }: Opened,
  accountZone?: string,
): Promise<void> {
  const found = { site: site.about, watchedField, watched: [...watched], clock: site.time.current() }
  const known = { ...found, ...(accountZone !== undefined && { accountZone }) }
  return keepSite(options.store, config, known, options.log)
}

/** The contract's methods over the services. */
function handlersOf(opened: Opened, services: Services): EngineHandlers {
  const { config, options, stopping, site, watchedField } = opened
  const { clock, background, checks } = options
  const { signal } = stopping
  const { session, sync } = services
  return createHandlers({
    ...options,
    ...services,
    scope: { ...services.scope, fieldId: watchedField.id },
    jira: site.jira,
    time: site.time,
    /** Who stays takes the census, and sums old tickets, little by little; who does not, whole where it is due. */
    async fetchNow() {
      const result = await sync.now(signal)
      if (background) return result
      await sumOldTickets({ ...options, siteId: site.id }, signal)
      return { ...result, removed: result.removed + (await sync.censusIfDue(signal)) }
    },
    syncStatus: () => sync.status(),
    checkRun: createRunPrecondition({
      session,
      jira: site.jira,
      clock,
      signal,
      wasChecked: (projectKey, { field, ids }) =>
        config.jira.kind === 'site' &&
        checks?.take({ ...config.jira, projectKey, fieldId: field.id, valueIds: ids }) === true,
    }),
    resetAuthGate: () => site.resetAuthGate(),
    onTablesMade: () => fetchAgain(opened, services),
    signal,
  })
}

/** Publishes what changes in the store, whichever process changed it. */
function followKept({ options, site, stopping }: Opened, { usual, outputs }: Services): void {
  const { signal } = stopping
  const parts = { ...options, siteId: site.id }
  followViews(parts, signal)
  followMarks(parts, signal)
  followAlerts({ ...parts, session: { site: site.about } }, signal)
  followUsual({ ...parts, usual, time: site.time }, signal)
  if (!options.isFallback) followOutputs({ ...options, ...outputs })
}

/**
 * Evaluates the alert rules where it is this instance that does, and sends what becomes of alerts, until the engine ends. Rules
 * and outputs are the store's: a file that stands in for it has none.
 */
async function workOnAlerts(
  opened: Opened,
  { scope, session, usual, sync, outputs }: Services,
): Promise<void> {
  const { config, options, stopping, site, watchedField } = opened
  if (options.isFallback) return
  startDelivery({ ...options, ...outputs, dashboardUrl: () => dashboardUrl(config.dataDir) }, stopping.signal)
  const scopeName = syncScope({ ...scope, fieldId: watchedField.id })
  const parts = { ...options, session, scopeName, usual, time: site.time, syncStatus: () => sync.status() }
  await evaluateAlerts(parts, stopping.signal)
}

/** Everything that works on one Jira and one store. */
async function assemble(opened: Opened) {
  const { options, stopping, site } = opened
  const { isEdge, background } = options
  const { signal } = stopping
  const parts = { ...options, siteId: site.id }
  const services = await createServices(opened)
  if (isEdge !== true) await keepForReaders(opened)
  const { sync, generator, live, cleanUp, transfer, outputs } = services
  const leave = watchSurroundings(opened, services)
  let alerting: Promise<void> = Promise.resolve()
  const followOthers = (until: AbortSignal): void =>
    followOtherRuns({ ...parts, generator, cleanUp }, AbortSignal.any([signal, until]))
  return {
    handlers: handlersOf(opened, services),
    transfer,
    /** Where webhooks of this Jira are written down. */
    hooks: createHookInbox({ ...parts, ...site }),
    /** Whether a person's word brought a run to rest. Throws as the store. */
    isHeld: async (runId: string) => ((await options.store.run(site.id, runId))?.requested ?? null) !== null,
    /** What the answers of `counts.get` show now: two that show the same are the same. Throws as the store. */
    countsState: createCountsState({ ...parts, sync, time: site.time }, signal),
    /** What is stored, asked for cheaply: sums of days. Throws as the store. */
    stored: () => readStored({ ...opened, ...parts, watched: [...opened.watched] }),
    /** Begins what goes on by itself: live counts, and fetching where the options say so. */
    async start() {
      await live.start()
      if (signal.aborted) return live.stop()
      followOthers(signal)
      followKept(opened, services)
      if (background) sync.start()
      if (background && isEdge !== true) {
        alerting = workOnAlerts(opened, services)
        void catchUpOldTickets(parts, signal)
      }
    },
    /** See `followOtherRuns`: for who has started nothing. */
    followOtherRuns: followOthers,
    noteOutage: outageNoter({ ...parts, time: site.time }),
    /** The machine was asleep or offline: what is due is fetched now. */
    wake: () => sync.wake(),
    /** Ends everything within two seconds, a run paused at a slot's edge. */
    async stop() {
      await Promise.all([generator.close(), cleanUp.close()])
      stopping.abort(new Error('Jira TPM is closing'))
      await Promise.all([sync.stop(), alerting])
      live.stop()
      leave()
      await outputs.sender.close()
      await site.close()
    },
  }
}
