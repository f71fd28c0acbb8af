import type { MinuteChange } from '../../src-shared/contract/tickets.ts'
import type { RestoredStore, StoreStatus } from '../../src-shared/contract/store.ts'
import type { Buckets } from '../../src-shared/domain/series.ts'
import type { LeaveReason } from '../../src-shared/domain/ticket.ts'
import type { WireError } from '../../src-shared/errors/app-error.ts'
import { createDrillStore } from './alerts/drills.ts'
import { createAlertHistory } from './alerts/history.ts'
import { createAlertRules } from './alerts/rules.ts'
import { createAlertStates } from './alerts/states.ts'
import { createAccess, type AccessStore } from './access/access.ts'
import { createPages } from './pages/apply-page.ts'
import { createCensus } from './census.ts'
import { createCounts } from './counts.ts'
import { createHooks, type HookStore } from './hooks.ts'
import { createLeases, type LeaseStore } from './leases.ts'
import { createOldTickets } from './fields/old-tickets.ts'
import { createSplitCells } from './fields/split-cells.ts'
import type { GivenTicket } from './fields/stored-fields.ts'
import type { EngineLedger, LedgerStore } from './ledger/ledger.ts'
import { createMarks } from './marks.ts'
import { createKnownSpans } from './known-spans.ts'
import { createRetention } from './retention.ts'
import { createProgress, type ProgressStore } from './progress.ts'
import { createCleanUps } from './ledger/clean-ups.ts'
import { createRuns } from './ledger/runs.ts'
import { createPlanned, createSlots } from './ledger/slots.ts'
import { createOldUsualCounts } from './usual/old-usual-counts.ts'
import { createOutbox } from './alerts/outbox.ts'
import { createOutputs } from './alerts/outputs.ts'
import { createSavedViews } from './saved-views.ts'
import { createReceipts } from './receipts/receipts.ts'
import type { ReadFreshness, LongReads } from './long-reads.ts'
import type { Database } from './sql.ts'
import { createTickets } from './tickets.ts'
import { createUsualCounts } from './usual/usual-counts.ts'

/**
 * The port of both engines. Each method is one transaction; each commit that changes tickets raises the site's `seq`
 * by one under the site's write lock, so the order of `seq` is the order of commits. Times are epoch ms.
 *
 * Every method may throw an AppError: `store-unavailable`, `store-full`, `tables-missing` (the person dropped them),
 * `busy` (another process kept the write lock too long). After a throw nothing of that call is stored, except where
 * the connection was lost while a server committed: all writes may be given again as they were, to the same effect.
 */
export interface Store
  extends
    StoreConnection,
    TicketStore,
    ProgressStore,
    LeaseStore,
    LedgerStore,
    ViewStore,
    MarkStore,
    AlertStore,
    OutputStore,
    AccessStore,
    HookStore,
    ReceiptStore,
    RetentionStore {
  /** Makes the ticket tables where they are missing; false where they were there. */
  createTables(): Promise<boolean>
  /**
   * Drops tickets, counts and progress; never runs, slots, saved views, marks or alerts. False where they were already gone. What the guard throws is
   * thrown, and nothing is dropped.
   */
  dropTables(guard?: DropGuard): Promise<boolean>
}

/** Tickets, their counts, and what a fetch or a census writes of them. */
export type TicketStore = ReturnType<typeof createPages> &
  ReturnType<typeof createCounts> &
  ReturnType<typeof createSplitCells> &
  ReturnType<typeof createOldTickets> &
  ReturnType<typeof createOldUsualCounts> &
  ReturnType<typeof createTickets> &
  ReturnType<typeof createUsualCounts> &
  ReturnType<typeof createCensus>

type ReceiptStore = ReturnType<typeof createReceipts>
type RetentionStore = ReturnType<typeof createRetention>
export type ViewStore = ReturnType<typeof createSavedViews>
export type MarkStore = ReturnType<typeof createMarks>

export type AlertStore = ReturnType<typeof createAlertRules> &
  ReturnType<typeof createAlertStates> &
  ReturnType<typeof createAlertHistory> &
  ReturnType<typeof createDrillStore>

export type OutputStore = ReturnType<typeof createOutputs> & ReturnType<typeof createOutbox>

