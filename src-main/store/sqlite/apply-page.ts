import { decidePage, isNews, type PageDecision } from '../decide-page.ts'
import { tablesReplaced } from '../errors.ts'
import { applyInParts, type PagePart } from '../page-parts.ts'
import type { PageCommit, TicketPage } from '../store.ts'
import { takeBackStrikes } from './census.ts'
import type { Connection } from './connection.ts'
import { addToCounts } from './counts.ts'
import { advancePiece, refuseOtherPlan } from './first-fetch.ts'
import { raiseSeq, readSeq } from './seq.ts'
import { storedTickets, writeTicket } from './stored-tickets.ts'
import { moveWatermark } from './sync-state.ts'

/** As many tickets as one transaction takes, so that the event loop never waits for more than 20 ms. */
const TICKETS_A_COMMIT = 500

/** See `Store.applyPage`. */
export function applyPage(db: Connection, page: TicketPage): Promise<PageCommit> {
  return applyInParts(page, TICKETS_A_COMMIT, (part) => db.write(() => applyPart(db, part)))
}

function applyPart(db: Connection, part: PagePart): PageCommit {
  refuseOtherTables(db, part)
  const { siteId, scope, tickets, leavers, watermarkMs, piece, last } = part
  if (piece !== undefined) refuseOtherPlan(db, part, piece)
  const ids = [...tickets, ...leavers].map((one) => one.id)
  const decision = decidePage(part, storedTickets(db, siteId, ids))
  const { inserted, updated, left, removed, doubtful } = decision
  const seq = write(db, part, decision)
  if (watermarkMs !== null) moveWatermark(db, siteId, scope, watermarkMs)
  if (last && piece !== undefined) advancePiece(db, part, piece)
  return { seq, inserted, updated, left, removed, doubtful }
}

/** Returns the number of the commit, or of the last one: a fetch reads again what it has read before, which is no news. */
function write(db: Connection, { siteId, seenAtMs }: TicketPage, decision: PageDecision): number {
  for (const row of decision.rows) writeTicket(db, siteId, row, seenAtMs)
  if (decision.unstruck.length > 0) takeBackStrikes(db, siteId, decision.unstruck)
  if (!isNews(decision)) return readSeq(db, siteId).seq
  const seq = raiseSeq(db, siteId)
  addToCounts(db, siteId, decision.deltas, seq)
  return seq
}

/** A fetch that began before the tables were dropped knows a watermark that the new ones have not reached. */
function refuseOtherTables(db: Connection, { siteId, epoch }: TicketPage): void {
  if (epoch !== undefined && readSeq(db, siteId).resetSeq !== epoch) throw tablesReplaced()
}
