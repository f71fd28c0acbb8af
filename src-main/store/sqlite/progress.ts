import { planReplaced, tablesReplaced } from '../errors.ts'
import type { FetchPiece, FirstFetch, PieceProgress, SyncState, TicketPage } from '../store.ts'
import { query, type SqliteDb, type SqliteMethod } from './connection.ts'
import { readSeq } from './seq.ts'

type FetchOf = Pick<TicketPage, 'siteId' | 'scope'>

const OF_SCOPE = 'site_id = ? AND scope = ?'

export const firstFetch: SqliteMethod<'firstFetch'> = (db, siteId, scope) =>
  db.read(() => {
    const planned = `SELECT watermark_ms AS watermarkMs, total FROM first_fetches WHERE ${OF_SCOPE}`
    const plan = db.statement<Omit<FirstFetch, 'pieces'>>(planned).get(siteId, scope)
    if (plan === undefined) return null
    const open = `SELECT from_ms AS fromMs, to_ms AS toMs FROM fetch_pieces WHERE ${OF_SCOPE} ORDER BY to_ms`
    return { ...plan, pieces: db.statement<FetchPiece>(open).all(siteId, scope) }
  })

export const planFirstFetch: SqliteMethod<'planFirstFetch'> = (db, siteId, scope, plan) =>
  db.write(() => {
    const { watermarkMs, total, epoch, pieces } = plan
    if (readSeq(db, siteId).resetSeq !== epoch) throw tablesReplaced()
    dropPlan(db, { siteId, scope })
    const begin = 'INSERT INTO first_fetches (site_id, scope, watermark_ms, total) VALUES (?, ?, ?, ?)'
    db.statement(begin).run(siteId, scope, watermarkMs, total)
    const add = db.statement('INSERT INTO fetch_pieces (site_id, scope, to_ms, from_ms) VALUES (?, ?, ?, ?)')
    for (const { fromMs, toMs } of pieces) add.run(siteId, scope, toMs, fromMs)
  })

const IS_OPEN = `
  SELECT 1 FROM first_fetches JOIN fetch_pieces USING (site_id, scope)
  WHERE ${OF_SCOPE} AND watermark_ms = ? AND to_ms = ?`

/** Throws `busy` where the piece is no longer to be fetched, see `PieceProgress`. Inside `write`. */
export function refuseOtherPlan(db: SqliteDb, { siteId, scope }: FetchOf, piece: PieceProgress): void {
  const open = db.statement(IS_OPEN).get(siteId, scope, piece.watermarkMs, piece.toMs)
  if (open === undefined) throw planReplaced()
}

/** Notes how far a piece is. With the last piece's end the first fetch is over. Inside `write`, after `refuseOtherPlan`. */
export function advancePiece(db: SqliteDb, { siteId, scope }: FetchOf, piece: PieceProgress): void {
  const { watermarkMs, toMs, nextFromMs } = piece
  if (nextFromMs !== null) {
    const advance = `UPDATE fetch_pieces SET from_ms = ? WHERE ${OF_SCOPE} AND to_ms = ? AND from_ms < ?`
    db.statement(advance).run(nextFromMs, siteId, scope, toMs, nextFromMs)
    return
  }
  db.statement(`DELETE FROM fetch_pieces WHERE ${OF_SCOPE} AND to_ms = ?`).run(siteId, scope, toMs)
  const open = db.statement(`SELECT 1 FROM fetch_pieces WHERE ${OF_SCOPE} LIMIT 1`).get(siteId, scope)
  if (open !== undefined) return
  dropPlan(db, { siteId, scope })
  moveWatermark(db, siteId, scope, watermarkMs)
}

function dropPlan(db: SqliteDb, { siteId, scope }: FetchOf): void {
  db.statement(`DELETE FROM fetch_pieces WHERE ${OF_SCOPE}`).run(siteId, scope)
  db.statement(`DELETE FROM first_fetches WHERE ${OF_SCOPE}`).run(siteId, scope)
}

export const syncState: SqliteMethod<'syncState'> = async (db, siteId, scope) => {
  const sql = `SELECT watermark_ms AS watermarkMs, census_ms AS censusMs FROM sync_state WHERE ${OF_SCOPE}`
  return (await query<SyncState>(db, sql, siteId, scope))[0] ?? null
}

/** Moves the watermark on; an older one changes nothing. Inside `write`. */
export function moveWatermark(db: SqliteDb, siteId: string, scope: string, watermarkMs: number): void {
  db.statement(
    `INSERT INTO sync_state (site_id, scope, watermark_ms) VALUES (?, ?, ?)
     ON CONFLICT (site_id, scope) DO UPDATE SET watermark_ms = excluded.watermark_ms
     WHERE excluded.watermark_ms > sync_state.watermark_ms`,
  ).run(siteId, scope, watermarkMs)
}

export const setCensus: SqliteMethod<'setCensus'> = (db, siteId, scope, atMs) =>
  db.write(() => {
    db.statement(
      `UPDATE sync_state SET census_ms = @atMs
       WHERE site_id = @siteId AND scope = @scope AND (census_ms IS NULL OR census_ms < @atMs)`,
    ).run({ siteId, scope, atMs })
  })

export const setSyncReport: SqliteMethod<'setSyncReport'> = (db, siteId, scope, report) =>
  db.write(() => {
    db.statement(
      `INSERT INTO sync_reports (site_id, scope, report) VALUES (?, ?, ?)
       ON CONFLICT (site_id, scope) DO UPDATE SET report = excluded.report`,
    ).run(siteId, scope, report)
  })

export const syncReport: SqliteMethod<'syncReport'> = async (db, siteId, scope) => {
  const sql = `SELECT report FROM sync_reports WHERE ${OF_SCOPE}`
  return (await query<{ report: string }>(db, sql, siteId, scope))[0]?.report ?? null
}
