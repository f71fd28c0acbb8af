import type { SyncStatus } from '../../src-shared/contract/models.ts'
import { followSiteClock } from './clock-skew.ts'
import { followReports } from './hear-leader.ts'
import { createLeadership } from './leader.ts'
import { createLeadLease } from './sync-lease.ts'
import type { SyncReport } from './sync-report.ts'
import type { SyncOptions } from './sync.ts'
import { startReporting, type Reporting } from './tell-followers.ts'

/** Fetching by itself, by one of the instances that share a store and watch the same: the others follow what it tells. */
export interface LeadOrFollow {
  leads(): boolean
  /** The fetching here has changed: whoever follows is told. */
  changed(status: SyncStatus): void
  /** What hindered it may be gone: looks at once who leads. */
  look(): void
  /** This instance cannot fetch until its person acts: another one may. */
  stepDown(): void
  /** Safe to call twice. */
  stop(): Promise<void>
}

interface LeadOrFollowParts extends Pick<
  SyncOptions,
  'store' | 'siteId' | 'owner' | 'clock' | 'siteTime' | 'adjustClock' | 'log'
> {
  readonly scopeName: string
  /** The machine's name, for the persons who follow. */
  readonly host: string
  readonly report: SyncReport
  readonly mayLead: () => boolean
  readonly onLead: () => void
  readonly onFollow: () => void
}

export function startLeadOrFollow(parts: LeadOrFollowParts): LeadOrFollow {
  const { scopeName, owner, host, clock, siteTime, report, log } = parts
  let reporting: Reporting | null = null

  const subscription = followReports({
    ...parts,
    onReport(received, isFresh) {
      report.received(received.status)
      if (isFresh && parts.adjustClock === true) followSiteClock(siteTime, clock, received.siteMs)
    },
    onCommitted: () => leadership.look(),
    onTrouble: (error) => report.unreadable(error),
  })
  const leadership = createLeadership({
    lease: createLeadLease(scopeName, parts),
    clock,
    mayLead: parts.mayLead,
    onLead() {
      log.info({ scopeName }, 'this instance fetches for all who share the store')
      subscription.follow(null)
      report.byItself(true)
      reporting = startReporting({ ...parts, reporter: { owner, host } }, report.status())
      parts.onLead()
    },
    onFollow(leader) {
      if (reporting !== null) stopLeading()
      subscription.follow(leader)
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

  leadership.start()
  return {
    leads: () => leadership.leads(),
    changed: (status) => reporting?.changed(status),
    look() {
      leadership.look()
      subscription.read()
    },
    stepDown: () => leadership.stepDown(),
    async stop() {
      subscription.stop()
      await leadership.stop()
      reporting?.stop()
    },
  }
}
