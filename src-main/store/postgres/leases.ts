import type { LeaseHolder } from '../store.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import type { SqlReader } from './connection/connection.ts'

/** The server's clock, epoch ms: that of each machine is another. It goes on within a transaction. */
const NOW_MS = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'

/**
 * While another owner has it, it is only read: many instances may ask all the time. `isMine` is false where another's
 * was cut: it runs longer than any that is given now, so the server's clock has gone back, as after a failover, and
 * a dead one's could not be taken for as long.
 */
const TAKE = `
  INSERT INTO leases (site_id, name, owner, expires_ms)
  SELECT $1, $2, $3, ${NOW_MS} + $4
  WHERE NOT EXISTS (
    SELECT FROM leases
    WHERE site_id = $1 AND name = $2 AND owner <> $3 AND expires_ms > ${NOW_MS} AND expires_ms <= ${NOW_MS} + $4
  )
  ON CONFLICT (site_id, name) DO UPDATE SET
    owner = CASE WHEN leases.expires_ms <= ${NOW_MS} THEN excluded.owner ELSE leases.owner END,
    expires_ms = ${NOW_MS} + $4
  WHERE leases.owner = excluded.owner OR leases.expires_ms <= ${NOW_MS} OR leases.expires_ms > ${NOW_MS} + $4
  RETURNING owner = $3 AS "isMine"`

export const takeLease: PostgresMethod<'takeLease'> = (db, siteId, name, owner, ttlMs) =>
  db.write(async (tx) => {
    const [written] = await tx.query<{ isMine: boolean }>(TAKE, [siteId, name, owner, ttlMs])
    if (written === undefined) tx.discard()
    return written?.isMine ?? false
  })

const HOLDER = `SELECT owner, expires_ms - ${NOW_MS} AS "expiresInMs" FROM leases WHERE name = $1`

export const leaseHolder: PostgresMethod<'leaseHolder'> = async (db, siteId, name) =>
  (await db.query<LeaseHolder>(`${HOLDER} AND site_id = $2`, [name, siteId]))[0] ?? null

/** Who has the lease of a name, at whichever site. Until the transaction ends none is taken, renewed or dropped. */
export async function lockedLeaseHolders(tx: SqlReader, name: string): Promise<LeaseHolder[]> {
  await tx.query('LOCK TABLE leases IN SHARE MODE')
  return tx.query<LeaseHolder>(HOLDER, [name])
}

/** Notifies those that wait for it. */
export const dropLease: PostgresMethod<'dropLease'> = (db, siteId, name, owner) =>
  db.write(async (tx) => {
    const sql = 'DELETE FROM leases WHERE site_id = $1 AND name = $2 AND owner = $3 RETURNING 1'
    const dropped = await tx.query(sql, [siteId, name, owner])
    if (dropped.length > 0) tx.notify(siteId, `lease ${name}`)
    else tx.discard()
  })
