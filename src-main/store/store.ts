import type { MinuteChange } from '../../src-shared/contract/tickets.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import type { MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../src-shared/domain/series.ts'
import type { LeaveReason, LeftTicket, Ticket } from '../../src-shared/domain/ticket.ts'
import type { WireError } from '../../src-shared/errors/app-error.ts'
import type { LedgerStore } from './ledger.ts'
import type { ExportedTicket, TicketsAfter } from './stored-ticket.ts'

/**
 * The port of both engines. Each method is one transaction; each commit that changes tickets raises the site's `seq`
 * by one under the site's write lock, so the order of `seq` is the order of commits. Times are epoch ms.
 *
 * Every method may throw an AppError: `store-unavailable`, `store-full`, `tables-missing` (the person dropped them),
 * `busy` (another process kept the write lock too long). After a throw nothing of that call is stored, except where
 * the connection was lost while a server committed: all writes may be given again as they were, to the same effect.
 */
export interface Store extends LedgerStore {
  readonly kind: 'sqlite' | 'postgres'
  /** For the person: the file's name, or host and database. */
  readonly label: string
  close(): Promise<void>

  /** Whether the store can be used now. A file always can, as far as this shows. */
  health(): StoreHealth
  /** Called at each change of `health`; returns what unsubscribes. */
  onHealth(listener: () => void): () => void

  // tickets and counts
  /**
   * Stores a page. Of two versions of a ticket the one with the larger `updatedMs` stays. Where nothing differs from what
   * is stored, `seq` does not move. Pages of more than 500 tickets are committed in parts; the removals, the watermark and
   * the piece's progress go with the last. A ticket of any page is missed no more.
   *
   * A ticket that had left counts again when a page shows a version of it that is not older than its leaving. One that
   * was `deleted` or `hidden` may come back just as it was, when a permission returns; but an index that lags may also
   * go on showing it. So it comes back unchanged only from a page read `byId`, seen no earlier than it left. Other pages
   * that show it change nothing and name it in `doubtful`, for the caller to read by id.
   */
  applyPage(page: TicketPage): Promise<PageCommit>
  /** The site's present sequence number; 0 before its first commit and the first dropping of tables. Works without ticket tables, too. */
  seq(siteId: string): Promise<number>
  /** Notes that a census came to its end. It never goes back; without a watermark nothing is noted. */
  setCensus(siteId: string, scope: string, atMs: number): Promise<void>
  syncState(siteId: string, scope: string): Promise<SyncState | null>
  /** Changes whenever the ticket tables are dropped or made anew: what was begun before belongs to other tables. */
  epoch(siteId: string): Promise<number>
  counts(query: CountsQuery): Promise<{ seq: number; rows: PriorityCount[] }>
  /**
   * The minutes changed after `seq`, with their present counts. `changes` is null where they are more than `limit`
   * (one a minute and priority), and where the tables were dropped or made anew since: all may be different then.
   */
  changesSince(siteId: string, seq: number, scope: CountsScope, limit: number): Promise<MinuteChanges>
  outside(siteId: string, span: MinuteSpan, scope: CountsScope): Promise<OutsideSpan>
  /** Counted tickets created in `[fromMs, toMs)`, newest first. */
  tickets(query: TicketsQuery): Promise<Ticket[]>
  /** Those of the ids that are stored and counted (not left). */
  countedTickets(siteId: string, ids: readonly string[]): Promise<Ticket[]>
  ticketTotal(siteId: string, scope: CountsScope): Promise<number>
  /**
   * Tickets created in `[fromMs, toMs)` that were watched and no longer are, the last to leave first; with a project,
   * those that left while they were in it, wherever they are now.
   */
  removedTickets(query: Omit<TicketsQuery, 'priorityIds'>): Promise<LeftTicket[]>
  /** The next `limit` stored tickets in the order of creation and id, counted or not: for reading all of them bit by bit. */
  ticketsAfter(query: TicketsAfter): Promise<ExportedTicket[]>

