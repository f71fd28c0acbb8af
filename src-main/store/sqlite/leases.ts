import type { Connection } from './connection.ts'

/** See `Store.takeLease`. */
export function takeLease(
  db: Connection,
  siteId: string,
  name: string,
  owner: string,
  nowMs: number,
  ttlMs: number,
): Promise<boolean> {
  return db.write(() => {
    const { changes } = db
      .statement(
        `INSERT INTO leases (site_id, name, owner, expires_ms) VALUES (?, ?, ?, ?)
         ON CONFLICT (site_id, name) DO UPDATE SET owner = excluded.owner, expires_ms = excluded.expires_ms
         WHERE leases.owner = excluded.owner OR leases.expires_ms <= ?`,
      )
      .run(siteId, name, owner, nowMs + ttlMs, nowMs)
    return changes === 1
  })
}

/** See `Store.leaseOwner`. */
export function leaseOwner(db: Connection, siteId: string, name: string): Promise<string | null> {
  return db.read(() => {
    const found = db
      .statement('SELECT owner FROM leases WHERE site_id = ? AND name = ?')
      .pluck()
      .get(siteId, name)
    return (found as string | undefined) ?? null
  })
}

/** See `Store.dropLease`: another owner's lease stays. */
export function dropLease(db: Connection, siteId: string, name: string, owner: string): Promise<void> {
  return db.write(() => {
    db.statement('DELETE FROM leases WHERE site_id = ? AND name = ? AND owner = ?').run(siteId, name, owner)
  })
}
