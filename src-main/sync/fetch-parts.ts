import type { Jira } from '../jira/jira.ts'
import type { Store } from '../store/store.ts'
import type { RecentLookUps } from './doubts.ts'
import type { FirstSights } from './first-sights.ts'
import type { IdentityProof } from './identity-proof.ts'
import type { IndexLagMeter } from './index-lag.ts'
import type { OwnTickets } from './own-tickets.ts'
import type { WatchScope } from './scope.ts'
import type { SyncProgress } from './sync-report.ts'

/** What every part of the sync works with. */
export interface FetchParts {
  readonly siteId: string
  readonly scope: WatchScope
  /** The scope's name in the store. */
  readonly scopeName: string
  /** Its searches give only what was meant for us: `believed-jira.ts`. */
  readonly jira: Pick<Jira, 'search' | 'searchIds' | 'byIds' | 'projects' | 'approximateCount'>
  readonly store: SyncStore
  readonly identity: IdentityProof
  readonly own: OwnTickets
  readonly lag: IndexLagMeter
  readonly sights: FirstSights
  readonly lookUps: RecentLookUps
  /** Hears the site's clock (epoch ms) as each page comes in. */
  readonly onSiteTime: (siteMs: number) => void
  /** Hears how far a first fetch in pieces is. */
  readonly onProgress: (progress: SyncProgress) => void
}

export type SyncStore = Pick<
  Store,
  | 'applyPage'
  | 'clearMissing'
  | 'countedIds'
  | 'countedTickets'
  | 'createdCuts'
  | 'epoch'
  | 'firstFetch'
  | 'planFirstFetch'
  | 'setCensus'
  | 'markMissing'
  | 'syncState'
  | 'ticketTotal'
  | 'tickets'
>

/** One fetch, and the tables that it began with. */
export interface Fetching extends FetchParts {
  readonly epoch: number
}
