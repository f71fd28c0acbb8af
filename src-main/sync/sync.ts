import type { EventHub } from '../../src-shared/contract/client.ts'
import type { SyncResult, SyncStatus } from '../../src-shared/contract/tickets.ts'
import type { KnownSpans } from '../../src-shared/domain/known-spans.ts'
import type { Priority, WatchedField } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira } from '../jira/jira.ts'
import { withLease } from '../leases/lease.ts'
import { NO_METRICS, type Metrics } from '../metrics/metrics.ts'
import { orAbort, paced } from '../runtime/async.ts'
import { elapsedMs, type Clock, type SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { HookStore } from '../store/hooks.ts'
import type { LeaseStore } from '../store/leases.ts'
import type { ProgressStore } from '../store/progress.ts'
import type { StoreConnection, TicketStore } from '../store/store.ts'
import { createCensus, type CensusPace } from './census.ts'
import { isCancelled, isOfStore, needsItsPerson } from './failure-policy.ts'
import { makeFetchParts, type FetchParts } from './fetch-parts.ts'
import { fetchOnce } from './fetch.ts'
import { createReach, isOfTheWay } from './hand-over.ts'
import { createHookReading } from './hook-reading.ts'
import { createKeptLag } from './index-lag.ts'
import { LeadOrFollow } from './leadership.ts'
import { createPassLoop } from './pass-loop.ts'
import { removeDeleted, type DeletedTicket } from './removed-tickets.ts'
import { createSyncLease } from './sync-lease.ts'
import { createSyncReport, type StoredReport, type SyncReport } from './sync-report.ts'

export type Sync = ReturnType<typeof createSync>

export interface SyncOptions {
  readonly siteId: string
  /** Null: every project that the account sees. */
  readonly projectKey: string | null
  readonly watchedField: WatchedField
  /** The values of the field that are watched. */
  readonly watched: readonly Priority[]
  readonly jira: SyncJira
  readonly store: TicketStore & ProgressStore & LeaseStore & HookStore & StoreConnection
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly hub: Pick<EventHub, 'publish'>
  /** Names this process in leases. */
  readonly owner: string
  /** Names this machine to the persons whose instances follow; its own name where absent. */
  readonly host?: string
  /** Real milliseconds between two fetches. */
  readonly intervalMs: number
  /** Whether the site's time follows its `Date` header: for real sites; the sandbox publishes its clock itself. */
  readonly adjustClock?: boolean
  /** False: it follows whoever leads, and never fetches by itself. */
  readonly mayLead?: boolean
  /** How the census goes about; as usual where absent. */
  readonly census?: Partial<CensusPace>
  /** Called when this instance took the lead from the one of a machine that did not reach Jira. Of this machine's clock. */
  readonly onTookLead?: (from: { readonly host: string | null; readonly sinceMs: number }) => void
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  readonly metrics?: Pick<Metrics, 'fetches'> | undefined
}

export type SyncJira = Pick<
  Jira,
  'identity' | 'search' | 'searchIds' | 'byIds' | 'projects' | 'approximateCount'
>

/** A fetch that began so recently is the catch-up already; an older one may hang on a connection that died in its sleep. */
const JUST_BEGAN_MS = 10_000

/** Every new ticket waits for the next fetches: less than this (site ms) says nothing of the index. */
const NOTABLE_WAIT_MS = 15_000

/** Keeps the store's tickets equal to what Jira's search shows. */
export function createSync(options: SyncOptions) {
  const { parts, report, keptLag, census, loop, together, fetchWhereDue, wake, end } = createFetching(options)
  const { lag, own, siteMs } = parts
  return {
    /**
     * Fetches at once and then every `intervalMs`, after a failure of Jira ever later, up to a minute: where no other
     * instance does so already for all who share the store and watch the same. Else this one follows what that one publishes,
     * and takes over within ten seconds of its death.
     */
    start: () => together.start(),
    /** The machine woke up or is online again: fetches now where it leads, unless fetching waits for the person. */
    wake,
    /** The store can be reached again: what it kept from being fetched is fetched now. */
    storeBack: fetchWhereDue,
    /**
     * Fetches now, or right after the fetch under way, whichever instance leads. Also what lets fetching go on after it stopped
     * for the person. Throws the fetch's AppError, `busy` where another process does not let go of the site, or
     * `cancelled` when the signal ends the wait (the fetch goes on for others) or the sync was stopped.
     */
    now: (signal?: AbortSignal): Promise<SyncResult> =>
      signal === undefined ? loop.now() : orAbort(loop.now(), signal, givenUp),
    /** Goes through all tickets by their ids at once, which otherwise happens little by little. Throws as `now` does. */
    census: async (signal: AbortSignal = new AbortController().signal) => void (await census.round(signal)),
    /**
     * The same, where it is due: for a caller that fetches once and ends, since by itself it is taken only after `start`. Where
     * it fails, that is logged, and the next one makes up for it. How many tickets were removed.
     */
    censusIfDue: (signal: AbortSignal): Promise<number> =>
      census.roundIfDue(siteMs(), signal).catch((error: unknown) => {
        census.failed(error)
        return 0
      }),
    /** Reads the index lag that an earlier process measured. Where the store is away, the first fetch reads it. */
    async recall() {
      await keptLag.recall().catch(throwUnlessOfStore)
      report.recalled(lag.lagMs())
    },
    /** How the fetching goes here, or where another instance fetches, there. */
    status: (): SyncStatus => report.status(),
    /** Which creation times are fetched of what is watched, by whichever instance. Throws as the store. */
    known: (): Promise<KnownSpans> => options.store.knownSpans(options.siteId, parts.scopeName),
    /** Adds a ticket that this process made, so that its next fetch shows it whatever the index does. Site epoch ms. */
    noteCreated(id: string, createdAtSiteMs: number) {
      if (!together.follows()) own.note(id, createdAtSiteMs)
    },
    /**
     * Tickets were deleted by this process: those that count leave the store and the chart at once, whichever instance fetches. Any
     * number of them. Throws as the store does, but not where the tables were dropped: nothing is shown then. Site epoch ms.
     */
    async noteDeleted(deleted: readonly DeletedTicket[], atSiteMs: number) {
      own.gone(deleted.map(({ id }) => id))
      await removeDeleted(parts, deleted, atSiteMs)
    },
    /** Ends the fetch under way; what it stored stays. Another instance fetches from now on. Safe to call twice. */
    async stop() {
      await end()
      await together.stop()
    },
  }
}

/** What fetches while it leads, follows while another instance does, and takes the census in between. */
function createFetching(options: SyncOptions) {
  const { clock } = options
  const report = createSyncReport({ ...options, onChange: (status) => together.changed(status) })
  const parts = makeFetchParts(options, (progress, known) => report.progressed(progress, known))
  const keptLag = createKeptLag(parts.lag, options)
  const fetch = createFetch(options, parts, keptLag, report)
  const census = createCensus(parts, options)
  const loop = createPassLoop({ clock, pass, delayMs: report.delayMs })
  const hooks = createHookReading(parts, options, (signal) => createRefresh(parts, report, signal))
  const together: LeadOrFollow = new LeadOrFollow(options, {
    scopeName: parts.scopeName,
    report,
    onLead() {
      loop.start()
      hooks.start()
    },
    onFollow(isCutOff) {
      loop.rest(isCutOff ? givenAway() : undefined)
      void hooks.stop()
      parts.own.forget()
    },
    tryJira: (signal) => parts.identity.proveAgain(signal),
  })
  const reach = createReach(clock)
  let beganMs = 0

  async function pass(signal: AbortSignal): Promise<SyncResult> {
    beganMs = clock.now()
    const fromMs = elapsedMs(clock)
    try {
      const result = await fetch(signal)
      reach.answered()
      together.cutOff(false)
      together.bar(false)
      if (together.leads()) census.nudge(parts.siteMs())
      return result
    } catch (error) {
      if (needsItsPerson(error)) together.bar(true)
      if (isOfTheWay(error)) reach.missed(fromMs)
      else if (!isOfStore(error) && !isCancelled(error)) reach.answered()
      together.cutOff(reach.isLost())
      throw error
    }
  }

  /** Fetches at once where it leads and need not wait for the person; else it may lead by now. */
  function fetchWhereDue(): void {
    if (!together.leads()) together.look()
    else if (report.delayMs() !== null) loop.now().catch(() => {})
  }

  function wake(): void {
    const justBegan = Math.abs(clock.now() - beganMs) < JUST_BEGAN_MS
    if (report.status().state !== 'fetching' || !justBegan) fetchWhereDue()
  }

  const end = (): Promise<unknown> => Promise.all([loop.stop(), census.stop(), hooks.stop()])
  return { parts, report, keptLag, census, loop, together, fetchWhereDue, wake, end }
}

/** How often what webhooks bring is shown in the status, in real ms. */
const REFRESH_PACE = { burst: 1, everyMs: 2_000 }

/** Shows what there is now, between two fetches. A store that cannot be read is met by the next one. */
function createRefresh(parts: FetchParts, report: SyncReport, signal: AbortSignal): () => void {
  const refresh = async (): Promise<void> =>
    report.refreshed({ ...(await readStored(parts)), hooks: await parts.hookHealth.look() })
  return paced(() => refresh().catch(throwUnlessOfStore), REFRESH_PACE, signal)
}

async function readStored({ siteId, scope, scopeName, store }: FetchParts): Promise<StoredReport> {
  return {
    storedTickets: await store.ticketTotal(siteId, scope),
    known: [...(await store.knownSpans(siteId, scopeName))],
  }
}

/** Fetches with the lag that was measured before, and reports how it goes, what there is then, and how long it took. */
function createFetch(
  options: SyncOptions,
  parts: FetchParts,
  keptLag: ReturnType<typeof createKeptLag>,
  report: SyncReport,
) {
  const { metrics = NO_METRICS } = options
  const { identity, hookHealth } = parts
  const lease = createSyncLease('sync', options)
  const fetch = async (signal: AbortSignal): Promise<SyncResult> => {
    await keptLag.recall()
    if (report.status().lastSuccessMs === null) report.found(await readStored(parts))
    const result = await withLease(lease, signal, (leased) => fetchOnce(parts, leased))
    const hooks = await hookHealth.look()
    report.succeeded(result, { indexLagMs: shownLagMs(parts), hooks, ...(await readStored(parts)) })
    await keptLag.keep()
    return result
  }
  return async (signal: AbortSignal): Promise<SyncResult> => {
    const beganMs = performance.now()
    let outcome: 'done' | 'failed' | 'cancelled' = 'done'
    report.began()
    try {
      return await fetch(signal)
    } catch (error) {
      outcome = isCancelled(error) ? 'cancelled' : 'failed'
      // Whatever went wrong with Jira, who we are to it is no longer taken for granted.
      if (!isOfStore(error)) identity.forget()
      report.failed(error)
      throw error
    } finally {
      metrics.fetches.observe({ outcome }, (performance.now() - beganMs) / 1_000)
    }
  }
}

function throwUnlessOfStore(error: unknown): void {
  if (!isOfStore(error)) throw error
}

/** The lag that was measured, or how long a ticket of our own waits already where that is longer: an index may stand still. */
function shownLagMs({ lag, own, siteMs }: FetchParts): number | null {
  const waitsMs = siteMs() - (own.oldestUnseenMs() ?? siteMs())
  const lagMs = lag.lagMs()
  return waitsMs > Math.max(lagMs ?? 0, NOTABLE_WAIT_MS) ? waitsMs : lagMs
}

function givenAway(): AppError {
  return new AppError('cancelled', 'Another machine fetches now: this one did not reach Jira.', {
    consequence: 'What is stored stays.',
  })
}

function givenUp(): AppError {
  return new AppError('cancelled', 'The wait for the fetch was given up.', {
    consequence: 'What is stored stays.',
  })
}
