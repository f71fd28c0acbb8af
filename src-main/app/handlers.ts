import type { TicketFilter } from '../../src-shared/contract/fields.ts'
import type { RunOutline } from '../../src-shared/contract/runs/run-outlines.ts'
import type { RunMinute, RunRequest } from '../../src-shared/contract/runs/runs.ts'
import type { Session, SyncResult, SyncStatus } from '../../src-shared/contract/tickets.ts'
import type { Drills } from '../alerts/drills.ts'
import { createAlertHandlers } from '../alerts/handlers.ts'
import { AppError, nothingDone } from '../../src-shared/errors/app-error.ts'
import type { Audit } from '../audit/audit.ts'
import type { CleanUpService } from '../clean-up/clean-up.ts'
import type { Jira } from '../jira/jira.ts'
import { coalesce } from '../runtime/async.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { createSpans } from './asked-span.ts'
import type { EngineHandlers } from './engine.ts'
import { RUN_LEASE } from '../generator/run-lease.ts'
import type { Generator } from '../generator/runner.ts'
import { isGone } from '../leases/lease-owner.ts'
import type { RunPrecondition } from './run-precondition.ts'
import { readOverview } from './overview.ts'
import { createReads } from './reads.ts'
import { createRetentionHandlers } from './retention.ts'
import { createMarking } from '../marks/marks.ts'
import { createSavedViews } from './saved-views.ts'
import { createOutputHandlers, type OutputsParts } from '../outputs/outputs.ts'
import type { Store } from '../store/store.ts'
import type { UsualSource } from '../usual/usual.ts'
import { syncScope, type WatchScope } from '../sync/scope.ts'
import { watchedIds } from '../../src-shared/domain/ticket-filter.ts'
import { shownJql } from '../sync/shown-jql.ts'

export interface Core {
  readonly session: Omit<Session, 'clock'>
  readonly store: Store
  /** See `StoreInUse`. */
  readonly isFallback: boolean
  readonly time: SiteTime
  readonly clock: Clock
  readonly log: Log
  readonly jira: Pick<Jira, 'projects'>
  readonly fetchNow: () => Promise<SyncResult>
  readonly syncStatus: () => SyncStatus
  readonly generator: Generator
  readonly drills: Drills
  readonly usual: UsualSource
  /** See `createRunMinutes`. */
  readonly runMinutes: (runId: string) => Promise<RunMinute[]>
  /** See `createRunPreview`. */
  readonly previewRun: (request: RunRequest) => Promise<RunOutline>
  readonly audit: Audit
  readonly scope: WatchScope
  /** See `createAccountZone`. */
  readonly accountZone: () => Promise<string>
  readonly cleanUp: CleanUpService
  readonly outputs: OutputsParts
  /** Throws where a run may not begin. */
  readonly checkRun: RunPrecondition
  /** What stopped after a failed log-in may be tried again: for what only a person asks for, by scope `run` or more. */
  readonly resetAuthGate: () => void
  /** The ticket tables are there again, and empty. */
  readonly onTablesMade: () => void
  readonly signal: AbortSignal
}

/** The engine's methods, each answered by the part it belongs to. */
export function createHandlers(core: Core): EngineHandlers {
  const { store, syncStatus, generator, resetAuthGate } = core
  const spans = createSpans(core.time, core.session.zone)

  /** Aborted when the program ends or the caller has left. */
  const until = (left?: AbortSignal): AbortSignal =>
    left === undefined ? core.signal : AbortSignal.any([core.signal, left])

  const reads = createReads({ ...core, runs: generator })
  // Screens that are told of a commit ask at the same moment.
  const overview = coalesce(() => readOverview({ ...core, countsOf: reads['counts.get'] }), 'fresh')
  return {
    ...reads,
    'overview.get': () => overview(),
    ...createMarking({ ...core, siteId: core.session.site.id, zone: core.session.zone }),
    ...createSavedViews({ ...core, siteId: core.session.site.id, zone: core.session.zone }),
    ...createOutputHandlers(core.outputs),

    ...createAlertHandlers({ ...core, scopeName: syncScope(core.scope) }),

    'tickets.jql': async ({ filter, ...asked }) => {
      const [span, zone] = [spans.instants(asked), await core.accountZone()]
      const jql = shownJql(jqlScope(core, filter), span, zone, filter)
      const { browseUrl } = core.session.site
      const url = browseUrl === null ? null : `${browseUrl}/issues/?jql=${encodeURIComponent(jql)}`
      return { jql, zone, url }
    },

    'sync.now': () => {
      resetAuthGate()
      return core.fetchNow()
    },
    'sync.status': async () => syncStatus(),

    ...createRunHandlers(core, { until, spans }),

    'data.loadSample': () => loadSampleInto(core),
    'data.createTables': () => createTables(core),
    ...createRetentionHandlers(core),
    'data.dropTables': async () => ({ dropped: await dropTables(store) }),
  }
}

