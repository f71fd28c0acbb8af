import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { outlive, type Lease } from '../leases/lease.ts'
import { followSiteClock } from './fetch-parts.ts'
import { createTries, isOfTheWay } from './hand-over.ts'
import { createSyncLease, heirLease, leadLease } from './sync-lease.ts'
import {
  followReports,
  startReporting,
  type ReceivedReport,
  type Reporting,
  type ReportSubscription,
} from './shared-report.ts'
import type { SyncReport } from './sync-report.ts'
import type { SyncOptions } from './sync.ts'
import { sleep, untilAborted } from '../runtime/async.ts'

interface LeadOrFollowParts {
  readonly scopeName: string
  readonly report: SyncReport
  readonly onLead: () => void
  /** `isCutOff`: because this machine does not reach Jira, and the one that leads now does. */
  readonly onFollow: (isCutOff: boolean) => void
  /** Asks Jira, whichever way is the cheapest. Throws where it is not reached. */
  readonly tryJira: (signal: AbortSignal) => Promise<unknown>
}

/** One that leads and does not reach Jira, by its own report. */
interface CutOffLeader extends Pick<ReceivedReport, 'owner'> {
  readonly host: string | null
  readonly sinceMs: number
}

/** The store is away, or no instance leads and this one may not. */
const TRY_AGAIN_MS = 5_000

/** While another one that follows tries whether it reaches Jira. */
const LOOK_AGAIN_MS = 2_000

/** Jira gets so long (real ms) to answer one that tries whether it is reached. */
const TRY_MS = 15_000

/** Who could not reach Jira lets the others go first (real ms) where the lead is free. */
const AFTER_YOU_MS = 2_000

/** Where another one was faster, or the lease runs out this very moment. */
const MIN_WAIT_MS = 100

/**
 * Fetching by itself, by one of the instances that share a store and watch the same: the one that holds the lease, for as
 * long as it lives. The others follow what it publishes. They sleep until its lease would run out, and find it renewed; so
 * the next one takes over as soon as it was not renewed in time, or at once where it was let go of or its process is gone
 * from this machine. From a leader that does not reach Jira, and says so, one that was just answered by Jira takes the lead;
 * where none is, it stays where it was.
 */
export class LeadOrFollow {
  readonly #options: SyncOptions
  readonly #parts: LeadOrFollowParts
  readonly #lease: Lease
  /** See `heirLease`. */
  readonly #heir: Lease
  readonly #tries: ReturnType<typeof createTries>
  readonly #stopping = new AbortController()
  /** Null before the start: then it neither leads nor follows. */
  #subscription: ReportSubscription | null = null
  #running: Promise<void> | null = null
  #asked = new AbortController()
  /** While it leads: ends that. */
  #term: AbortController | null = null
  #reporting: Reporting | null = null
  #barred = false
  #isCutOff = false
  #cutOffLeader: CutOffLeader | null = null

  constructor(options: SyncOptions, parts: LeadOrFollowParts) {
    this.#options = options
    this.#parts = parts
    this.#lease = createSyncLease(leadLease(parts.scopeName), options)
    this.#heir = createSyncLease(heirLease(parts.scopeName), options)
    this.#tries = createTries(options.clock)
    this.#barred = options.mayLead === false
  }

