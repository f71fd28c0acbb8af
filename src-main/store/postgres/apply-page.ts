import { decidePage, isNews, type PageDecision } from '../decide-page.ts'
import { tablesReplaced } from '../errors.ts'
import { applyInParts, type PagePart } from '../page-parts.ts'
import type { PageCommit, TicketPage } from '../store.ts'
import { takeBackStrikes } from './census.ts'
import type { Connection, WriteTransaction } from './connection.ts'
import { addToCounts } from './counts.ts'
import { advancePiece, refuseOtherPlan } from './first-fetch.ts'
import { raiseSeq, takeBackSeq } from './seq.ts'
import { storedTickets, writeTickets } from './stored-tickets.ts'
import { moveWatermark } from './sync-state.ts'

/** As many tickets as one transaction takes, so that the event loop never waits for more than 20 ms. */
const TICKETS_A_COMMIT = 1_000

/** See `Store.applyPage`. */
export function applyPage(db: Connection, page: TicketPage): Promise<PageCommit> {
  return applyInParts(page, TICKETS_A_COMMIT, (part) => db.write((tx) => applyPart(tx, part)))
}

/** Two round trips: what is read under the site's lock, and what is written, with the commit. */
async function applyPart(tx: WriteTransaction, part: PagePart): Promise<PageCommit> {
  const { siteId, epoch, piece } = part
  const ids = [...part.tickets, ...part.leavers].map((one) => one.id)
  const [{ seq, resetSeq }, known] = await Promise.all([
    raiseSeq(tx, siteId),
    storedTickets(tx, siteId, ids),
    piece && refuseOtherPlan(tx, part, piece),
  ])
  // A fetch that began before the tables were dropped knows a watermark that the new ones have not reached.
  if (epoch !== undefined && epoch !== resetSeq) throw tablesReplaced()

  const decision = decidePage(part, known)
  const { inserted, updated, left, removed, doubtful } = decision
  const writes = [writeRows(tx, part, decision, seq), writeProgress(tx, part)]
  if (isNews(decision)) tx.notify(siteId, 'tickets')
  // A fetch reads again what it has read before: that is no news to anyone, and waits for no disk.
  else if (writes.includes(true)) takeBackSeq(tx, siteId)
  else tx.discard()
  return { seq: isNews(decision) ? seq : seq - 1, inserted, updated, left, removed, doubtful }
}

/** Whether there was anything to write. */
function writeRows(
  tx: WriteTransaction,
  { siteId, seenAtMs }: PagePart,
  decision: PageDecision,
  seq: number,
): boolean {
  const { rows, unstruck, deltas } = decision
  if (rows.length > 0) writeTickets(tx, siteId, rows, seenAtMs)
  if (unstruck.length > 0) takeBackStrikes(tx, siteId, unstruck)
  if (deltas.length > 0) addToCounts(tx, siteId, deltas, seq)
  return rows.length + unstruck.length > 0
}

/** Whether the page makes any progress: that goes with its last part. */
function writeProgress(tx: WriteTransaction, part: PagePart): boolean {
  const { siteId, scope, watermarkMs, piece, last } = part
  if (!last) return false
  if (watermarkMs !== null) moveWatermark(tx, siteId, scope, watermarkMs)
  if (piece !== undefined) advancePiece(tx, part, piece)
  return watermarkMs !== null || piece !== undefined
}