/** What is done with runs: preview and work, audit and clean-up. */
function createRunHandlers(
  core: Core,
  { until, spans }: { until: (left?: AbortSignal) => AbortSignal; spans: ReturnType<typeof createSpans> },
) {
  const { generator, drills, audit, cleanUp, resetAuthGate } = core
  return {
    'runs.preview': (request) => core.previewRun(request),
    'runs.start': async (request) => {
      resetAuthGate()
      await core.checkRun(request)
      if (request.drill !== undefined) await drills.check()
      return generator.start(request)
    },
    'drills.get': ({ runId }) => drills.get(runId),
    'runs.pause': ({ runId }) => generator.pause(runId),
    'runs.resume': (request) => {
      resetAuthGate()
      return generator.resume(request)
    },
    'runs.stop': ({ runId }) => generator.stop(runId),
    'runs.minutes': ({ runId }) => core.runMinutes(runId),

    'runs.readReplay': async (file) => {
      const { readReplay } = await import('../generator/replay/read-replay.ts')
      return readReplay(file)
    },
    'runs.cleanUpPreview': ({ runId }, left) => cleanUp.preview(runId, until(left)),
    'runs.cleanUp': (request) => cleanUp.start(request),
    'runs.stopCleanUp': () => cleanUp.stop(),
    'runs.currentCleanUp': () => cleanUp.last(),

    'audit.run': ({ runId }, left) => audit.run(runId, until(left)),
    'audit.span': async (asked, left) => audit.span(spans.fewMinutes(asked), until(left)),
  } satisfies Partial<EngineHandlers>
}

async function createTables({ store, onTablesMade }: Core): Promise<{ created: boolean }> {
  const created = await store.createTables()
  if (created) onTablesMade()
  return { created }
}

async function loadSampleInto({ session, store, time }: Core) {
  const { site, watched, projectKey } = session
  if (site.kind !== 'sandbox') throw noSample(site.label)
  const { loadSample } = await import('../sample/load-sample.ts')
  return loadSample({ store, siteId: site.id, priorities: watched, projectKey, atMs: time.now() })
}

function noSample(label: string): AppError {
  return new AppError(
    'usage',
    `The sample hour is made up, and ${label} is a real Jira: it would be counted among that one's tickets.`,
    {
      consequence: 'Nothing was loaded.',
      hint: 'Load it in a demo workspace: jira-tpm load-sample --jira sandbox --data-dir FOLDER.',
    },
  )
}

/**
 * Drops the ticket tables; false where there were none. Throws `busy` while anybody who shares the store works a run:
 * it would lose the tickets that its audit looks for.
 */
export function dropTables(store: Pick<Store, 'dropTables'>): Promise<boolean> {
  return store.dropTables({
    lease: RUN_LEASE,
    check(holders) {
      if (holders.some(({ owner, expiresInMs }) => expiresInMs > 0 && !isGone(owner))) throw runUnderWay()
    },
  })
}

function runUnderWay(): AppError {
  return new AppError('busy', 'A run is under way in this store.', {
    consequence: 'The tables were not dropped.',
    hint: 'Pause or stop the run first, here or on the machine that works on it; then drop them.',
    retryable: true,
  })
}

/** What is asked of Jira with a filter. Throws `usage` where JQL cannot say it. */
function jqlScope({ scope, session }: Pick<Core, 'scope' | 'session'>, filter?: TicketFilter): WatchScope {
  const priorityIds = watchedIds(session.watched, filter)
  if (filter?.rehearsed === undefined && priorityIds.length > 0) return { ...scope, priorityIds }
  throw nothingDone(
    'usage',
    'JQL cannot say which tickets runs made, nor name a priority that is not watched.',
    'Leave that out of the filter.',
  )
}