  /** Idempotent. */
  start(): void {
    if (this.#subscription !== null) return
    const { clock, siteTime, adjustClock } = this.#options
    const { scopeName, report } = this.#parts
    this.#subscription = followReports(this.#options, scopeName, {
      onReport: (received, isFresh) => {
        report.received(received.status)
        this.#heard(received)
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
    if (next === this.#barred || this.#options.mayLead === false) return
    this.#barred = next
    if (next) this.#term?.abort()
    else this.look()
  }

  /** Whether this machine reaches Jira: while it does not, one that does may take the lead from it. */
  cutOff(next: boolean) {
    this.#isCutOff = next
    this.#reporting?.cutOff(next)
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
      const owner = holder?.owner ?? null
      if (owner !== null && owner === this.#cutOffLeader?.owner && !this.#barred)
        return await this.#inherit(this.#cutOffLeader, holder?.expiresInMs ?? 0)
      if (holder === null && !this.#barred) {
        if (this.#isCutOff && (await this.#anotherTakesIt())) return { ms: 0, owner: null }
        const mine = new AbortController()
        if (!(await this.#lease.tryTake((error) => mine.abort(error))))
          return { ms: MIN_WAIT_MS, owner: null }
        await this.#lead(mine)
        return { ms: 0, owner: null }
      }
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
    this.#cutOffLeader = null
    log.info({ scopeName }, 'this instance fetches for all who share the store')
    this.#subscription?.follow(null)
    report.byItself(true)
    this.#reporting = startReporting(this.#options, scopeName, report.status())
    this.#reporting.cutOff(this.#isCutOff)
    onLead()
    await untilAborted(AbortSignal.any([mine.signal, this.#stopping.signal]))
    this.#term = null
    log.info({ scopeName }, 'this instance does not fetch by itself any more')
    this.#reporting.stop()
    this.#reporting = null
    report.byItself(false)
    const isCutOff = this.#isCutOff && this.#lease.lost()
    if (isCutOff) report.cutOff()
    onFollow(isCutOff)
    this.#follow(null)
    // Undropped it runs out by itself; where another has it already, that one's stays.
    await this.#lease.drop().catch(() => {})
  }

  #heard({ owner, isCutOff, status: { by, failure } }: ReceivedReport): void {
    const was = this.#cutOffLeader
    const isNew = was?.owner !== owner
    this.#cutOffLeader = isCutOff && failure !== null ? { owner, host: by, sinceMs: failure.sinceMs } : null
    if (was !== null && (isNew || !isCutOff)) this.#tries.forget()
    if (isNew && isCutOff) this.#asked.abort()
  }

  /** Takes the lead from one that does not reach Jira, where this one does: then leads. Else returns how long to wait for whom. */
  async #inherit(
    from: CutOffLeader,
    expiresInMs: number,
  ): Promise<{ readonly ms: number; readonly owner: string | null }> {
    const { owner } = from
    const inMs = (ms: number) => ({ ms: Math.max(Math.min(ms, expiresInMs), MIN_WAIT_MS), owner })
    const waitMs = this.#tries.waitMs()
    if (waitMs > 0) return inMs(waitMs)
    if (!(await this.#heir.tryTake(() => {}))) return inMs(LOOK_AGAIN_MS)
    const mine = new AbortController()
    try {
      if (!(await this.#reaches())) return inMs(this.#tries.waitMs())
      if (!(await this.#lease.tryTake((error) => mine.abort(error), owner))) return { ms: 0, owner: null }
    } finally {
      await this.#heir.drop().catch(() => {})
    }
    this.#options.log.info(
      { from: from.host },
      'this instance takes the lead from one that does not reach Jira',
    )
    this.#options.onTookLead?.(from)
    await this.#lead(mine)
    return { ms: 0, owner: null }
  }

  async #reaches(): Promise<boolean> {
    try {
      await this.#parts.tryJira(AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TRY_MS)]))
      return true
    } catch (err) {
      this.#tries.failed()
      const why = isOfTheWay(err) ? 'nor does this one reach Jira' : 'this one cannot take the lead either'
      if (!this.#stopping.signal.aborted) this.#options.log.info({ err }, why)
      return false
    }
  }

  /** Whether another one takes the free lead, where it is let go first. */
  async #anotherTakesIt(): Promise<boolean> {
    await sleep(AFTER_YOU_MS, this.#stopping.signal, this.#options.clock)
    return this.#stopping.signal.aborted || (await this.#lease.otherHolder()) !== null
  }

  /** Follows who leads, as the lease names it; null where none is known to. */
  #follow(owner: string | null): void {
    if (owner !== this.#cutOffLeader?.owner) this.#cutOffLeader = null
    this.#subscription?.follow(owner)
    if (owner === null) this.#parts.report.received(null)
  }
}