/** All that is said once for both engines, on the database of one. */
export function createMethods(db: Database, ledger: EngineLedger) {
  return {
    ...createPages(db),
    ...createCounts(db),
    ...createSplitCells(db),
    ...createOldTickets(db),
    ...createOldUsualCounts(db),
    ...createTickets(db),
    ...createUsualCounts(db),
    ...createCensus(db),
    ...createProgress(db),
    ...createRetention(db),
    ...createKnownSpans(db),
    ...createReceipts(db),
    ...createLeases(db),
    ...createHooks(db),
    ...createRuns(db),
    ...createSavedViews(db),
    ...createMarks(db),
    ...createAlertRules(db),
    ...createAlertStates(db),
    ...createAlertHistory(db),
    ...createDrillStore(db),
    ...createOutputs(db),
    ...createOutbox(db),
    ...createAccess(db),
    ...createSlots(db),
    ...createPlanned(db),
    ...createCleanUps(db),
    ...ledger,
  }
}

export interface StoreConnection {
  readonly kind: 'sqlite' | 'postgres'
  /** For the person: the file's name, or host and database. */
  readonly label: string
  /** Absent where no read replica is set: see `longReads`. */
  readonly longReads?: (freshness: ReadFreshness) => LongReads
  close(): Promise<void>
  /** Whether the store can be used now. A file always can, as far as this shows. */
  health(): StoreHealth
  /** Called at each change of `health`; returns what unsubscribes. */
  onHealth(listener: () => void): () => void
  /**
   * Called when something of these kinds was committed for a site, by this process or another, until the returned function
   * is called. Says not what, and may be called where nothing was: a file's watcher sees commits, not of their kind, and a
   * server's store calls it when it begins to be told of a site.
   */
  onCommit(siteId: string, kinds: readonly CommitKind[], listener: () => void): () => void
  /**
   * Another text once a write of this process has ended, and in a file once any has: what was read before may be old.
   * Asks no server. Throws as a read of a file that cannot be read.
   */
  version(): string
}

/**
 * `tickets`: tickets and their counts; `ledger`: runs and slots; `report`: what the instance that fetches publishes, and what it found of the Jira;
 * `views`: saved views; `marks`: marks; `alerts`: rules, how they stand, and their history; `outputs`: outputs of alerts and
 * what is sent to them; `access`: who may use the servers of the store, of no site; `hooks`: webhooks that came; `lease …`: the
 * lease of that name was let go of.
 */
export type CommitKind =
  | 'tickets'
  | 'ledger'
  | 'report'
  | 'views'
  | 'marks'
  | 'alerts'
  | 'outputs'
  | 'access'
  | 'hooks'
  | `lease ${string}`

/**
 * `sinceMs` is the machine's epoch ms; `failure` says what is wrong. `warning`: it works, but not for long, unless that
 * passes. `restored`: it is a backup of what it was, found out within the last day.
 */
export type StoreHealth =
  | { readonly state: 'up'; readonly warning?: StoreWarning; readonly restored?: RestoredStore }
  | { readonly state: 'down'; readonly sinceMs: number; readonly failure: WireError }

/** Its times are the machine's epoch ms. */
export type StoreWarning = NonNullable<StoreStatus['warning']>

/** Looks at who has the lease of a name at any site, run out or not, while it cannot be taken. */
export interface DropGuard {
  readonly lease: string
  readonly check: (holders: readonly LeaseHolder[]) => void
}

export interface LeaseHolder {
  readonly owner: string
  /** Milliseconds until it runs out; 0 or less where it has. */
  readonly expiresInMs: number
}

/** Where a stored ticket came from. Jira's own version takes the place of any other, and is never replaced by one. */
export type TicketSource = 'jira' | 'import' | 'sample'

/** Which tickets are counted: all projects where `projectKey` is null. */
export interface CountsScope {
  readonly projectKey: string | null
  readonly priorityIds: readonly string[]
}

export interface CountsQuery extends CountsScope, Buckets {
  readonly siteId: string
}

