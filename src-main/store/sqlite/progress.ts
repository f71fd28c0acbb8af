import { planReplaced, tablesReplaced } from '../errors.ts'
import type {
  FetchPiece,
  FirstFetch,
  FirstFetchPlan,
  PieceProgress,
  SyncState,
  TicketPage,
} from '../store.ts'
import type { SqliteDb } from './connection.ts'
import { readSeq } from './seq.ts'

type FetchOf = Pick<TicketPage, 'siteId' | 'scope'>

const OF_SCOPE = 'site_id = ? AND scope = ?'

/** See `Store.firstFetch`. */
export function firstFetch(db: SqliteDb, siteId: string, scope: string): Promise<FirstFetch | null> {
  return db.read(() => {
    const plan = db
      .statement<Omit<FirstFetch, 'pieces'>>(
        `SELECT watermark_ms AS watermarkMs, total FROM first_fetches WHERE ${OF_SCOPE}`,
      )
      .get(siteId, scope)
    if (plan === undefined) return null
    const pieces = db
      .statement<FetchPiece>(
        `SELECT from_ms AS fromMs, to_ms AS toMs FROM fetch_pieces WHERE ${OF_SCOPE} ORDER BY to_ms`,
      )
      .all(siteId, scope)
    return { ...plan, pieces }
  })
}

/** See `Store.planFirstFetch`. */
export function planFirstFetch(
  db: SqliteDb,
  siteId: string,
  scope: string,
  { watermarkMs, total, epoch, pieces }: FirstFetchPlan,
): Promise<void> {
  return db.write(() => {
    if (readSeq(db, siteId).resetSeq !== epoch) throw tablesReplaced()
    dropPlan(db, { siteId, scope })
    db.statement('INSERT INTO first_fetches (site_id, scope, watermark_ms, total) VALUES (?, ?, ?, ?)').run(
      siteId,
      scope,
      watermarkMs,
      total,
    )
    const add = db.statement('INSERT INTO fetch_pieces (site_id, scope, to_ms, from_ms) VALUES (?, ?, ?, ?)')
    for (const { fromMs, toMs } of pieces) add.run(siteId, scope, toMs, fromMs)
  })
}

/** Throws `busy` where the piece is no longer to be fetched, see `PieceProgress`. Inside `write`. */
export function refuseOtherPlan(
  db: SqliteDb,
  { siteId, scope }: FetchOf,
  { watermarkMs, toMs }: PieceProgress,
): void {
  const piece = db
    .statement(
      `SELECT 1 FROM first_fetches JOIN fetch_pieces USING (site_id, scope)
       WHERE ${OF_SCOPE} AND watermark_ms = ? AND to_ms = ?`,
    )
    .get(siteId, scope, watermarkMs, toMs)
  if (piece === undefined) throw planReplaced()
}

/** Notes how far a piece is. With the last piece's end the first fetch is over. Inside `write`, after `refuseOtherPlan`. */
export function advancePiece(
  db: SqliteDb,
  { siteId, scope }: FetchOf,
  { watermarkMs, toMs, nextFromMs }: PieceProgress,
): void {
  if (nextFromMs !== null) {
    db.statement(`UPDATE fetch_pieces SET from_ms = ? WHERE ${OF_SCOPE} AND to_ms = ? AND from_ms < ?`).run(
      nextFromMs,
      siteId,
      scope,
      toMs,
      nextFromMs,
    )
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

/** See `Store.syncState`. */
export function syncState(db: SqliteDb, siteId: string, scope: string): Promise<SyncState | null> {
  return db.read(
    () =>
      db
        .statement<SyncState>(
          `SELECT watermark_ms AS watermarkMs, census_ms AS censusMs FROM sync_state
           WHERE site_id = ? AND scope = ?`,
        )
        .get(siteId, scope) ?? null,
  )
}

/** Moves the watermark on; an older one changes nothing. Inside `write`. */
export function moveWatermark(db: SqliteDb, siteId: string, scope: string, watermarkMs: number): void {
  db.statement(
    `INSERT INTO sync_state (site_id, scope, watermark_ms) VALUES (?, ?, ?)
     ON CONFLICT (site_id, scope) DO UPDATE SET watermark_ms = excluded.watermark_ms
     WHERE excluded.watermark_ms > sync_state.watermark_ms`,
  ).run(siteId, scope, watermarkMs)
}

/** See `Store.setCensus`. */
export function setCensus(db: SqliteDb, siteId: string, scope: string, atMs: number): Promise<void> {
  return db.write(() => {
    db.statement(
      `UPDATE sync_state SET census_ms = @atMs
       WHERE site_id = @siteId AND scope = @scope AND (census_ms IS NULL OR census_ms < @atMs)`,
    ).run({ siteId, scope, atMs })
  })
}

/** See `Store.setSyncReport`. */
export function setSyncReport(db: SqliteDb, siteId: string, scope: string, report: string): Promise<void> {
  return db.write(() => {
    db.statement(
      `INSERT INTO sync_reports (site_id, scope, report) VALUES (?, ?, ?)
       ON CONFLICT (site_id, scope) DO UPDATE SET report = excluded.report`,
    ).run(siteId, scope, report)
  })
}

/** See `Store.syncReport`. */
export function syncReport(db: SqliteDb, siteId: string, scope: string): Promise<string | null> {
  return db.read(() => {
    const row = db
      .statement<{ report: string }>('SELECT report FROM sync_reports WHERE site_id = ? AND scope = ?')
      .get(siteId, scope)
    return row?.report ?? null
  })
}
