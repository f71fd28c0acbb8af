import type { SyncState } from '../store.ts'
import type { Connection } from './connection.ts'

/** See `Store.syncState`. */
export function syncState(db: Connection, siteId: string, scope: string): Promise<SyncState | null> {
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
export function moveWatermark(db: Connection, siteId: string, scope: string, watermarkMs: number): void {
  db.statement(
    `INSERT INTO sync_state (site_id, scope, watermark_ms) VALUES (?, ?, ?)
     ON CONFLICT (site_id, scope) DO UPDATE SET watermark_ms = excluded.watermark_ms
     WHERE excluded.watermark_ms > sync_state.watermark_ms`,
  ).run(siteId, scope, watermarkMs)
}

/** See `Store.setCensus`. */
export function setCensus(db: Connection, siteId: string, scope: string, atMs: number): Promise<void> {
  return db.write(() => {
    db.statement(
      `UPDATE sync_state SET census_ms = @atMs
       WHERE site_id = @siteId AND scope = @scope AND (census_ms IS NULL OR census_ms < @atMs)`,
    ).run({ siteId, scope, atMs })
  })
}