/** One page of a fetch, committed with the progress that it makes. */
export interface TicketPage {
  readonly siteId: string
  /** Which fetch this belongs to: project, watched field and its watched values. */
  readonly scope: string
  /** The site's clock (epoch ms) when it answered. */
  readonly seenAtMs: number
  readonly tickets: readonly GivenTicket[]
  /** `jira` where absent. */
  readonly source?: TicketSource
  /** The tickets were asked for by their ids, so they are as Jira has them now, past its search index. */
  readonly byId?: boolean
  readonly removals: readonly Removal[]
  /** The `epoch` that the fetch began in; where the tables have been replaced since, the page is refused (`busy`). */
  readonly epoch?: number
  /** The new watermark (site epoch ms): only with the last page, else null. It never goes back. */
  readonly watermarkMs: number | null
  /**
   * The progress of a piece of the first fetch, committed with the page: what is left of it begins at `nextFromMs`; null
   * where the piece is whole. With the last piece's end the plan's `watermarkMs` becomes the scope's watermark and the
   * plan is gone.
   */
  readonly piece?: PieceProgress
}

/**
 * Refused (`busy`) where the plan of that `watermarkMs` has no such piece any more: another plan took its place, or
 * another process ended the piece. What is left of a piece never grows.
 */
export interface PieceProgress {
  /** Names the plan: what was fetched for an older one is too old for a newer one's watermark. */
  readonly watermarkMs: number
  readonly toMs: number
  readonly nextFromMs: number | null
}

/** The span `[fromMs, toMs)` of creation times (site epoch ms) that one piece still has to fetch. `toMs` names the piece. */
export interface FetchPiece {
  readonly fromMs: number
  readonly toMs: number
}

export interface FirstFetchPlan {
  /** The site's clock when the plan was made: the watermark once every piece is whole. */
  readonly watermarkMs: number
  /** About how many tickets there are. */
  readonly total: number
  /** The `epoch` that it was planned in. */
  readonly epoch: number
  readonly pieces: readonly FetchPiece[]
}

export interface FirstFetch {
  readonly watermarkMs: number
  readonly total: number
  /** Those not yet whole, in order. */
  readonly pieces: readonly FetchPiece[]
}

export interface Removal {
  readonly id: string
  readonly reason: LeaveReason
  /** For `lowered` and `moved` the `updatedMs` of the version that shows it; else the site's clock when it was missed. */
  readonly atMs: number
  /**
   * The ticket as it is now, where Jira shows it: a lowered one with its new priority, a moved one with its new key. It is
   * what `removedTickets` lists from then on. Of one that has left already, a newer version is taken. One that counts under
   * this priority and project already goes on counting: it was stored by a fetch of another scope, which watches more.
   */
  readonly ticket?: GivenTicket
  /** With a `ticket` that is not Jira's, and may be stored only now: the project that it counted in when it left. */
  readonly projectKey?: string
}

export interface PageCommit {
  readonly seq: number
  /** Tickets that were not stored before, left or not. */
  readonly inserted: number
  /** Tickets that were stored, count, and have changed. */
  readonly updated: number
  /** Tickets that were stored, and left now or changed while they were away. */
  readonly left: number
  /** Of those, the ones that counted until now. */
  readonly removed: number
  /** Ids of tickets of the page that had left as `deleted` or `hidden` and are not believed back: see `applyPage`. */
  readonly doubtful: readonly string[]
  /** Ids of tickets that are new, left, or differ in more than the time of their last change. */
  readonly changed: readonly string[]
}

export interface SyncState {
  readonly watermarkMs: number
  /** When the last whole census ended (site epoch ms); null before the first. */
  readonly censusMs: number | null
}

export interface MinuteChanges {
  readonly seq: number
  readonly changes: readonly MinuteChange[] | null
}

export interface OutsideSpan {
  readonly before: number
  readonly after: number
  readonly lastBeforeMs: number | null
  readonly firstAfterMs: number | null
}

export interface TicketsQuery extends CountsScope {
  readonly siteId: string
  readonly fromMs: number
  readonly toMs: number
  readonly limit: number
  /** Only those behind this place in the order; from the first on where absent. */
  readonly after?: TicketPlace | undefined
}

/** By creation, or where tickets that left are listed, by leaving. */
export interface TicketPlace {
  readonly atMs: number
  readonly id: string
}
