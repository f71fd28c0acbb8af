import { planReplaced, tablesReplaced } from '../errors.ts'
import type {
  FetchPiece,
  FirstFetch,
  FirstFetchPlan,
  PieceProgress,
  SyncState,
  TicketPage,
} from '../store.ts'
import type { PostgresDb, Transaction, WriteTransaction } from './connection/connection.ts'
import { lockSite } from './seq.ts'

type FetchOf = Pick<TicketPage, 'siteId' | 'scope'>

const OF_SCOPE = 'site_id = $1 AND scope = $2'

/** See `Store.firstFetch`. */
export function firstFetch(db: PostgresDb, siteId: string, scope: string): Promise<FirstFetch | null> {
  return db.read(async (tx) => {
    const [plans, pieces] = await Promise.all([
      tx.query<Omit<FirstFetch, 'pieces'>>(
        `SELECT watermark_ms AS "watermarkMs", total FROM first_fetches WHERE ${OF_SCOPE}`,
        [siteId, scope],
      ),
      tx.query<FetchPiece>(
        `SELECT from_ms AS "fromMs", to_ms AS "toMs" FROM fetch_pieces WHERE ${OF_SCOPE} ORDER BY to_ms`,
        [siteId, scope],
      ),
    ])
    const [plan] = plans
    return plan === undefined ? null : { ...plan, pieces }
  })
}

/** See `Store.planFirstFetch`. */
export function planFirstFetch(
  db: PostgresDb,
  siteId: string,
  scope: string,
  { watermarkMs, total, epoch, pieces }: FirstFetchPlan,
): Promise<void> {
  return db.write(async (tx) => {
    const { resetSeq } = await lockSite(tx, siteId)
    if (resetSeq !== epoch) throw tablesReplaced()
    const ends = pieces.map((piece) => piece.toMs)
    const starts = pieces.map((piece) => piece.fromMs)
    await Promise.all([
      tx.query(`DELETE FROM fetch_pieces WHERE ${OF_SCOPE}`, [siteId, scope]),
      tx.query(`DELETE FROM first_fetches WHERE ${OF_SCOPE}`, [siteId, scope]),
      tx.query('INSERT INTO first_fetches (site_id, scope, watermark_ms, total) VALUES ($1, $2, $3, $4)', [
        siteId,
        scope,
        watermarkMs,
        total,
      ]),
      tx.query(
        `INSERT INTO fetch_pieces (site_id, scope, to_ms, from_ms)
         SELECT $1, $2, * FROM unnest($3::bigint[], $4::bigint[])`,
        [siteId, scope, ends, starts],
      ),
    ])
  })
}

/** Throws `busy` where the piece is no longer to be fetched, see `PieceProgress`. Under the site's write lock. */
export async function refuseOtherPlan(
  tx: Transaction,
  { siteId, scope }: FetchOf,
  { watermarkMs, toMs }: PieceProgress,
): Promise<void> {
  const open = await tx.query(
    `SELECT 1 FROM first_fetches JOIN fetch_pieces USING (site_id, scope)
     WHERE ${OF_SCOPE} AND watermark_ms = $3 AND to_ms = $4`,
    [siteId, scope, watermarkMs, toMs],
  )
  if (open.length === 0) throw planReplaced()
}

/**
 * Notes how far a piece is. With the last piece's end the first fetch is over, and its watermark becomes the scope's.
 * Under the site's write lock, after `refuseOtherPlan`.
 */
export function advancePiece(
  tx: WriteTransaction,
  { siteId, scope }: FetchOf,
  { toMs, nextFromMs }: PieceProgress,
): void {
  if (nextFromMs !== null) {
    void tx.query(`UPDATE fetch_pieces SET from_ms = $4 WHERE ${OF_SCOPE} AND to_ms = $3 AND from_ms < $4`, [
      siteId,
      scope,
      toMs,
      nextFromMs,
    ])
    return
  }
  void tx.query(`DELETE FROM fetch_pieces WHERE ${OF_SCOPE} AND to_ms = $3`, [siteId, scope, toMs])
  void tx.query(
    `WITH over AS (
       DELETE FROM first_fetches
       WHERE ${OF_SCOPE} AND NOT EXISTS (SELECT FROM fetch_pieces WHERE ${OF_SCOPE})
       RETURNING watermark_ms
     )
     INSERT INTO sync_state (site_id, scope, watermark_ms) SELECT $1, $2, watermark_ms FROM over
     ON CONFLICT (site_id, scope) DO UPDATE SET watermark_ms = excluded.watermark_ms
     WHERE excluded.watermark_ms > sync_state.watermark_ms`,
    [siteId, scope],
  )
}

/** See `Store.syncState`. */
export async function syncState(db: PostgresDb, siteId: string, scope: string): Promise<SyncState | null> {
  const [state] = await db.query<SyncState>(
    `SELECT watermark_ms AS "watermarkMs", census_ms AS "censusMs" FROM sync_state
     WHERE site_id = $1 AND scope = $2`,
    [siteId, scope],
  )
  return state ?? null
}

/** Moves the watermark on; an older one changes nothing. Under the site's write lock. */
export function moveWatermark(
  tx: WriteTransaction,
  siteId: string,
  scope: string,
  watermarkMs: number,
): void {
  void tx.query(
    `INSERT INTO sync_state (site_id, scope, watermark_ms) VALUES ($1, $2, $3)
     ON CONFLICT (site_id, scope) DO UPDATE SET watermark_ms = excluded.watermark_ms
     WHERE excluded.watermark_ms > sync_state.watermark_ms`,
    [siteId, scope, watermarkMs],
  )
}

/** See `Store.setCensus`. */
export function setCensus(db: PostgresDb, siteId: string, scope: string, atMs: number): Promise<void> {
  return db.write(async (tx) => {
    await tx.query(
      `UPDATE sync_state SET census_ms = $3
       WHERE site_id = $1 AND scope = $2 AND (census_ms IS NULL OR census_ms < $3)`,
      [siteId, scope, atMs],
    )
  })
}

/** See `Store.setSyncReport`. */
export function setSyncReport(db: PostgresDb, siteId: string, scope: string, report: string): Promise<void> {
  return db.write(async (tx) => {
    tx.notify(siteId, 'report')
    await tx.query(
      `INSERT INTO sync_reports (site_id, scope, report) VALUES ($1, $2, $3)
       ON CONFLICT (site_id, scope) DO UPDATE SET report = excluded.report`,
      [siteId, scope, report],
    )
  })
}

/** See `Store.syncReport`. */
export async function syncReport(db: PostgresDb, siteId: string, scope: string): Promise<string | null> {
  const [row] = await db.query<{ report: string }>(
    'SELECT report FROM sync_reports WHERE site_id = $1 AND scope = $2',
    [siteId, scope],
  )
  return row?.report ?? null
}
