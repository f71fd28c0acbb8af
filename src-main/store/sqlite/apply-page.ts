import { setImmediate } from 'node:timers/promises'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { createCountDeltas, type CountDeltas } from '../count-deltas.ts'
import type { Leaver, PageCommit, TicketPage } from '../store.ts'
import type { Connection } from './connection.ts'
import { addToCounts } from './counts.ts'
import { raiseSeq, readSeq } from './seq.ts'
import { moveWatermark } from './sync-state.ts'
import { insertTicket, markLeft, replaceTicket, storedTicket } from './tickets.ts'

/** As many tickets as one transaction takes, so that the event loop never waits for more than 20 ms. */
const TICKETS_A_COMMIT = 500

/** See `Store.applyPage`. */
export async function applyPage(db: Connection, page: TicketPage): Promise<PageCommit> {
  const [first, ...rest] = partsOf(page)
  let done = await db.write(() => applyPart(db, first))
  for (const part of rest) {
    await setImmediate()
    const { seq, inserted, updated } = await db.write(() => applyPart(db, part))
    done = { seq, inserted: done.inserted + inserted, updated: done.updated + updated }
  }
  return done
}

/** The leavers and the watermark go with the last part: they stand for all of it. */
function partsOf(page: TicketPage): [TicketPage, ...TicketPage[]] {
  if (page.tickets.length <= TICKETS_A_COMMIT) return [page]
  const tickets = page.tickets.slice(0, TICKETS_A_COMMIT)
  const rest = { ...page, tickets: page.tickets.slice(TICKETS_A_COMMIT) }
  return [{ ...page, tickets, leavers: [], watermarkMs: null }, ...partsOf(rest)]
}

function applyPart(db: Connection, page: TicketPage): PageCommit {
  refuseOtherTables(db, page)
  const deltas = createCountDeltas()
  const outcomes = page.tickets.map((ticket) => storeTicket(db, page, ticket, deltas))
  const left = page.leavers.filter((leaver) => storeLeaver(db, page.siteId, leaver, deltas)).length
  if (page.watermarkMs !== null) moveWatermark(db, page.siteId, page.scope, page.watermarkMs)

  const inserted = outcomes.filter((outcome) => outcome === 'inserted').length
  const updated = outcomes.filter((outcome) => outcome === 'updated').length
  // A fetch reads again what it has read before: that is no news to anyone, and costs no write.
  if (inserted + updated + left === 0) return { seq: readSeq(db, page.siteId).seq, inserted, updated }
  const seq = raiseSeq(db, page.siteId)
  addToCounts(db, page.siteId, deltas.changed(), seq)
  return { seq, inserted, updated }
}

/** A fetch that began before the tables were dropped knows a watermark that the new ones have not reached. */
function refuseOtherTables(db: Connection, { siteId, epoch }: TicketPage): void {
  if (epoch === undefined || readSeq(db, siteId).resetSeq === epoch) return
  throw new AppError('busy', 'The ticket tables were made anew during the fetch. Nothing of it was stored.', {
    hint: 'Fetch again.',
    retryable: true,
  })
}

function storeTicket(
  db: Connection,
  page: TicketPage,
  ticket: Ticket,
  deltas: CountDeltas,
): 'inserted' | 'updated' | 'same' {
  const old = storedTicket(db, page.siteId, ticket.id)
  if (old === undefined) {
    insertTicket(db, page.siteId, ticket, page.seenAtMs)
    deltas.add(ticket, 1)
    return 'inserted'
  }
  // Jira's index lags out of order and may show a version older than the one that we have.
  if (ticket.updatedMs < old.updatedMs) return 'same'
  if (old.leftMs !== null && ticket.updatedMs < old.leftMs) return 'same'
  const counted = old.leftMs === null
  if (counted && sameTicket(ticket, old)) return 'same'
  replaceTicket(db, page.siteId, ticket)
  if (counted) deltas.add(old, -1)
  deltas.add(ticket, 1)
  return 'updated'
}

/** True where the ticket was counted until now. */
function storeLeaver(db: Connection, siteId: string, leaver: Leaver, deltas: CountDeltas): boolean {
  const old = storedTicket(db, siteId, leaver.id)
  if (old === undefined || old.leftMs !== null) return false
  // It had been lowered once, and was raised again since: the version that we have is the newer one.
  if (leaver.atMs < old.updatedMs) return false
  markLeft(db, siteId, leaver)
  deltas.add(old, -1)
  return true
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
