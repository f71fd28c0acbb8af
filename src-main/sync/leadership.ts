import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { isGone } from '../leases/lease-owner.ts'
import type { Lease } from '../leases/lease.ts'
import type { Clock } from '../runtime/clock.ts'
import { followSiteClock } from './fetch-parts.ts'
import { createSyncLease, leadLease } from './sync-lease.ts'
import { followReports, startReporting, type Reporting, type ReportSubscription } from './shared-report.ts'
import type { SyncReport } from './sync-report.ts'
import type { SyncOptions } from './sync.ts'
import { sleep, untilAborted } from '../runtime/async.ts'

export type LeadOrFollow = ReturnType<typeof createLeadOrFollow>

interface LeadOrFollowParts {
  readonly scopeName: string
  readonly report: SyncReport
  readonly onLead: () => void
  readonly onFollow: () => void
}

/** A follower looks so often whether the leader's process is gone from this machine: without asking the store. */
const LOOK_FOR_DEATH_MS = 1_000

/** The store is away, or no instance leads and this one may not. */
const TRY_AGAIN_MS = 5_000

/** Where another one was faster, or the lease runs out this very moment. */
const MIN_WAIT_MS = 100

/** Fetching by itself, by one of the instances that share a store and watch the same: the others follow what it publishes. */
export function createLeadOrFollow(options: SyncOptions, parts: LeadOrFollowParts) {
  const { clock, siteTime, log } = options
  const { scopeName, report } = parts
  let reporting: Reporting | null = null
  /** Null before the start: then it neither leads nor follows. */
  let subscription: ReportSubscription | null = null
  let barred = false

  const leadership = createLeadership({
    lease: createSyncLease(leadLease(scopeName), options),
    clock,
    mayLead: () => !barred,
    onLead() {
      log.info({ scopeName }, 'this instance fetches for all who share the store')
      subscription?.follow(null)
      report.byItself(true)
      reporting = startReporting(options, scopeName, report.status())
      parts.onLead()
    },
    onFollow(leader) {
      if (reporting !== null) stopLeading()
      subscription?.follow(leader)
      if (leader === null) report.received(null)
    },
    onTrouble: (error) => report.unreadable(error),
  })

  function stopLeading(): void {
    log.info({ scopeName }, 'this instance does not fetch by itself any more')
    reporting?.stop()
    reporting = null
    report.byItself(false)
    parts.onFollow()
  }

  function look(): void {
    leadership.look()
    subscription?.read()
  }

  return {
    /** Idempotent. */
    start() {
      if (subscription !== null) return
      subscription = followReports(options, scopeName, {
        onReport(received, isFresh) {
          report.received(received.status)
          if (isFresh && options.adjustClock === true) followSiteClock(siteTime, clock, received.siteMs)
        },
        onCommitted: () => leadership.look(),
        onTrouble: (error) => report.unreadable(error),
      })
      leadership.start()
    },
    leads: (): boolean => leadership.leads(),
    /** Whether another one may lead: it was started, and does not lead. */
    follows: (): boolean => subscription !== null && !leadership.leads(),
    /** Publishes a change of the fetching here to the followers. */
    changed: (status: SyncStatus) => reporting?.changed(status),
    /** What hindered it may be gone: looks at once who leads. */
    look,
    /** Whether its person has to act before it can fetch by itself: another instance may do so for all meanwhile. */
    bar(next: boolean) {
      if (next === barred) return
      barred = next
      if (barred) leadership.stepDown()
      else look()
    },
    /** Safe to call twice. */
    async stop() {
      subscription?.stop()
      await leadership.stop()
      reporting?.stop()
    },
  }
}

interface LeadershipParts {
  readonly lease: Lease
  readonly clock: Clock
  /** Whether this instance may lead at all: not while it cannot fetch. */
  readonly mayLead: () => boolean
  readonly onLead: () => void
  /** It does not lead; `owner` is who does, as the lease names it, null where none is known to. */
  readonly onFollow: (owner: string | null) => void
  /** The store did not answer. */
  readonly onTrouble: (error: unknown) => void
}

/**
 * Elects one among the instances that share a store: the one that holds the lease, for as long as it lives. The others
 * sleep until it would run out, and find it renewed; so the next one takes over as soon as it was not renewed in time,
 * or at once where it was let go of or its process is gone from this machine.
 */
function createLeadership(parts: LeadershipParts) {
  const { lease, clock, mayLead, onLead, onFollow, onTrouble } = parts
  const stopping = new AbortController()
  let term: AbortController | null = null
  let asked = new AbortController()
  let running: Promise<void> | null = null

  async function stand(): Promise<void> {
    while (!stopping.signal.aborted) {
      // What is asked for from now on is asked of the next turn.
      asked = new AbortController()
      const { ms, owner } = await turn()
      await rest(ms, owner)
    }
  }

  /** Leads as long as it can, or returns how long to wait for whom. */
  async function turn(): Promise<{ readonly ms: number; readonly owner: string | null }> {
    try {
      const holder = await lease.otherHolder()
      if (holder === null && mayLead()) {
        const mine = new AbortController()
        if (!(await lease.tryTake((error) => mine.abort(error)))) return { ms: MIN_WAIT_MS, owner: null }
        await lead(mine)
        return { ms: 0, owner: null }
      }
      onFollow(holder?.owner ?? null)
      const freeInMs = holder?.expiresInMs ?? TRY_AGAIN_MS
      return { ms: Math.max(freeInMs, MIN_WAIT_MS), owner: holder?.owner ?? null }
    } catch (error) {
      if (!stopping.signal.aborted) onTrouble(error)
      return { ms: TRY_AGAIN_MS, owner: null }
    }
  }

  async function lead(mine: AbortController): Promise<void> {
    term = mine
    onLead()
    await untilAborted(AbortSignal.any([mine.signal, stopping.signal]))
    term = null
    onFollow(null)
    // Undropped it runs out by itself; where another has it already, that one's stays.
    await lease.drop().catch(() => {})
  }

  async function rest(ms: number, owner: string | null): Promise<void> {
    const either = AbortSignal.any([stopping.signal, asked.signal])
    // Bit by bit, and not until a time: the machine's clock may be set meanwhile.
    for (let left = ms; left > 0 && !either.aborted; left -= LOOK_FOR_DEATH_MS) {
      if (owner !== null && isGone(owner)) return
      await sleep(Math.min(left, LOOK_FOR_DEATH_MS), either, clock)
    }
  }

  return {
    start: () => void (running ??= stand()),
    leads: (): boolean => term !== null,
    /** Something may have changed: looks at once whether it leads. */
    look: () => asked.abort(),
    /** Lets another one lead, and looks on. */
    stepDown: () => term?.abort(),
    /** Lets go of the lease. Safe to call twice. */
    async stop() {
      stopping.abort()
      await running
    },
  }
}
