import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { SyncResult, SyncStatus } from '../../src-shared/contract/models.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock, SiteTime } from '../clock.ts'
import type { Jira } from '../jira/jira.ts'
import { withLease } from '../lease.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { followSiteClock } from './clock-skew.ts'
import { fetchChanges, type FetchParts } from './fetch.ts'
import { createIdentityProof } from './identity-proof.ts'
import { createOwnTickets } from './own-tickets.ts'
import { createPassLoop } from './pass-loop.ts'
import { createSyncLease } from './sync-lease.ts'
import { createSyncReport } from './sync-report.ts'

/** Keeps the store's tickets equal to what Jira's search shows. */
export interface Sync {
  /** Fetches at once and then every `intervalMs`; after a failure ever later, up to a minute. */
  start(): void
  /**
   * Fetches now, or right after the fetch under way. Also what lets fetching go on after it stopped for the person.
   * Throws the fetch's AppError, `busy` where another process does not let go of the site, or `cancelled` when the
   * signal ends the wait (the fetch goes on for others) or the sync was stopped.
   */
  now(signal?: AbortSignal): Promise<SyncResult>
  status(): SyncStatus
  /** Tells of a ticket that this process made, so that the next fetch shows it whatever the index does. Site epoch ms. */
  noteCreated(id: string, createdAtSiteMs: number): void
  /** Ends the fetch under way; what it stored stays. Safe to call twice. */
  stop(): Promise<void>
}

export interface SyncOptions {
  readonly siteId: string
  /** Null: every project that the account sees. */
  readonly projectKey: string | null
  readonly watched: readonly Priority[]
  readonly jira: Pick<Jira, 'identity' | 'search'>
  readonly store: Pick<Store, 'applyPage' | 'epoch' | 'syncState' | 'ticketTotal' | 'takeLease' | 'dropLease'>
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly hub: Pick<EventHub, 'publish'>
  /** Names this process in leases. */
  readonly owner: string
  /** Real milliseconds between two fetches. */
  readonly intervalMs: number
  /** Whether the site's time follows its `Date` header: for real sites; the sandbox tells its clock itself. */
  readonly adjustClock?: boolean
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
}

export function createSync(options: SyncOptions): Sync {
  const { siteId, projectKey, watched, jira, store, clock, siteTime, owner } = options
  const scope = { projectKey, priorityIds: watched.map((priority) => priority.id) }
  const report = createSyncReport(options)
  const identity = createIdentityProof(jira, clock)
  const own = createOwnTickets()
  const onSiteTime = (siteMs: number): void => {
    if (options.adjustClock === true) followSiteClock(siteTime, clock, siteMs)
  }
  const parts: FetchParts = { siteId, scope, jira, store, identity, own, onSiteTime }
  const lease = createSyncLease({ store, siteId, owner, clock })

  const loop = createPassLoop({ clock, pass, delayMs: () => report.delayMs() })

  async function pass(signal: AbortSignal): Promise<SyncResult> {
    report.began()
    try {
      const result = await withLease(lease, signal, (leased) => fetchChanges(parts, leased))
      const storedTickets = await store.ticketTotal(siteId, scope)
      report.succeeded(result, { indexLagMs: own.lagMs(), storedTickets })
      return result
    } catch (error) {
      // Whatever went wrong, who we are to Jira is no longer taken for granted.
      identity.forget()
      report.failed(error)
      throw error
    }
  }

  return {
    start() {
      report.runsByItself()
      loop.start()
    },
    now: (signal) => whileWanted(loop.now(), signal),
    status: () => report.status(),
    noteCreated: (id, createdAtSiteMs) => own.note(id, createdAtSiteMs),
    stop: () => loop.stop(),
  }
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
