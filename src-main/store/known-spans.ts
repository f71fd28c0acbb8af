import { knownExcept, type KnownSpans, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { tablesReplaced } from './errors.ts'
import { lockSite, readSeq } from './seq.ts'
import { sql, type Database } from './sql.ts'

/** What is kept by site and scope. */
export const OF_SCOPE = 'site_id = :siteId AND scope = :scope'

/** What was fetched whole up to an instant, and what of it is still open. */
const KNOWN = `
  SELECT CAST(NULL AS BIGINT) AS "fromMs", watermark_ms AS "toMs" FROM sync_state WHERE ${OF_SCOPE}
  UNION ALL SELECT CAST(NULL AS BIGINT), watermark_ms FROM first_fetches WHERE ${OF_SCOPE}
  UNION ALL SELECT from_ms, to_ms FROM fetch_pieces WHERE ${OF_SCOPE}
  UNION ALL SELECT CAST(NULL AS BIGINT), known_ms FROM known_until WHERE ${OF_SCOPE}
  ORDER BY 2`
const SET_KNOWN = `
  INSERT INTO known_until (site_id, scope, known_ms) VALUES (:siteId, :scope, :knownMs)
  ON CONFLICT (site_id, scope) DO UPDATE SET known_ms = excluded.known_ms
  WHERE excluded.known_ms > known_until.known_ms`

export interface KnownUntil {
  readonly knownMs: number
  /** The `epoch` that the search began in. */
  readonly epoch: number
}

/** Which creation times are known: see `docs/decisions/0043-known-spans.md`. */
export function createKnownSpans(db: Database) {
  return {
    /** Which creation times (site epoch ms) are known to a scope. */
    async knownSpans(siteId: string, scope: string): Promise<KnownSpans> {
      const found = await db.query(sql<{ fromMs: number | null; toMs: number }>(KNOWN, { siteId, scope }))
      const open = found.filter((row): row is TimeSpan => row.fromMs !== null)
      const untilMs = found.filter(({ fromMs }) => fromMs === null).map(({ toMs }) => toMs)
      return knownExcept(Math.max(0, ...untilMs), open)
    },

    /**
     * Notes that a whole search showed nothing to store: everything created before `knownMs` is known, but for the open
     * pieces of a first fetch. It never goes back. Refused (`busy`) where the epoch has passed.
     */
    setKnown: (siteId: string, scope: string, { knownMs, epoch }: KnownUntil): Promise<void> =>
      db.write(function* (tx) {
        tx.send(...lockSite(siteId))
        const { resetSeq } = yield* readSeq(siteId)
        if (resetSeq !== epoch) throw tablesReplaced()
        tx.send(sql(SET_KNOWN, { siteId, scope, knownMs }))
      }),
  }
}
