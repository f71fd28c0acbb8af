import type { Clock } from '../../runtime/clock.ts'
import type { LeaseHolder } from '../store.ts'
import type { SqliteDb } from './connection.ts'

/** See `Store.takeLease`. The machine's clock is every process's that has the file. */
export function takeLease(
  db: SqliteDb,
  clock: Clock,
  siteId: string,
  name: string,
  { owner, ttlMs }: { owner: string; ttlMs: number },
): Promise<boolean> {
  return db.write(() => {
    // Read under the lock: it may have been waited for.
    const nowMs = clock.now()
    // One that runs longer than any that is given now is of a clock that was set back since: it is cut.
    const written = db
      .statement<{ owner: string }>(
        `INSERT INTO leases (site_id, name, owner, expires_ms) VALUES (@siteId, @name, @owner, @expiresMs)
         ON CONFLICT (site_id, name) DO UPDATE SET
           owner = CASE WHEN leases.expires_ms <= @nowMs THEN excluded.owner ELSE leases.owner END,
           expires_ms = excluded.expires_ms
         WHERE leases.owner = excluded.owner OR leases.expires_ms <= @nowMs OR leases.expires_ms > @expiresMs
         RETURNING owner`,
      )
      .get({ siteId, name, owner, nowMs, expiresMs: nowMs + ttlMs })
    return written?.owner === owner
  })
}

/** See `Store.leaseHolder`. */
export function leaseHolder(
  db: SqliteDb,
  clock: Clock,
  siteId: string,
  name: string,
): Promise<LeaseHolder | null> {
  return db.read(() => {
    const found = db
      .statement<{ owner: string; expiresMs: number }>(
        'SELECT owner, expires_ms AS expiresMs FROM leases WHERE site_id = ? AND name = ?',
      )
      .get(siteId, name)
    return found === undefined ? null : { owner: found.owner, expiresInMs: found.expiresMs - clock.now() }
  })
}

/** Who has the lease of a name, at whichever site, as far as the transaction under way sees. */
export function leaseHolders(db: SqliteDb, nowMs: number, name: string): LeaseHolder[] {
  return db
    .statement<{ owner: string; expiresMs: number }>(
      'SELECT owner, expires_ms AS expiresMs FROM leases WHERE name = ?',
    )
    .all(name)
    .map(({ owner, expiresMs }) => ({ owner, expiresInMs: expiresMs - nowMs }))
}

/** See `Store.dropLease`: another owner's lease stays. */
export function dropLease(db: SqliteDb, siteId: string, name: string, owner: string): Promise<void> {
  return db.write(() => {
    db.statement('DELETE FROM leases WHERE site_id = ? AND name = ? AND owner = ?').run(siteId, name, owner)
  })
}
