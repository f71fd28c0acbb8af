import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { CountsResult, Session, SyncResult } from '../../src-shared/contract/tickets.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { Priority, WatchedField } from '../../src-shared/domain/ticket.ts'
import { createAudit } from '../audit/audit.ts'
import { createCleanUp } from '../clean-up/clean-up.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Config } from '../config/config.ts'
import { keepDemoRunning } from './demo-run.ts'
import { createRunMinutes } from '../generator/run-progress.ts'
import { createGenerator } from '../generator/runner.ts'
import { createHandlers } from './handlers.ts'
import type { AuthGates } from '../jira/auth-gate.ts'
import type { RequestPolicy } from '../jira/link.ts'
import { createLive } from '../live/live.ts'
import type { Log } from '../runtime/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { openSite, watchedOf } from '../sites/open-site.ts'
import { projectVersion } from '../runtime/project-files.ts'
import { provisionalFrom } from '../sync/index-lag.ts'
import type { RecentChecks } from '../preflight/recent-checks.ts'
import { createRunPermit } from './run-permit.ts'
import type { Secrets } from '../secrets/secrets.ts'
import type { Site } from '../sites/site.ts'
import { createSiteMemory } from '../sites/site-memory.ts'
import { followStore } from './follow-store.ts'
import { followOtherRuns } from './other-runs.ts'
import type { StoreInUse } from '../store-manager/store-manager.ts'
import { createSync } from '../sync/sync.ts'
import { createTransfer, type Transfer } from '../transfer/transfer.ts'

/** Everything that works on one Jira and one store. */
export interface Engine {
  readonly handlers: EngineHandlers
  readonly transfer: Transfer
  /** What is stored, asked for cheaply: sums of days. Throws as the store. */
  readonly stored: () => Promise<Stored>
  /** What the answers of `counts.get` show now: two that show the same are the same. Throws as the store. */
  readonly countsState: () => Promise<CountsState>
  /** Whether a person's word brought a run to rest. Throws as the store. */
  readonly isHeld: (runId: string) => Promise<boolean>
  /** Begins what goes on by itself: live counts, fetching and a demo run, as the options say. */
  readonly start: () => Promise<void>
  /** The machine was asleep or offline: what is due is fetched now. */
  readonly wake: () => void
  /** Ends everything within two seconds, a run paused at a slot's edge. */
  readonly stop: () => Promise<void>
}

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
  /** See `AppOptions.demoRun`. */
  readonly demoRun: boolean
  /** Those that a person had made in the settings or by a command. */
  readonly checks?: RecentChecks
  /** See `SiteParts`. */
  readonly gates?: AuthGates
  /** Hears of all that is done. */
  readonly metrics?: Metrics | undefined
  /** How the Jira is asked; as by a program that nobody waits for where absent. */
  readonly policy?: RequestPolicy | undefined
}

/** Both numbers are also in the answers themselves. */
export type CountsState = Pick<CountsResult, 'seq' | 'provisionalFromMinute'>

