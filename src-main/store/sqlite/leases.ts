import type { LeaseHolder } from '../store.ts'
import type { SqliteDb, SqliteMethod } from './connection.ts'

const HOLDER = 'SELECT owner, expires_ms - @nowMs AS expiresInMs FROM leases WHERE name = @name'

/** One that runs longer than any that is given now is of a clock that was set back since: it is cut. */
const TAKE = `
  INSERT INTO leases (site_id, name, owner, expires_ms) VALUES (@siteId, @name, @owner, @expiresMs)
  ON CONFLICT (site_id, name) DO UPDATE SET
    owner = CASE WHEN leases.expires_ms <= @nowMs THEN excluded.owner ELSE leases.owner END,
    expires_ms = excluded.expires_ms
  WHERE leases.owner = excluded.owner OR leases.expires_ms <= @nowMs OR leases.expires_ms > @expiresMs
  RETURNING owner`

/** The machine's clock is every process's that has the file. */
export const takeLease: SqliteMethod<'takeLease'> = (db, siteId, name, owner, ttlMs) =>
  db.write(() => {
    // Read under the lock: it may have been waited for.
    const nowMs = db.clock.now()
    const params = { siteId, name, owner, nowMs, expiresMs: nowMs + ttlMs }
    return db.statement<{ owner: string }>(TAKE).get(params)?.owner === owner
  })

export const leaseHolder: SqliteMethod<'leaseHolder'> = (db, siteId, name) =>
  db.read(() => {
    const params = { siteId, name, nowMs: db.clock.now() }
    return db.statement<LeaseHolder>(`${HOLDER} AND site_id = @siteId`).get(params) ?? null
  })

/** Who has the lease of a name, at whichever site, as far as the transaction under way sees. */
export function leaseHolders(db: SqliteDb, nowMs: number, name: string): LeaseHolder[] {
  return db.statement<LeaseHolder>(HOLDER).all({ name, nowMs })
}

export const dropLease: SqliteMethod<'dropLease'> = (db, siteId, name, owner) =>
  db.write(() => {
    db.statement('DELETE FROM leases WHERE site_id = ? AND name = ? AND owner = ?').run(siteId, name, owner)
  })
