import type { CleanUp } from '../../../src-shared/contract/runs/clean-up.ts'
import { notifyIf, rows, sql, type Database } from '../sql.ts'

/** A clean-up as the process that works on it wrote it last. */
export interface WrittenCleanUp {
  /** As leases name it. */
  readonly owner: string
  readonly cleanUp: CleanUp
}

const LAST = `
  SELECT owner, state, (
    SELECT expires_ms - NOW_MS FROM leases
    WHERE site_id = :siteId AND name = :lease AND owner = clean_ups.owner
  ) AS "leaseMs"
  FROM clean_ups WHERE site_id = :siteId`

interface CleanUpRow {
  readonly owner: string
  readonly state: string
  readonly leaseMs: number | null
}

/** One that has lost its lease says nothing more. */
const WRITE = `
  INSERT INTO clean_ups (site_id, owner, state)
  SELECT :siteId, :owner, :state
  WHERE EXISTS (SELECT 1 FROM leases WHERE site_id = :siteId AND name = :lease AND owner = :owner)
  ON CONFLICT (site_id) DO UPDATE SET owner = excluded.owner, state = excluded.state
  RETURNING 1 AS one`

/** The last clean-up of a site, for all who share the store. */
export function createCleanUps(db: Database) {
  return {
    /** Null where there was none. `leaseMs`: how long its owner has the lease of that name; not above 0 where it has not. */
    async lastCleanUp(
      siteId: string,
      lease: string,
    ): Promise<(WrittenCleanUp & { readonly leaseMs: number }) | null> {
      const [found] = await db.query(sql<CleanUpRow>(LAST, { siteId, lease }))
      if (found === undefined) return null
      const { owner, state, leaseMs } = found
      return { owner, cleanUp: JSON.parse(state) as CleanUp, leaseMs: leaseMs ?? 0 }
    },

    /** How far it is, by whoever has the lease of that name. False, and nothing written, where the owner has not. */
    writeCleanUp: (siteId: string, lease: string, { owner, cleanUp }: WrittenCleanUp): Promise<boolean> =>
      db.write(function* (tx) {
        const given = { siteId, lease, owner, state: JSON.stringify(cleanUp) }
        const [written] = yield* rows(sql(WRITE, given))
        notifyIf(written.length > 0, tx, siteId, 'ledger')
        return written.length > 0
      }),
  }
}
