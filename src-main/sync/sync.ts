import { hostname } from 'node:os'
import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { SyncResult, SyncStatus } from '../../src-shared/contract/tickets.ts'
import type { Priority, WatchedField } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Jira } from '../jira/jira.ts'
import { withLease, type LeaseStore } from '../leases/lease.ts'
import type { Log } from '../runtime/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Store } from '../store/store.ts'
import { createCensus, USUAL_PACE, type Census, type CensusPace } from './census.ts'
import { followDateHeader } from './clock-skew.ts'
import { fetchOnce } from './fetch.ts'
import { createKeptLag } from './index-lag.ts'
import { isOfStore, needsItsPerson } from './failure-policy.ts'
import { makeFetchParts, type FetchParts, type SyncStore } from './fetch-parts.ts'
import { startLeadOrFollow, type LeadOrFollow } from './leadership.ts'
import { createPassLoop, measureFetches } from './pass-loop.ts'
import { removeDeleted, type DeletedTicket } from './removed-tickets.ts'
import { createSyncLease } from './sync-lease.ts'
import { createSyncReport, type SyncReport } from './sync-report.ts'

export type Sync = ReturnType<typeof createSync>

export interface SyncOptions {
  readonly siteId: string
  /** Null: every project that the account sees. */
  readonly projectKey: string | null
  readonly watchedField: WatchedField
  /** The values of the field that are watched. */
  readonly watched: readonly Priority[]
  readonly jira: SyncJira
  readonly store: SyncStore & LeaseStore & Pick<Store, 'health' | 'onCommit' | 'setSyncReport' | 'syncReport'>
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly hub: Pick<EventHub, 'publish'>
  /** Names this process in leases. */
  readonly owner: string
  /** Names this machine to the persons whose instances follow; its own name where absent. */
  readonly host?: string
  /** Real milliseconds between two fetches. */
  readonly intervalMs: number
  /** Whether the site's time follows its `Date` header: for real sites; the sandbox tells its clock itself. */
  readonly adjustClock?: boolean
  /** How the census goes about; as usual where absent. */
  readonly census?: Partial<CensusPace>
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
  const { clock, siteTime, host = hostname() } = options
  const report = createSyncReport({ ...options, onChange: (status) => together?.changed(status) })
  let siteMs = 0
  const parts = makeFetchParts(options, {
    onProgress: (progress) => report.progressed(progress),
    onSiteTime(nextMs) {
      siteMs = nextMs
      if (options.adjustClock === true) followDateHeader(siteTime, clock, nextMs)
    },
  })
  const { identity, lag, own } = parts
  const keptLag = createKeptLag(lag, options)
  const lease = createSyncLease('sync', options)
  const census = createSyncCensus(options, parts)
  const measured = measureFetches(pass, options.metrics)
  const loop = createPassLoop({ clock, pass: measured, delayMs: () => report.delayMs() })
  /** Null before the start: then it fetches only when it is asked to. */
  let together: LeadOrFollow | null = null
  const leads = (): boolean => together?.leads() === true
  let barred = false
  let beganMs = 0

  async function pass(signal: AbortSignal): Promise<SyncResult> {
    beganMs = clock.now()
    report.began()
    try {
      const fetch = (): Promise<SyncResult> => withLease(lease, signal, (leased) => fetchOnce(parts, leased))
      const result = await fetchAndReport(fetch, { parts, keptLag, report, siteMs: () => siteMs })
      bar(false)
      if (leads()) census.nudge(siteMs)
      return result
    } catch (error) {
      // Whatever went wrong with Jira, who we are to it is no longer taken for granted.
      if (!isOfStore(error)) identity.forget()
      report.failed(error)
      if (needsItsPerson(error)) bar(true)
      throw error
    }
  }

  /** Whether its person has to act before it can fetch by itself: another instance may do so for all meanwhile. */
  function bar(next: boolean): void {
    if (next === barred) return
    barred = next
    if (barred) together?.stepDown()
    else together?.look()
  }

  /** Fetches at once where it leads and need not wait for the person; else it may lead by now. */
  function fetchWhereDue(): void {
    if (!leads()) together?.look()
    else if (report.delayMs() !== null) loop.now().catch(() => {})
  }

