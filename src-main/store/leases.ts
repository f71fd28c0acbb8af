import { notifyIf, rows, sql, type Database, type Statement } from './sql.ts'
import type { LeaseHolder } from './store.ts'

/**
 * While another owner has it, it is only read: many instances may ask all the time. The owner of another's that was cut
 * stays: one that runs longer than any that is given now is of a clock that was set back since, as after a failover, and
 * a dead one's could not be taken for as long.
 */
const TAKE = `
  INSERT INTO leases (site_id, name, owner, expires_ms)
  SELECT :siteId, :name, :owner, NOW_MS + :ttlMs
  WHERE NOT EXISTS (
    SELECT 1 FROM leases WHERE site_id = :siteId AND name = :name AND owner <> :owner
      AND expires_ms > NOW_MS AND expires_ms <= NOW_MS + :ttlMs
  )
  ON CONFLICT (site_id, name) DO UPDATE SET
    owner = CASE WHEN leases.expires_ms <= NOW_MS THEN excluded.owner ELSE leases.owner END,
    expires_ms = NOW_MS + :ttlMs
  WHERE leases.owner = excluded.owner OR leases.expires_ms <= NOW_MS OR leases.expires_ms > NOW_MS + :ttlMs
  RETURNING owner`

const HOLDER = 'SELECT owner, expires_ms - NOW_MS AS "expiresInMs" FROM leases WHERE name = :name'

/** Who has the lease of a name, at whichever site. */
export function leaseHolders(name: string): Statement<LeaseHolder> {
  return sql(HOLDER, { name })
}

export type LeaseStore = ReturnType<typeof createLeases>

/** One instance at a time: rows that run out by the store's own clock. */
export function createLeases(db: Database) {
  return {
    /**
     * Takes or renews a lease. False while another owner's has not run out. One that runs longer than `ttlMs` from now,
     * because the clock has gone back, runs for `ttlMs` from now on.
     */
    takeLease: (siteId: string, name: string, owner: string, ttlMs: number): Promise<boolean> =>
      db.writeLease(function* (tx) {
        const [[written]] = yield* rows(sql<{ owner: string }>(TAKE, { siteId, name, owner, ttlMs }))
        if (written === undefined) tx.discard()
        return written?.owner === owner
      }),

    /** Who has a lease, run out or not; null where none has. */
    async leaseHolder(siteId: string, name: string): Promise<LeaseHolder | null> {
      const holder = sql<LeaseHolder>(`${HOLDER} AND site_id = :siteId`, { siteId, name })
      return (await db.query(holder))[0] ?? null
    },

    /**
     * Gives a lease from one owner to another, for `ttlMs`, and notifies those that wait for it. False, and nothing done, where
     * it is not the first one's.
     */
    passLease: (
      siteId: string,
      name: string,
      { from, to }: { readonly from: string; readonly to: string },
      ttlMs: number,
    ): Promise<boolean> =>
      db.writeLease(function* (tx) {
        const text = `
          UPDATE leases SET owner = :to, expires_ms = NOW_MS + :ttlMs
          WHERE site_id = :siteId AND name = :name AND owner = :from RETURNING 1 AS one`
        const [passed] = yield* rows(sql(text, { siteId, name, from, to, ttlMs }))
        notifyIf(passed.length > 0, tx, siteId, `lease ${name}`)
        if (passed.length === 0) tx.discard()
        return passed.length > 0
      }),

    /** Lets go of that owner's lease, and notifies those that wait for it; another's stays. */
    dropLease: (siteId: string, name: string, owner: string): Promise<void> =>
      db.writeLease(function* (tx) {
        const text = `
          DELETE FROM leases WHERE site_id = :siteId AND name = :name AND owner = :owner RETURNING 1 AS one`
        const [dropped] = yield* rows(sql(text, { siteId, name, owner }))
        notifyIf(dropped.length > 0, tx, siteId, `lease ${name}`)
      }),
  }
}
