import type { LeaveReason, Ticket } from '../../../src-shared/domain/ticket.ts'
import type { CountDeltas } from '../count-deltas.ts'
import type { Leaver, TicketPage } from '../store.ts'
import { takeBackStrikes } from './census.ts'
import type { Connection } from './connection.ts'
import { insertTicket, rewriteTicket, type StoredTicket } from './tickets.ts'

/** What one transaction of a page works with. `known` has the rows of its tickets and leavers, kept as they become. */
export interface PageWork {
  readonly db: Connection
  readonly page: TicketPage
  readonly known: Map<string, StoredTicket>
  readonly deltas: CountDeltas
}

type Left = StoredTicket & { readonly leftMs: number }

/** Stores a ticket of a page by the rules of `Store.applyPage`. Inside `write`. */
export function storeTicket(work: PageWork, ticket: Ticket): 'inserted' | 'updated' | 'same' | 'doubtful' {
  const { db, page, known, deltas } = work
  const old = known.get(ticket.id)
  if (old === undefined) {
    insertTicket(db, page.siteId, ticket, page.seenAtMs)
    remember(work, ticket)
    deltas.add(ticket, 1)
    return 'inserted'
  }
  if (old.missingSinceMs !== null) {
    takeBackStrikes(db, page.siteId, [ticket.id])
    known.set(ticket.id, { ...old, missingSinceMs: null })
  }
  if (hasLeft(old) && !comesBack(page, ticket, old)) {
    return isGone(old.leftReason) && page.byId !== true ? 'doubtful' : 'same'
  }
  // Jira's index lags out of order and may show a version older than the one that we have.
  if (ticket.updatedMs < old.updatedMs) return 'same'
  if (!hasLeft(old) && sameTicket(ticket, old)) return 'same'
  rewriteTicket(db, page.siteId, ticket, null)
  remember(work, ticket)
  if (!hasLeft(old)) deltas.add(old, -1)
  deltas.add(ticket, 1)
  return 'updated'
}

/** Stores that a ticket left; true where that changes anything. Inside `write`. */
export function storeLeaver(work: PageWork, leaver: Leaver): boolean {
  const old = work.known.get(leaver.id)
  if (old === undefined) return false
  if (hasLeft(old)) return renewLeaver(work, leaver, old)
  // It counts for whoever watches more: this scope's counts have nothing to lose.
  if (leaver.ticket !== undefined && countsAlike(leaver.ticket, old)) {
    return storeTicket(work, leaver.ticket) === 'updated'
  }
  // It had been lowered once, and was raised again since: the version that we have is the newer one.
  if ((leaver.ticket?.updatedMs ?? leaver.atMs) < old.updatedMs) return false
  markLeft(work, leaver.ticket ?? old, leaver, old.projectKey)
  work.deltas.add(old, -1)
  return true
}

/**
 * Takes a newer version of a ticket that had left. When and why it left stays, unless it was taken for gone: then what
 * Jira shows of it is the better reason.
 */
function renewLeaver(work: PageWork, leaver: Leaver, old: Left): boolean {
  const { ticket } = leaver
  if (ticket === undefined || ticket.updatedMs <= old.updatedMs) return false
  const why = isGone(old.leftReason) ? leaver : { atMs: old.leftMs, reason: old.leftReason ?? leaver.reason }
  markLeft(work, ticket, why, old.leftProjectKey ?? old.projectKey)
  return true
}

function markLeft(
  { db, page, known }: PageWork,
  ticket: Ticket,
  { atMs, reason }: Pick<Leaver, 'atMs' | 'reason'>,
  projectKey: string,
): void {
  rewriteTicket(db, page.siteId, ticket, { atMs, reason, projectKey })
  const left = { leftMs: atMs, leftReason: reason, leftProjectKey: projectKey, missingSinceMs: null }
  known.set(ticket.id, { ...ticket, ...left })
}

/**
 * Lowered and moved tickets left with a version, so a version that is not older brings them back. Deleted and hidden
 * ones left at a time of ours: they may come back with the version that they had, but an index that lags or a node of
 * it that was left behind shows that version, too. Only an answer by id tells the two apart.
 */
function comesBack({ byId, seenAtMs }: TicketPage, ticket: Ticket, old: Left): boolean {
  if (ticket.updatedMs >= old.leftMs) return true
  return byId === true && isGone(old.leftReason) && seenAtMs >= old.leftMs
}

/** Whether a ticket left by not being shown any more, rather than by a version of it. */
function isGone(reason: LeaveReason | null): boolean {
  return reason === 'deleted' || reason === 'hidden'
}

function hasLeft(old: StoredTicket): old is Left {
  return old.leftMs !== null
}

/** A page may show a ticket twice. */
function remember({ known }: PageWork, ticket: Ticket): void {
  const counted = { leftMs: null, leftReason: null, leftProjectKey: null, missingSinceMs: null }
  known.set(ticket.id, { ...ticket, ...counted })
}

function countsAlike(a: Ticket, b: Ticket): boolean {
  return a.priorityId === b.priorityId && a.projectKey === b.projectKey
}

function sameTicket(a: Ticket, b: Ticket): boolean {
  return (
    a.updatedMs === b.updatedMs &&
    a.priorityId === b.priorityId &&
    a.projectKey === b.projectKey &&
    a.createdMs === b.createdMs &&
    a.status === b.status &&
    a.title === b.title &&
    a.key === b.key &&
    a.priorityName === b.priorityName
  )
}