  return {
    /**
     * Fetches at once and then every `intervalMs`, after a failure of Jira ever later, up to a minute: where no other
     * instance does so already for all who share the store and watch the same. Else this one follows what that one tells,
     * and takes over within ten seconds of its death.
     */
    start() {
      together ??= startLeadOrFollow({
        ...options,
        host,
        scopeName: parts.scopeName,
        report,
        mayLead: () => !barred,
        onLead: () => loop.start(),
        onFollow() {
          loop.rest()
          own.forget()
        },
      })
    },
    /** The machine woke up or is online again: fetches now where it leads, unless fetching waits for the person. */
    wake() {
      const justBegan = Math.abs(clock.now() - beganMs) < JUST_BEGAN_MS
      if (report.status().state !== 'fetching' || !justBegan) fetchWhereDue()
    },
    /** The store can be reached again: what it kept from being fetched is fetched now. */
    storeBack: fetchWhereDue,
    /**
     * Fetches now, or right after the fetch under way, whoever else does. Also what lets fetching go on after it stopped
     * for the person. Throws the fetch's AppError, `busy` where another process does not let go of the site, or
     * `cancelled` when the signal ends the wait (the fetch goes on for others) or the sync was stopped.
     */
    now: (signal?: AbortSignal): Promise<SyncResult> => whileWanted(loop.now(), signal),
    /** Goes through all tickets by their ids at once, which otherwise happens little by little. Throws as `now` does. */
    census: async (signal: AbortSignal = new AbortController().signal) => void (await census.round(signal)),
    /**
     * The same, where it is due: for whoever fetches once and ends, since by itself it is taken only after `start`. Where
     * it fails, that is logged, and the next one makes up for it. How many tickets were removed.
     */
    censusIfDue: (signal: AbortSignal): Promise<number> =>
      census.roundIfDue(siteMs, signal).catch((error: unknown) => {
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
    /** Tells of a ticket that this process made, so that its next fetch shows it whatever the index does. Site epoch ms. */
    noteCreated(id: string, createdAtSiteMs: number) {
      if (together === null || leads()) own.note(id, createdAtSiteMs)
    },
    /**
     * Tickets were deleted by this process: those that count leave the store and the chart at once, whoever fetches. Any
     * number of them. Throws as the store does, but not where the tables were dropped: nothing is shown then. Site epoch ms.
     */
    async noteDeleted(deleted: readonly DeletedTicket[], atSiteMs: number) {
      own.gone(deleted.map(({ id }) => id))
      await removeDeleted(parts, deleted, atSiteMs)
    },
    /** Ends the fetch under way; what it stored stays. Another instance fetches from now on. Safe to call twice. */
    async stop() {
      await Promise.all([loop.stop(), census.stop()])
      await together?.stop()
    },
  }
}

function createSyncCensus(options: SyncOptions, parts: FetchParts): Census {
  return createCensus({
    ...options,
    parts,
    pace: { ...USUAL_PACE, ...options.census },
    lease: createSyncLease('census', options),
    onDoubt: () => parts.identity.forget(),
  })
}

/** Fetches with the lag that was measured before, and reports what there is then. */
async function fetchAndReport(
  fetch: () => Promise<SyncResult>,
  {
    parts,
    keptLag,
    report,
    siteMs,
  }: {
    readonly parts: FetchParts
    readonly keptLag: ReturnType<typeof createKeptLag>
    readonly report: SyncReport
    readonly siteMs: () => number
  },
): Promise<SyncResult> {
  const { siteId, scope, store } = parts
  await keptLag.recall()
  if (report.status().lastSuccessMs === null) report.found(await store.ticketTotal(siteId, scope))
  const result = await fetch()
  const storedTickets = await store.ticketTotal(siteId, scope)
  report.succeeded(result, { indexLagMs: shownLagMs(parts, siteMs()), storedTickets })
  await keptLag.keep()
  return result
}

function throwUnlessOfStore(error: unknown): void {
  if (!isOfStore(error)) throw error
}

/** The lag that was measured, or how long a ticket of our own waits already where that is longer: an index may stand still. */
function shownLagMs({ lag, own }: Pick<FetchParts, 'lag' | 'own'>, siteMs: number): number | null {
  const waitsMs = siteMs - (own.oldestUnseenMs() ?? siteMs)
  const lagMs = lag.lagMs()
  return waitsMs > Math.max(lagMs ?? 0, NOTABLE_WAIT_MS) ? waitsMs : lagMs
}

/** Waits for the result unless the signal ends the wait; what is waited for goes on. */
function whileWanted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result
  return new Promise((resolve, reject) => {
    const leave = (): void =>
      reject(new AppError('cancelled', 'The wait for the fetch was given up. What is stored stays.'))
    if (signal.aborted) leave()
    signal.addEventListener('abort', leave, { once: true })
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
  })
}
