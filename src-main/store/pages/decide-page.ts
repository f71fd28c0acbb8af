import { cellDeltas, countDelta, type CountDelta } from '../count-cells.ts'
import { withKnown, type StoredTicket } from '../fields/stored-fields.ts'
import type { Removal, TicketPage, TicketSource } from '../store.ts'
import {
  isRemoved,
  sameForm,
  sameRow,
  showsSame,
  ticketRow,
  type RemovedTicketRow,
  type TicketRow,
} from './stored-ticket.ts'

/** What of a page decides about tickets. */
export interface TicketsOfPage extends Pick<TicketPage, 'source' | 'byId' | 'seenAtMs'> {
  readonly tickets: readonly StoredTicket[]
  readonly removals: readonly StoredRemoval[]
}

export type StoredRemoval = Omit<Removal, 'ticket'> & { readonly ticket?: StoredTicket }

/** What a page makes of the stored tickets: an engine writes it, in the transaction that it read them in. */
export interface PageDecision {
  /** The final form of every row to insert or to rewrite, one an id. */
  readonly rows: readonly DecidedRow[]
  /** Ids that a census had missed; none of them is in `rows`. */
  readonly seenAgain: readonly string[]
  /** What the counts gain and lose, one for each of their finest cells. */
  readonly deltas: readonly CountDelta[]
  /** See `PageCommit`. */
  readonly inserted: number
  readonly updated: number
  readonly left: number
  readonly removed: number
  readonly doubtful: readonly string[]
  readonly changed: readonly string[]
}

export type DecidedRow = TicketRow & { readonly isNew: boolean }

/** Whether a decision is a commit of its own, with a `seq`. Another may still have rows, whose source alone changes. */
export function isNews({ inserted, updated, left }: PageDecision): boolean {
  return inserted + updated + left > 0
}

/**
 * The rules of `Store.applyPage`, the same for both engines. `known` has the stored rows of the page's tickets and
 * removals by id, as far as there are any.
 */
export function decidePage(page: TicketsOfPage, known: ReadonlyMap<string, TicketRow>): PageDecision {
  const touched = new Map<string, TicketRow>()
  const doubtful: string[] = []
  // A page may show a ticket twice, or as a ticket and as a removal.
  const present = (id: string): TicketRow | undefined => touched.get(id) ?? known.get(id)
  for (const ticket of page.tickets) {
    const old = present(ticket.id)
    if (old !== undefined && isDoubtful(page, old, ticket)) doubtful.push(ticket.id)
    touched.set(ticket.id, shown(page, old, withKnown(ticket, old)))
  }
  for (const removal of page.removals) {
    const old = present(removal.id)
    const row = old === undefined ? goneBefore(page, removal) : gone(page, old, withTicket(removal, old))
    if (row !== null) touched.set(removal.id, row)
  }
  return { ...differences(known, touched), doubtful }
}

function withTicket(removal: StoredRemoval, old: TicketRow): StoredRemoval {
  const { ticket } = removal
  return ticket === undefined ? removal : { ...removal, ticket: withKnown(ticket, old) }
}

function differences(
  known: ReadonlyMap<string, TicketRow>,
  touched: ReadonlyMap<string, TicketRow>,
): Omit<PageDecision, 'doubtful'> {
  const rows: DecidedRow[] = []
  const seenAgain: string[] = []
  const deltas: CountDelta[] = []
  const changed: string[] = []
  const sums = { inserted: 0, updated: 0, left: 0, removed: 0 }
  for (const [id, now] of touched) {
    const old = known.get(id)
    if (old !== undefined && sameRow(old, now)) {
      if (old.source !== now.source) {
        rows.push({ ...now, isNew: false })
        if (!isRemoved(now)) deltas.push(countDelta(old, -1), countDelta(now, 1))
      } else if (old.missingSinceMs !== now.missingSinceMs) seenAgain.push(id)
      continue
    }
    rows.push({ ...now, isNew: old === undefined })
    if (old === undefined || !showsSame(old, now)) changed.push(id)
    if (old !== undefined && !isRemoved(old)) deltas.push(countDelta(old, -1))
    if (!isRemoved(now)) deltas.push(countDelta(now, 1))
    sums[old === undefined ? 'inserted' : isRemoved(now) ? 'left' : 'updated'] += 1
    if (old !== undefined && !isRemoved(old) && isRemoved(now)) sums.removed += 1
  }
  return { rows, seenAgain, deltas: cellDeltas(deltas), changed, ...sums }
}

