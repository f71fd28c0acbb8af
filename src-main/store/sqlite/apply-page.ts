import { setImmediate } from 'node:timers/promises'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { createCountDeltas } from '../count-deltas.ts'
import type { PageCommit, TicketPage } from '../store.ts'
import type { Connection } from './connection.ts'
import { addToCounts } from './counts.ts'
import { tablesReplaced } from './errors.ts'
import { advancePiece, refuseOtherPlan } from './first-fetch.ts'
import { raiseSeq, readSeq } from './seq.ts'
import { storeLeaver, storeTicket, type PageWork } from './store-ticket.ts'
import { moveWatermark } from './sync-state.ts'
import { storedTickets } from './tickets.ts'

/** As many tickets as one transaction takes, so that the event loop never waits for more than 20 ms. */
const TICKETS_A_COMMIT = 500

/** What one transaction takes of a page. */
interface Part {
  readonly tickets: readonly Ticket[]
  readonly last: boolean
}

/** See `Store.applyPage`. */
export async function applyPage(db: Connection, page: TicketPage): Promise<PageCommit> {
  let done: PageCommit = { seq: 0, inserted: 0, updated: 0, doubtful: [] }
  for (const [n, part] of partsOf(page).entries()) {
    if (n > 0) await setImmediate()
    const { seq, inserted, updated, doubtful } = await db.write(() => applyPart(db, page, part))
    done = {
      seq,
      inserted: done.inserted + inserted,
      updated: done.updated + updated,
      doubtful: [...done.doubtful, ...doubtful],
    }
  }
  return done
}

/** What stands for all of the page goes with the last part: its leavers, the watermark, the piece's progress. */
function partsOf(page: TicketPage): Part[] {
  const parts: Part[] = []
  for (let from = 0; from < page.tickets.length; from += TICKETS_A_COMMIT) {
    parts.push({ tickets: page.tickets.slice(from, from + TICKETS_A_COMMIT), last: false })
  }
  const last = parts.pop()
  return [...parts, { tickets: last?.tickets ?? [], last: true }]
}

function applyPart(db: Connection, page: TicketPage, { tickets, last }: Part): PageCommit {
  refuseOtherTables(db, page)
  if (page.piece !== undefined) refuseOtherPlan(db, page, page.piece)
  const { siteId, scope, watermarkMs, piece } = page
  const leavers = last ? page.leavers : []
  const ids = [...tickets, ...leavers].map((one) => one.id)
  const work: PageWork = { db, page, known: storedTickets(db, siteId, ids), deltas: createCountDeltas() }
  const outcomes = tickets.map((ticket) => storeTicket(work, ticket))
  const left = leavers.filter((leaver) => storeLeaver(work, leaver)).length
  if (last && watermarkMs !== null) moveWatermark(db, siteId, scope, watermarkMs)
  if (last && piece !== undefined) advancePiece(db, page, piece)

  const inserted = outcomes.filter((outcome) => outcome === 'inserted').length
  const updated = outcomes.filter((outcome) => outcome === 'updated').length
  const doubtful = tickets.filter((_, i) => outcomes[i] === 'doubtful').map((ticket) => ticket.id)
  // A fetch reads again what it has read before: that is no news to anyone, and costs no write.
  if (inserted + updated + left === 0) return { seq: readSeq(db, siteId).seq, inserted, updated, doubtful }
  const seq = raiseSeq(db, siteId)
  addToCounts(db, siteId, work.deltas.changed(), seq)
  return { seq, inserted, updated, doubtful }
}

/** A fetch that began before the tables were dropped knows a watermark that the new ones have not reached. */
function refuseOtherTables(db: Connection, { siteId, epoch }: TicketPage): void {
  if (epoch !== undefined && readSeq(db, siteId).resetSeq !== epoch) throw tablesReplaced()
}
