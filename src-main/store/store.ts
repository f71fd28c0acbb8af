import type { Minute, MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../src-shared/domain/series.ts'
import type { LeaveReason, Ticket } from '../../src-shared/domain/ticket.ts'

/**
 * The port of both engines. Each method is one transaction; each commit that changes tickets raises the site's `seq`
 * by one under the site's write lock, so the order of `seq` is the order of commits. Times are epoch ms.
 *
 * Every method may throw an AppError: `store-unavailable`, `store-full`, `tables-missing` (the person dropped them),
 * `busy` (another process kept the write lock too long). After a throw nothing of that call is stored.
 */
export interface Store {
  readonly kind: 'sqlite' | 'postgres'
  /** For the person: the file's name, or host and database. */
  readonly label: string
  close(): Promise<void>

  // tickets and counts
  /**
   * Stores a page. Of two versions of a ticket the one with the larger `updatedMs` stays; one that had left and is
   * there again is counted again. Where nothing differs from what is stored, `seq` does not move. Pages of more than
   * 500 tickets are committed in parts, the leavers and the watermark with the last.
   */
  applyPage(page: TicketPage): Promise<PageCommit>
  /** The site's present sequence number; 0 before its first commit. Works without ticket tables, too. */
  seq(siteId: string): Promise<number>
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
  /** Makes the ticket tables where they are missing; false where they were there. */
  createTables(): Promise<boolean>
  /** Drops tickets, counts and progress; never runs or slots. False where they were already gone. */
  dropTables(): Promise<boolean>

  // the ledger
  createRun(run: NewRun, slots: readonly NewSlot[]): Promise<void>
  run(siteId: string, runId: string): Promise<Run | null>
  lastRun(siteId: string): Promise<Run | null>
  /** The newest `limit` runs, newest first. */
  runs(siteId: string, limit: number): Promise<Run[]>
  /** Throws `not-found` where there is no such run. */
  setRunState(siteId: string, runId: string, state: RunState, atMs: number): Promise<void>
  slots(siteId: string, runId: string): Promise<Slot[]>
  /** Writes that these slots are about to be sent, before they are. Returns those that were still planned: only they may be sent. */
  claimSlots(
    siteId: string,
    runId: string,
    slotNumbers: readonly number[],
    sentAtMs: number,
  ): Promise<number[]>
  /** Writes what became of slots. `planned` gives a slot back, to be claimed again; a created one never changes. */
  recordSlots(siteId: string, runId: string, outcomes: readonly SlotOutcome[]): Promise<void>
  /** A run that stood still goes on from `atMs`: the slots still planned, and the run's end, move by `byMs`. */
  resumeRun(siteId: string, runId: string, given: { byMs: number; atMs: number }): Promise<void>
  runCounts(siteId: string, runId: string): Promise<RunCounts>

  // one instance at a time
  /** Takes or renews a lease. False while another owner's has not run out. */
  takeLease(siteId: string, name: string, owner: string, nowMs: number, ttlMs: number): Promise<boolean>
  dropLease(siteId: string, name: string, owner: string): Promise<void>

  /** Hears that some commit happened, of this process or another, until the returned function is called. Says not which. */
  onCommit(listener: () => void): () => void
}

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
  /** Which fetch this belongs to: project and watched priorities. */
  readonly scope: string
  readonly seenAtMs: number
  readonly tickets: readonly Ticket[]
  readonly leavers: readonly Leaver[]
  /** The `epoch` that the fetch began in; where the tables have been replaced since, the page is refused (`busy`). */
  readonly epoch?: number
  /** The new watermark (site epoch ms): only with the last page, else null. It never goes back. */
  readonly watermarkMs: number | null
}

export interface Leaver {
  readonly id: string
  readonly reason: LeaveReason
  readonly atMs: number
}

export interface PageCommit {
  readonly seq: number
  readonly inserted: number
  readonly updated: number
}

export interface SyncState {
  readonly watermarkMs: number
}

export interface MinuteChanges {
  readonly seq: number
  readonly changes: readonly { minute: Minute; priorityId: string; count: number }[] | null
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
}

export type RunState = 'running' | 'paused' | 'stopped' | 'done'

export interface Run {
  readonly siteId: string
  readonly runId: string
  readonly projectKey: string
  readonly seed: number
  readonly planned: number
  /** Span of the plan in site time. */
  readonly startMs: number
  readonly endMs: number
  readonly rate: number
  readonly state: RunState
  readonly createdAtMs: number
  /** Since when it is in its state. */
  readonly stateSinceMs: number
}

export type NewRun = Omit<Run, 'stateSinceMs'>

export interface NewSlot {
  readonly slot: number
  readonly plannedMs: number
  readonly priorityId: string
}

/**
 * planned → sent → created | failed | unknown. `sent` is written before the request goes out: a slot found so after a
 * crash may or may not have made its ticket, and is looked for in Jira before anything else is done with it.
 */
export type SlotState = 'planned' | 'sent' | 'created' | 'failed' | 'unknown'

export interface Slot extends NewSlot {
  readonly state: SlotState
  readonly sentAtMs: number | null
  readonly answeredAtMs: number | null
  readonly latenessMs: number | null
  readonly issueId: string | null
  readonly issueKey: string | null
  readonly reason: string | null
}

export interface SlotOutcome {
  readonly slot: number
  readonly state: 'created' | 'failed' | 'unknown' | 'planned'
  readonly answeredAtMs: number
  readonly latenessMs: number | null
  readonly issueId: string | null
  readonly issueKey: string | null
  readonly reason: string | null
}

export interface RunCounts {
  readonly created: number
  readonly failed: number
  readonly unknown: number
  readonly open: number
  readonly latenessP95Ms: number | null
}
