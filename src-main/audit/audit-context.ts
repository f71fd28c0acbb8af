import type { Store } from '../store/store.ts'
import type { WatchScope } from '../sync/scope.ts'
import type { JiraSnapshot } from './jira-snapshot.ts'

/** What an audit works with. It changes nothing. */
export interface AuditContext {
  readonly siteId: string
  readonly store: AuditedStore
  /** What the chart counts. */
  readonly scope: WatchScope
  readonly snapshot: JiraSnapshot
  readonly signal: AbortSignal
}

export type AuditedStore = Pick<
  Store,
  | 'countedTickets'
  | 'counts'
  | 'lastRun'
  | 'run'
  | 'seq'
  | 'slots'
  | 'slotsOfTickets'
  | 'slotsPlanned'
  | 'ticketsAfter'
>
