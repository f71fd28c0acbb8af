import type { SyncStatus } from '../../src-shared/contract/models.ts'
import { followSiteClock } from './clock-skew.ts'
import { startHearing } from './hear-leader.ts'
import { createLeadership } from './leader.ts'
import { createLeadLease } from './sync-lease.ts'
import type { SyncReport } from './sync-report.ts'
import type { SyncOptions } from './sync.ts'
import { startTelling, type Telling } from './tell-followers.ts'

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

export function startLeadingOrFollowing(parts: LeadOrFollowParts): LeadOrFollow {
  const { scopeName, owner, host, clock, siteTime, report, log } = parts
  let telling: Telling | null = null

  const hearing = startHearing({
    ...parts,
    onReport(heard, isFresh) {
      report.heard(heard.status)
      if (isFresh && parts.adjustClock === true) followSiteClock(siteTime, clock, heard.siteMs)
    },
    onHeard: () => leadership.look(),
    onTrouble: (error) => report.unheard(error),
  })
  const leadership = createLeadership({
    lease: createLeadLease(scopeName, parts),
    clock,
    mayLead: parts.mayLead,
    onLead() {
      log.info({ scopeName }, 'this instance fetches for all who share the store')
      hearing.listenTo(null)
      report.byItself(true)
      telling = startTelling({ ...parts, reporter: { owner, host } }, report.status())
      parts.onLead()
    },
    onFollow(leader) {
      if (telling !== null) stopLeading()
      hearing.listenTo(leader)
      if (leader === null) report.heard(null)
    },
    onTrouble: (error) => report.unheard(error),
  })

  function stopLeading(): void {
    log.info({ scopeName }, 'this instance does not fetch by itself any more')
    telling?.stop()
    telling = null
    report.byItself(false)
    parts.onFollow()
  }

  leadership.start()
  return {
    leads: () => leadership.leads(),
    changed: (status) => telling?.changed(status),
    look() {
      leadership.look()
      hearing.hear()
    },
    stepDown: () => leadership.stepDown(),
    async stop() {
      hearing.stop()
      await leadership.stop()
      telling?.stop()
    },
  }
}
