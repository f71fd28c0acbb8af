import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { outlive, type Lease } from '../leases/lease.ts'
import { followSiteClock } from './fetch-parts.ts'
import { createSyncLease, leadLease } from './sync-lease.ts'
import { followReports, startReporting, type Reporting, type ReportSubscription } from './shared-report.ts'
import type { SyncReport } from './sync-report.ts'
import type { SyncOptions } from './sync.ts'
import { untilAborted } from '../runtime/async.ts'

interface LeadOrFollowParts {
  readonly scopeName: string
  readonly report: SyncReport
  readonly onLead: () => void
  readonly onFollow: () => void
}

/** The store is away, or no instance leads and this one may not. */
const TRY_AGAIN_MS = 5_000

/** Where another one was faster, or the lease runs out this very moment. */
const MIN_WAIT_MS = 100

/**
 * Fetching by itself, by one of the instances that share a store and watch the same: the one that holds the lease, for as
 * long as it lives. The others follow what it publishes. They sleep until its lease would run out, and find it renewed; so
 * the next one takes over as soon as it was not renewed in time, or at once where it was let go of or its process is gone
 * from this machine.
 */
export class LeadOrFollow {
  readonly #options: SyncOptions
  readonly #parts: LeadOrFollowParts
  readonly #lease: Lease
  readonly #stopping = new AbortController()
  /** Null before the start: then it neither leads nor follows. */
  #subscription: ReportSubscription | null = null
  #running: Promise<void> | null = null
  #asked = new AbortController()
  /** While it leads: ends that. */
  #term: AbortController | null = null
  #reporting: Reporting | null = null
  #barred = false

  constructor(options: SyncOptions, parts: LeadOrFollowParts) {
    this.#options = options
    this.#parts = parts
    this.#lease = createSyncLease(leadLease(parts.scopeName), options)
  }

  /** Idempotent. */
  start(): void {
    if (this.#subscription !== null) return
    const { clock, siteTime, adjustClock } = this.#options
    const { scopeName, report } = this.#parts
    this.#subscription = followReports(this.#options, scopeName, {
      onReport(received, isFresh) {
        report.received(received.status)
        if (isFresh && adjustClock === true) followSiteClock(siteTime, clock, received.siteMs)
      },
      onCommitted: () => this.#asked.abort(),
      onTrouble: (error) => report.unreadable(error),
    })
    this.#running = this.#stand()
  }

  leads(): boolean {
    return this.#term !== null
  }

  /** Whether another one may lead: it was started, and does not lead. */
  follows(): boolean {
    return this.#subscription !== null && !this.leads()
  }

  /** Publishes a change of the fetching here to the followers. */
  changed(status: SyncStatus): void {
    this.#reporting?.changed(status)
  }

  /** What hindered it may be gone: looks at once who leads. */
  look(): void {
    this.#asked.abort()
    this.#subscription?.read()
  }

  /** Whether its person has to act before it can fetch by itself: another instance may do so for all meanwhile. */
  bar(next: boolean): void {
    if (next === this.#barred) return
    this.#barred = next
    if (next) this.#term?.abort()
    else this.look()
  }

  /** Lets go of the lease. Safe to call twice. */
  async stop(): Promise<void> {
    this.#subscription?.stop()
    this.#stopping.abort()
    await this.#running
  }

  async #stand(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      // What is asked for from now on is asked of the next turn.
      this.#asked = new AbortController()
      const { ms, owner } = await this.#turn()
      const either = AbortSignal.any([this.#stopping.signal, this.#asked.signal])
      await outlive({ ms, owner }, either, this.#options.clock)
    }
  }

  /** Leads as long as it can, or returns how long to wait for whom. */
  async #turn(): Promise<{ readonly ms: number; readonly owner: string | null }> {
    try {
      const holder = await this.#lease.otherHolder()
      if (holder === null && !this.#barred) {
        const mine = new AbortController()
        if (!(await this.#lease.tryTake((error) => mine.abort(error))))
          return { ms: MIN_WAIT_MS, owner: null }
        await this.#lead(mine)
        return { ms: 0, owner: null }
      }
      const owner = holder?.owner ?? null
      this.#follow(owner)
      return { ms: Math.max(holder?.expiresInMs ?? TRY_AGAIN_MS, MIN_WAIT_MS), owner }
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#parts.report.unreadable(error)
      return { ms: TRY_AGAIN_MS, owner: null }
    }
  }

  async #lead(mine: AbortController): Promise<void> {
    const { log } = this.#options
    const { scopeName, report, onLead, onFollow } = this.#parts
    this.#term = mine
    log.info({ scopeName }, 'this instance fetches for all who share the store')
    this.#subscription?.follow(null)
    report.byItself(true)
    this.#reporting = startReporting(this.#options, scopeName, report.status())
    onLead()
    await untilAborted(AbortSignal.any([mine.signal, this.#stopping.signal]))
    this.#term = null
    log.info({ scopeName }, 'this instance does not fetch by itself any more')
    this.#reporting.stop()
    this.#reporting = null
    report.byItself(false)
    onFollow()
    this.#follow(null)
    // Undropped it runs out by itself; where another has it already, that one's stays.
    await this.#lease.drop().catch(() => {})
  }

  /** Follows who leads, as the lease names it; null where none is known to. */
  #follow(owner: string | null): void {
    this.#subscription?.follow(owner)
    if (owner === null) this.#parts.report.received(null)
  }
}