  // the first fetch, in pieces
  /** The pieces of a first fetch that is not over; null where none was planned. */
  firstFetch(siteId: string, scope: string): Promise<FirstFetch | null>
  /** Writes a first fetch's plan of at least one piece, in place of any former one. Refused (`busy`) where the epoch has passed. */
  planFirstFetch(siteId: string, scope: string, plan: FirstFetchPlan): Promise<void>

  // the census
  /** Ids of Jira's own counted tickets of the scope created in `[fromMs, toMs)`, in any order: none that were imported. */
  countedIds(siteId: string, scope: CountsScope, span: { fromMs: number; toMs: number }): Promise<string[]>
  /**
   * Creation times (epoch ms, whole minutes) that cut the scope's counted tickets into parts, in order: n cuts make n + 1
   * parts, the first from the beginning of time, the last without end. A part has at most `size` tickets, or is one minute.
   */
  createdCuts(siteId: string, scope: CountsScope, size: number): Promise<number[]>
  /**
   * A census missed these tickets. Returns those that it missed before, at least `apartMs` earlier.
   * A ticket that any page shows again begins anew.
   */
  markMissing(siteId: string, ids: readonly string[], atMs: number, apartMs: number): Promise<string[]>
  /** These tickets were found after all. */
  clearMissing(siteId: string, ids: readonly string[]): Promise<void>
  /** Makes the ticket tables where they are missing; false where they were there. */
  createTables(): Promise<boolean>
  /**
   * Drops tickets, counts and progress; never runs or slots. False where they were already gone. What the guard throws is
   * thrown, and nothing is dropped.
   */
  dropTables(guard?: DropGuard): Promise<boolean>

  // one instance at a time
  /**
   * Takes or renews a lease. False while another owner's has not run out, by the store's own clock. One that runs longer
   * than `ttlMs` from now, because that clock has gone back, runs for `ttlMs` from now on.
   */
  takeLease(siteId: string, name: string, owner: string, ttlMs: number): Promise<boolean>
  /** Who has a lease, run out or not; null where none has. */
  leaseHolder(siteId: string, name: string): Promise<LeaseHolder | null>
  /** Lets go of that owner's lease; another's stays. */
  dropLease(siteId: string, name: string, owner: string): Promise<void>

  // what was found of a Jira
  /** Keeps a text of at most a few kB under what was asked for, in place of any former one. */
  keepSite(asked: string, site: string): Promise<void>
  /** Null where nothing was kept under it. Works without ticket tables, too. */
  knownSite(asked: string): Promise<string | null>

  // what the instance that fetches publishes to the others
  /** Replaces the published report of the fetches of a scope. A text of at most a few kB. */
  setSyncReport(siteId: string, scope: string, report: string): Promise<void>
  /** Null where nothing was published yet. */
  syncReport(siteId: string, scope: string): Promise<string | null>

  /**
   * Called when something of these kinds was committed for a site, by this process or another, until the returned function
   * is called. Says not what, and may be called where nothing was: a file's watcher sees commits, not of their kind.
   */
  onCommit(siteId: string, kinds: readonly CommitKind[], listener: () => void): () => void
}

/**
 * `tickets`: tickets and their counts; `ledger`: runs and slots; `report`: what the instance that fetches publishes;
 * `lease …`: the lease of that name was let go of.
 */
export type CommitKind = 'tickets' | 'ledger' | 'report' | `lease ${string}`

/**
 * `sinceMs` is the machine's epoch ms; `failure` says what is wrong. `warning`: it works, but not for long, unless that
 * passes.
 */
export type StoreHealth =
  | { readonly state: 'up'; readonly warning?: StoreWarning }
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

export interface CountsQuery extends CountsScope, MinuteSpan {
  readonly siteId: string
  readonly bucketMinutes: number
}

/** One page of a fetch, committed with the progress that it makes. */
export interface TicketPage {
  readonly siteId: string
  /** Which fetch this belongs to: project, watched field and its watched values. */
  readonly scope: string
  /** The site's clock (epoch ms) when it answered. */
  readonly seenAtMs: number
  readonly tickets: readonly Ticket[]
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
  readonly ticket?: Ticket
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
