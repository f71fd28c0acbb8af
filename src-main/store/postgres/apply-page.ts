import { decidePage, isNews, type PageDecision } from '../decide-page.ts'
import { tablesReplaced } from '../errors.ts'
import { applyInParts, type PagePart } from '../page-parts.ts'
import type { PageCommit, TicketPage } from '../store.ts'
import { takeBackStrikes } from './census.ts'
import type { Connection, WriteTransaction } from './connection.ts'
import { addToCounts } from './counts.ts'
import { advancePiece, refuseOtherPlan } from './first-fetch.ts'
import { lockSite, writeSeq } from './seq.ts'
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
  const { siteId, scope, epoch, piece, watermarkMs, last } = part
  const ids = [...part.tickets, ...part.leavers].map((one) => one.id)
  const [site, known] = await Promise.all([
    lockSite(tx, siteId),
    storedTickets(tx, siteId, ids),
    piece && refuseOtherPlan(tx, part, piece),
  ])
  // A fetch that began before the tables were dropped knows a watermark that the new ones have not reached.
  if (epoch !== undefined && epoch !== site.resetSeq) throw tablesReplaced()

  const decision = decidePage(part, known)
  const news = isNews(decision)
  const seq = news ? site.seq + 1 : site.seq
  if (news) tx.notify(siteId)
  write(tx, part, decision, seq)
  if (watermarkMs !== null) moveWatermark(tx, siteId, scope, watermarkMs)
  if (last && piece !== undefined) advancePiece(tx, part, piece)
  const progress = last && (watermarkMs !== null || piece !== undefined)
  // A fetch reads again what it has read before: that is no news to anyone, and waits for no disk.
  if (!progress && decision.rows.length === 0 && decision.unstruck.length === 0) tx.discard()
  const { inserted, updated, left, doubtful } = decision
  return { seq, inserted, updated, left, doubtful }
}

function write(
  tx: WriteTransaction,
  { siteId, seenAtMs }: PagePart,
  decision: PageDecision,
  seq: number,
): void {
  if (decision.rows.length > 0) writeTickets(tx, siteId, decision.rows, seenAtMs)
  if (decision.unstruck.length > 0) takeBackStrikes(tx, siteId, decision.unstruck)
  if (decision.deltas.length > 0) addToCounts(tx, siteId, decision.deltas, seq)
  if (isNews(decision)) writeSeq(tx, siteId, seq)
}
