import { planReplaced, tablesReplaced } from '../errors.ts'
import type { FetchPiece, FirstFetch, PieceProgress, SyncState, TicketPage } from '../store.ts'
import { columnsOf } from './connection/values.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import type { Transaction, WriteTransaction } from './connection/connection.ts'
import { lockSite } from './seq.ts'

type FetchOf = Pick<TicketPage, 'siteId' | 'scope'>

const OF_SCOPE = 'site_id = $1 AND scope = $2'

const PLAN = `SELECT watermark_ms AS "watermarkMs", total FROM first_fetches WHERE ${OF_SCOPE}`
const PIECES = `SELECT from_ms AS "fromMs", to_ms AS "toMs" FROM fetch_pieces WHERE ${OF_SCOPE} ORDER BY to_ms`

export const firstFetch: PostgresMethod<'firstFetch'> = (db, siteId, scope) =>
  db.read(async (tx) => {
    const [[plan], pieces] = await Promise.all([
      tx.query<Omit<FirstFetch, 'pieces'>>(PLAN, [siteId, scope]),
      tx.query<FetchPiece>(PIECES, [siteId, scope]),
    ])
    return plan === undefined ? null : { ...plan, pieces }
  })

const BEGIN_PLAN = 'INSERT INTO first_fetches (site_id, scope, watermark_ms, total) VALUES ($1, $2, $3, $4)'
const ADD_PIECES = `
  INSERT INTO fetch_pieces (site_id, scope, to_ms, from_ms)
  SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[])`

export const planFirstFetch: PostgresMethod<'planFirstFetch'> = (db, siteId, scope, plan) =>
  db.write(async (tx) => {
    const { watermarkMs, total, epoch, pieces } = plan
    const { resetSeq } = await lockSite(tx, siteId)
    if (resetSeq !== epoch) throw tablesReplaced()
    await Promise.all([
      tx.query(`DELETE FROM fetch_pieces WHERE ${OF_SCOPE}`, [siteId, scope]),
      tx.query(`DELETE FROM first_fetches WHERE ${OF_SCOPE}`, [siteId, scope]),
      tx.query(BEGIN_PLAN, [siteId, scope, watermarkMs, total]),
      tx.query(ADD_PIECES, [siteId, scope, ...columnsOf(pieces, ['toMs', 'fromMs'])]),
    ])
  })

const IS_OPEN = `
  SELECT 1 FROM first_fetches JOIN fetch_pieces USING (site_id, scope)
  WHERE ${OF_SCOPE} AND watermark_ms = $3 AND to_ms = $4`

/** Throws `busy` where the piece is no longer to be fetched, see `PieceProgress`. Under the site's write lock. */
export async function refuseOtherPlan(
  tx: Transaction,
  { siteId, scope }: FetchOf,
  { watermarkMs, toMs }: PieceProgress,
): Promise<void> {
  const open = await tx.query(IS_OPEN, [siteId, scope, watermarkMs, toMs])
  if (open.length === 0) throw planReplaced()
}

const NEVER_BACK = `
  ON CONFLICT (site_id, scope) DO UPDATE SET watermark_ms = excluded.watermark_ms
  WHERE excluded.watermark_ms > sync_state.watermark_ms`

const END_PLAN = `
  WITH over AS (
    DELETE FROM first_fetches WHERE ${OF_SCOPE} AND NOT EXISTS (SELECT FROM fetch_pieces WHERE ${OF_SCOPE})
    RETURNING watermark_ms
  )
  INSERT INTO sync_state (site_id, scope, watermark_ms) SELECT $1, $2, watermark_ms FROM over ${NEVER_BACK}`

/**
 * Notes how far a piece is. With the last piece's end the first fetch is over, and its watermark becomes the scope's.
 * Under the site's write lock, after `refuseOtherPlan`.
 */
export function advancePiece(tx: WriteTransaction, { siteId, scope }: FetchOf, piece: PieceProgress): void {
  const { toMs, nextFromMs } = piece
  if (nextFromMs !== null) {
    const advance = `UPDATE fetch_pieces SET from_ms = $4 WHERE ${OF_SCOPE} AND to_ms = $3 AND from_ms < $4`
    void tx.query(advance, [siteId, scope, toMs, nextFromMs])
    return
  }
  void tx.query(`DELETE FROM fetch_pieces WHERE ${OF_SCOPE} AND to_ms = $3`, [siteId, scope, toMs])
  void tx.query(END_PLAN, [siteId, scope])
}

export const syncState: PostgresMethod<'syncState'> = async (db, siteId, scope) => {
  const sql = `SELECT watermark_ms AS "watermarkMs", census_ms AS "censusMs" FROM sync_state WHERE ${OF_SCOPE}`
  return (await db.query<SyncState>(sql, [siteId, scope]))[0] ?? null
}

/** Moves the watermark on; an older one changes nothing. Under the site's write lock. */
export function moveWatermark(tx: WriteTransaction, siteId: string, scope: string, atMs: number): void {
  const sql = `INSERT INTO sync_state (site_id, scope, watermark_ms) VALUES ($1, $2, $3) ${NEVER_BACK}`
  void tx.query(sql, [siteId, scope, atMs])
}

export const setCensus: PostgresMethod<'setCensus'> = (db, siteId, scope, atMs) =>
  db.write(async (tx) => {
    const sql = `UPDATE sync_state SET census_ms = $3 WHERE ${OF_SCOPE} AND (census_ms IS NULL OR census_ms < $3)`
    await tx.query(sql, [siteId, scope, atMs])
  })

export const setSyncReport: PostgresMethod<'setSyncReport'> = (db, siteId, scope, report) =>
  db.write(async (tx) => {
    tx.notify(siteId, 'report')
    await tx.query(
      `INSERT INTO sync_reports (site_id, scope, report) VALUES ($1, $2, $3)
       ON CONFLICT (site_id, scope) DO UPDATE SET report = excluded.report`,
      [siteId, scope, report],
    )
  })

export const syncReport: PostgresMethod<'syncReport'> = async (db, siteId, scope) => {
  const sql = `SELECT report FROM sync_reports WHERE ${OF_SCOPE}`
  return (await db.query<{ report: string }>(sql, [siteId, scope]))[0]?.report ?? null
}
