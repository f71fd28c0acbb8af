import type { Connection } from './connection.ts'

/** See `Store.setSyncReport`. */
export function setSyncReport(db: Connection, siteId: string, scope: string, report: string): Promise<void> {
  return db.write(() => {
    db.statement(
      `INSERT INTO sync_reports (site_id, scope, report) VALUES (?, ?, ?)
       ON CONFLICT (site_id, scope) DO UPDATE SET report = excluded.report`,
    ).run(siteId, scope, report)
  })
}

/** See `Store.syncReport`. */
export function syncReport(db: Connection, siteId: string, scope: string): Promise<string | null> {
  return db.read(() => {
    const row = db
      .statement<{ report: string }>('SELECT report FROM sync_reports WHERE site_id = ? AND scope = ?')
      .get(siteId, scope)
    return row?.report ?? null
  })
}
