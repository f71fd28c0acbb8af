import { STORED_TICKET } from '../rows.ts'
import { decidePage, isNews, type DecidedRow, type PageDecision } from '../decide-page.ts'
import { tablesReplaced } from '../errors.ts'
import { applyInParts, type PagePart } from '../steps.ts'
import type { PageCommit } from '../store.ts'
import type { TicketRow } from '../stored-ticket.ts'
import { arrayOf, columnsOf } from './connection/values.ts'
import { clearMissingMarks } from './census.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import type { WriteTransaction } from './connection/connection.ts'
import { addToCounts } from './counts.ts'
import { advancePiece, moveWatermark, refuseOtherPlan } from './progress.ts'
import { raiseSeq, takeBackSeq } from './seq.ts'
import { BY_IDS } from './tickets.ts'

const INSERT = `
  INSERT INTO tickets (site_id, first_seen_ms, id, key, project_key, title, priority_id, priority_name, status,
    created_ms, updated_ms, source, left_ms, left_reason, left_project_key, missing_since_ms)
  SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::bigint[], $11::bigint[], $12::text[], $13::bigint[], $14::text[], $15::text[], $16::bigint[])`

/** The lists of `INSERT`, in its order. */
const COLUMNS = [
  'id',
  'key',
  'projectKey',
  'title',
  'priorityId',
  'priorityName',
  'status',
  'createdMs',
  'updatedMs',
  'source',
  'leftMs',
  'leftReason',
  'leftProjectKey',
  'missingSinceMs',
] as const

const OR_REWRITE = `
  ON CONFLICT (site_id, id) DO UPDATE SET key = excluded.key, project_key = excluded.project_key,
    title = excluded.title, priority_id = excluded.priority_id, priority_name = excluded.priority_name,
    status = excluded.status, created_ms = excluded.created_ms, updated_ms = excluded.updated_ms,
    source = excluded.source, left_ms = excluded.left_ms, left_reason = excluded.left_reason,
    left_project_key = excluded.left_project_key, missing_since_ms = excluded.missing_since_ms`

/** As many tickets as one transaction takes, so that the event loop never waits for more than 20 ms. */
const BATCH_SIZE = 1_000

export const applyPage: PostgresMethod<'applyPage'> = (db, page) =>
  applyInParts(page, BATCH_SIZE, (part) => db.write((tx) => applyPart(tx, part)))

/** Two round trips: what is read under the site's lock, and what is written, with the commit. */
async function applyPart(tx: WriteTransaction, part: PagePart): Promise<PageCommit> {
  const { siteId, epoch, piece } = part
  const ids = [...part.tickets, ...part.removals].map((one) => one.id)
  const [{ seq, resetSeq }, stored] = await Promise.all([
    raiseSeq(tx, siteId),
    tx.query<TicketRow>(`SELECT ${STORED_TICKET} FROM ${BY_IDS}`, [siteId, arrayOf(ids)]),
    piece && refuseOtherPlan(tx, part, piece),
  ])
  // A fetch that began before the tables were dropped knows a watermark that the new ones have not reached.
  if (epoch !== undefined && epoch !== resetSeq) throw tablesReplaced()

  const decision = decidePage(part, new Map(stored.map((row) => [row.id, row])))
  const { inserted, updated, left, removed, doubtful } = decision
  const writes = [writeRows(tx, part, decision, seq), writeProgress(tx, part)]
  if (isNews(decision)) tx.notify(siteId, 'tickets')
  // A fetch reads again what it has read before: that is no news to anyone, and waits for no disk.
  else if (writes.includes(true)) takeBackSeq(tx, siteId)
  else tx.discard()
  return { seq: isNews(decision) ? seq : seq - 1, inserted, updated, left, removed, doubtful }
}

/** Whether there was anything to write. */
function writeRows(tx: WriteTransaction, part: PagePart, decision: PageDecision, seq: number): boolean {
  const { siteId, seenAtMs } = part
  const { rows, seenAgain, deltas } = decision
  if (rows.length > 0) writeTickets(tx, siteId, rows, seenAtMs)
  if (seenAgain.length > 0) clearMissingMarks(tx, siteId, seenAgain)
  if (deltas.length > 0) addToCounts(tx, siteId, deltas, seq)
  return rows.length + seenAgain.length > 0
}

/** Whether the page makes any progress: that goes with its last part. */
function writeProgress(tx: WriteTransaction, part: PagePart): boolean {
  const { siteId, scope, watermarkMs, piece, last } = part
  if (!last) return false
  if (watermarkMs !== null) moveWatermark(tx, siteId, scope, watermarkMs)
  if (piece !== undefined) advancePiece(tx, part, piece)
  return watermarkMs !== null || piece !== undefined
}

/**
 * Writes rows as they are to be, one an id; `seenAtMs` is when the new ones were first seen. Under the site's write lock:
 * what was not there when the rows were decided on is not there now, and a plain insert takes a quarter less time.
 */
export function writeTickets(
  tx: WriteTransaction,
  siteId: string,
  rows: readonly DecidedRow[],
  seenAtMs: number,
): void {
  const added = rows.filter((row) => row.isNew)
  const rewritten = rows.filter((row) => !row.isNew)
  if (added.length > 0) void tx.query(INSERT, [siteId, seenAtMs, ...columnsOf(added, COLUMNS)])
  if (rewritten.length > 0)
    void tx.query(`${INSERT} ${OR_REWRITE}`, [siteId, seenAtMs, ...columnsOf(rewritten, COLUMNS)])
}
