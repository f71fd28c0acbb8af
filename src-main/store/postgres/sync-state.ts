import type { SyncState } from '../store.ts'
import type { Connection, WriteTransaction } from './connection.ts'

/** See `Store.syncState`. */
export async function syncState(db: Connection, siteId: string, scope: string): Promise<SyncState | null> {
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
export function setCensus(db: Connection, siteId: string, scope: string, atMs: number): Promise<void> {
  return db.write(async (tx) => {
    await tx.query(
      `UPDATE sync_state SET census_ms = $3
       WHERE site_id = $1 AND scope = $2 AND (census_ms IS NULL OR census_ms < $3)`,
      [siteId, scope, atMs],
    )
  })
}
