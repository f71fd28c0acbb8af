import type { Connection } from './connection.ts'

/** See `Store.setSyncReport`. */
export function setSyncReport(db: Connection, siteId: string, scope: string, report: string): Promise<void> {
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
export async function syncReport(db: Connection, siteId: string, scope: string): Promise<string | null> {
  const [row] = await db.query<{ report: string }>(
    'SELECT report FROM sync_reports WHERE site_id = $1 AND scope = $2',
    [siteId, scope],
  )
  return row?.report ?? null
}