export interface Stored {
  /** The number of the site's last commit. */
  readonly seq: number
  /** Counted tickets by watched value, as the site names it. */
  readonly tickets: readonly { readonly name: string; readonly count: number }[]
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
  const { log, clock, secrets, gates, metrics, policy } = options
  const { dataDir, network, projectKey } = config
  const stopping = new AbortController()
  const { signal } = stopping
  const giveUp = (): void => stopping.abort(leaving.reason)
  leaving.throwIfAborted()
  leaving.addEventListener('abort', giveUp, { once: true })
  let site: Site | undefined
  try {
    const memory = createSiteMemory(dataDir, log)
    const parts = { network, projectKey, secrets, memory, gates, clock, log, metrics, policy, signal }
    site = await openSite(config, parts)
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
const DATA_CENTER_MOST_KEYS = 300

interface Opened {
  readonly config: Config
  readonly options: EngineOptions
  readonly stopping: AbortController
  readonly site: Site
  readonly watchedField: WatchedField
  readonly watched: readonly Priority[]
}

async function assemble(opened: Opened): Promise<Engine> {
  const { config, options, stopping, site, watchedField, watched } = opened
  const { log, clock, hub, owner, store, background } = options
  const { signal } = stopping
  const siteId = site.id
  const { jira, time: siteTime } = site
  const { projectKey } = config
  const scope = { projectKey, priorityIds: watched.map((priority) => priority.id) }
  /** What everyone needs who works at the site. */
  const parts = { siteId, projectKey, jira, store, clock, siteTime, hub, owner, log, watchedField }

  const sync = createSync({
    ...parts,
    watched,
    intervalMs: config.syncIntervalMs,
    adjustClock: config.jira.kind === 'site',
    metrics: options.metrics,
  })
  await sync.recall()
  const generator = createGenerator({
    ...parts,
    ...(site.compress === undefined ? {} : { compress: site.compress }),
    ...(site.about.kind === 'sandbox' && { inFlightMs: SANDBOX_IN_FLIGHT_MS }),
    ...(site.about.kind === 'data-center' && { maxKeys: DATA_CENTER_MOST_KEYS }),
    onCreated: (id, _key, createdAtMs) => sync.noteCreated(id, createdAtMs),
  })
  const audit = createAudit({ siteId, jira, store, clock, scope: { ...scope, fieldId: watchedField.id } })
  const cleanUp = createCleanUp({ ...parts, onDeleted: (deleted, atMs) => sync.noteDeleted(deleted, atMs) })
  const live = createLive({ store, hub, siteId, scope, log })

  /** What kept it from fetching is gone; a failure shows in its status. */
  const fetchAgain = (): void => void (background && sync.now().catch(() => {}))
  site.onBack(() => sync.wake())
  const leave = [
    followStore({ store, siteId, scope, sync, generator, hub, fetchAgain }),
    siteTime.onChange((next) => hub.publish('clock.changed', next)),
  ]
  /** Who stays takes the census little by little; who does not, whole where it is due. */
  const fetchNow = async (): Promise<SyncResult> => {
    const result = await sync.now(signal)
    if (background) return result
    return { ...result, removed: result.removed + (await sync.censusIfDue(signal)) }
  }
  const session = sessionOf(opened)
  const permit = createRunPermit({
    session,
    jira,
    clock,
    signal,
    wasChecked: (key, { field, ids }) =>
      config.jira.kind === 'site' &&
      options.checks?.take({ ...config.jira, projectKey: key, fieldId: field.id, valueIds: ids }) === true,
  })
  const handlers = createHandlers({
    session,
    store,
    time: siteTime,
    fetchNow,
    syncStatus: () => sync.status(),
    generator,
    runMinutes: createRunMinutes({ store, siteId, hub, clock }, signal),
    audit,
    cleanUp,
    permit,
    resetAuthGate: () => site.resetAuthGate(),
    onTablesMade: fetchAgain,
    signal,
  })

  return {
    handlers,
    transfer: transferOf(opened),
    isHeld: async (runId) => ((await store.run(siteId, runId))?.requested ?? null) !== null,
    async countsState() {
      const seq = await store.seq(siteId)
      return { seq, provisionalFromMinute: provisionalFrom(sync.status(), siteTime) }
    },
    stored: () => storedTickets(opened),
    async start() {
      await live.start()
      if (signal.aborted) return live.stop()
      followOtherRuns({ store, siteId, generator, hub, log }, signal)
      if (background) sync.start()
      // The demo's run belongs to the store that is set: one in the file would keep that from being gone back to.
      const demo = options.demoRun && site.about.kind === 'sandbox' && !options.isFallback
      if (demo) keepDemoRunning({ siteId, store, generator, log }, signal)
    },
    wake: () => sync.wake(),
    async stop() {
      await Promise.all([generator.close(), cleanUp.close()])
      stopping.abort(new Error('Jira TPM is closing'))
      await sync.stop()
      live.stop()
      for (const unsubscribe of leave) unsubscribe()
      await site.close()
    },
  }
}

/** What a window needs before its first draw; the clock is asked for with it. */
function sessionOf({ config, options, site, watchedField, watched }: Opened): Omit<Session, 'clock'> {
  const { kind, label } = options.store
  return {
    version: projectVersion(),
    site: site.about,
    projectKey: config.projectKey,
    store: { kind, label },
    zone: config.zone,
    watchedField,
    watched: [...watched],
    tokenExpiresOn: config.jira.kind === 'site' ? config.jira.tokenExpiresOn : null,
  }
}

async function storedTickets({ config, options: { store }, site, watched }: Opened): Promise<Stored> {
  const { projectKey } = config
  const seq = await store.seq(site.id)
  const tickets = []
  for (const { id, name } of watched) {
    tickets.push({ name, count: await store.ticketTotal(site.id, { projectKey, priorityIds: [id] }) })
  }
  return { seq, tickets }
}

function transferOf({ config, options, stopping, site, watchedField, watched }: Opened): Transfer {
  const { store, isFallback, secrets } = options
  const { projectKey } = config
  const { id: siteId, time } = site
  const { signal } = stopping
  return createTransfer({
    store,
    isFallback,
    siteId,
    projectKey,
    watchedField,
    watched,
    time,
    secrets,
    signal,
  })
}