/** The row of a ticket that a page shows. */
function shown(page: TicketsOfPage, old: TicketRow | undefined, ticket: StoredTicket): TicketRow {
  const source = page.source ?? 'jira'
  if (old === undefined) return ticketRow(ticket, source)
  if (isJirasOwn(page, old)) return old
  if (replaces(page, old)) return ticketRow(ticket, source)
  const seen = old.missingSinceMs === null ? old : { ...old, missingSinceMs: null }
  if (isRemoved(old) && !comesBack(page, old, ticket)) return seen
  // Jira's index lags out of order and may show a version older than the one that we have.
  if (ticket.updatedMs < old.updatedMs) return seen
  if (!isRemoved(old) && sameForm(ticket, old)) return seen
  return ticketRow(ticket, source)
}

/** The row of a ticket that a page shows to have left. */
function gone(page: TicketsOfPage, old: TicketRow, removal: StoredRemoval): TicketRow {
  const { ticket, atMs, reason } = removal
  if (isJirasOwn(page, old)) return old
  // What Jira never showed, it cannot miss.
  if (replaces(page, old) && ticket === undefined) return old
  // It counts for a scope that watches more: this scope's counts have nothing to lose.
  const countsOn = !isOthers(page) && !isRemoved(old) && ticket !== undefined && countsAlike(ticket, old)
  if (countsOn) return shown(page, old, ticket)
  const projectKey = old.leftProjectKey ?? removal.projectKey ?? old.projectKey
  const source = ticket === undefined ? old.source : (page.source ?? 'jira')
  if (!replaces(page, old)) {
    if (isRemoved(old)) return renewed(old, { removal, source, projectKey })
    // It had been lowered once, and was raised again since: the version that we have is the newer one.
    if ((ticket?.updatedMs ?? atMs) < old.updatedMs) return old
  }
  return ticketRow(ticket ?? old, source, { atMs, reason, projectKey })
}

/** The row of a ticket that had left before it was ever stored: others publish those, too. */
function goneBefore(
  page: TicketsOfPage,
  { ticket, atMs, reason, projectKey }: StoredRemoval,
): TicketRow | null {
  if (ticket === undefined || !isOthers(page)) return null
  return ticketRow(ticket, page.source, { atMs, reason, projectKey: projectKey ?? ticket.projectKey })
}

/**
 * Takes a newer version of a ticket that had left. When and why it left stays, unless it was taken for gone: then what
 * Jira shows of it is the better reason.
 */
function renewed(
  old: RemovedTicketRow,
  { removal, source, projectKey }: { removal: StoredRemoval; source: TicketSource; projectKey: string },
): TicketRow {
  const { ticket, atMs, reason } = removal
  if (ticket === undefined || ticket.updatedMs <= old.updatedMs) return old
  const why = isGone(old) ? { atMs, reason } : { atMs: old.leftMs, reason: old.leftReason ?? reason }
  return ticketRow(ticket, source, { ...why, projectKey })
}

type OthersPage = TicketsOfPage & { readonly source: Exclude<TicketSource, 'jira'> }

/** Whether a page was imported, or is the sample: it has tickets that left, too, and knows no scopes. */
function isOthers(page: TicketsOfPage): page is OthersPage {
  return (page.source ?? 'jira') !== 'jira'
}

/** What was imported says nothing of a ticket that Jira has shown. */
function isJirasOwn(page: TicketsOfPage, old: TicketRow): boolean {
  return isOthers(page) && old.source === 'jira'
}

/** Jira's version takes the place of an imported one, however old either is. */
function replaces({ source = 'jira' }: TicketsOfPage, old: TicketRow): boolean {
  return source === 'jira' && old.source !== 'jira'
}

/**
 * Lowered and moved tickets left with a version, so a version that is not older brings them back. Deleted and hidden
 * ones left at a time of ours: they may come back with the version that they had, but an index that lags or a node of
 * it that was left behind shows that version, too. Only an answer by id distinguishes the two.
 */
function comesBack({ byId, seenAtMs }: TicketsOfPage, old: RemovedTicketRow, ticket: StoredTicket): boolean {
  if (ticket.updatedMs >= old.leftMs) return true
  return byId === true && isGone(old) && seenAtMs >= old.leftMs
}

/** Whether the page shows a ticket that was gone, without telling whether it came back. */
function isDoubtful(page: TicketsOfPage, old: TicketRow, ticket: StoredTicket): boolean {
  const { source = 'jira', byId } = page
  if (source !== 'jira' || byId === true || replaces(page, old)) return false
  return isRemoved(old) && isGone(old) && !comesBack(page, old, ticket)
}

/** Whether a ticket left by not being shown any more, rather than by a version of it. */
function isGone({ leftReason }: TicketRow): boolean {
  return leftReason === 'deleted' || leftReason === 'hidden'
}

function countsAlike(a: StoredTicket, b: StoredTicket): boolean {
  return a.priorityId === b.priorityId && a.projectKey === b.projectKey
}
