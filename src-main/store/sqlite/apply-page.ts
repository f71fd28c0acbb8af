import { STORED_TICKET } from '../rows.ts'
import { decidePage, isNews, type DecidedRow, type PageDecision } from '../decide-page.ts'
import { tablesReplaced } from '../errors.ts'
import { applyInParts, type PagePart } from '../steps.ts'
import type { PageCommit, TicketPage } from '../store.ts'
import type { TicketRow } from '../stored-ticket.ts'
import { clearMissingMarks } from './census.ts'
import type { SqliteDb, SqliteMethod } from './connection.ts'
import { addToCounts } from './counts.ts'
import { advancePiece, moveWatermark, refuseOtherPlan } from './progress.ts'
import { raiseSeq, readSeq } from './seq.ts'

const INSERT = `INSERT INTO tickets (key, project_key, title, priority_id, priority_name, status, created_ms, updated_ms,
    source, left_ms, left_reason, left_project_key, missing_since_ms, site_id, id, first_seen_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const UPDATE = `UPDATE tickets SET key = ?, project_key = ?, title = ?, priority_id = ?, priority_name = ?, status = ?,
    created_ms = ?, updated_ms = ?, source = ?, left_ms = ?, left_reason = ?, left_project_key = ?, missing_since_ms = ?
  WHERE site_id = ? AND id = ?`

/** As many tickets as one transaction takes, so that the event loop never waits for more than 20 ms. */
const BATCH_SIZE = 500

export const applyPage: SqliteMethod<'applyPage'> = (db, page) =>
  applyInParts(page, BATCH_SIZE, (part) => db.write(() => applyPart(db, part)))

const STORED = `
  SELECT ${STORED_TICKET} FROM tickets WHERE site_id = ? AND id IN (SELECT value FROM json_each(?))`

function applyPart(db: SqliteDb, part: PagePart): PageCommit {
  const { siteId, scope, tickets, removals, epoch, watermarkMs, piece, last } = part
  // A fetch that began before the tables were dropped knows a watermark that the new ones have not reached.
  if (epoch !== undefined && readSeq(db, siteId).resetSeq !== epoch) throw tablesReplaced()
  if (piece !== undefined) refuseOtherPlan(db, part, piece)
  const ids = [...tickets, ...removals].map((one) => one.id)
  const stored = db.statement<TicketRow>(STORED).all(siteId, JSON.stringify(ids))
  const decision = decidePage(part, new Map(stored.map((row) => [row.id, row])))
  const { inserted, updated, left, removed, doubtful } = decision
  const seq = write(db, part, decision)
  if (watermarkMs !== null) moveWatermark(db, siteId, scope, watermarkMs)
  if (last && piece !== undefined) advancePiece(db, part, piece)
  return { seq, inserted, updated, left, removed, doubtful }
}

/** Returns the number of the commit, or of the last one: a fetch reads again what it has read before, which is no news. */
function write(db: SqliteDb, { siteId, seenAtMs }: TicketPage, decision: PageDecision): number {
  for (const row of decision.rows) writeTicket(db, siteId, row, seenAtMs)
  if (decision.seenAgain.length > 0) clearMissingMarks(db, siteId, decision.seenAgain)
  if (!isNews(decision)) return readSeq(db, siteId).seq
  const seq = raiseSeq(db, siteId)
  addToCounts(db, siteId, decision.deltas, seq)
  return seq
}

/** Writes a row as it is to be; `seenAtMs` is when a new one was first seen. Inside `write`. */
function writeTicket(db: SqliteDb, siteId: string, row: DecidedRow, seenAtMs: number): void {
  db.statement(row.isNew ? INSERT : UPDATE).run(
    row.key,
    row.projectKey,
    row.title,
    row.priorityId,
    row.priorityName,
    row.status,
    row.createdMs,
    row.updatedMs,
    row.source,
    row.leftMs,
    row.leftReason,
    row.leftProjectKey,
    row.missingSinceMs,
    siteId,
    row.id,
    ...(row.isNew ? [seenAtMs] : []),
  )
}
