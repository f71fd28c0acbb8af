import { knownExcept, type KnownSpans, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { tablesReplaced } from './errors.ts'
import { lockSite, readSeq } from './seq.ts'
import { sql, type Database } from './sql.ts'

/** What is kept by site and scope. */
export const OF_SCOPE = 'site_id = :siteId AND scope = :scope'

/** What was fetched whole up to an instant, what of it is still open, and from when on anything is kept. */
const KNOWN = `
  SELECT CAST(NULL AS BIGINT) AS "fromMs", watermark_ms AS "toMs" FROM sync_state WHERE ${OF_SCOPE}
  UNION ALL SELECT CAST(NULL AS BIGINT), watermark_ms FROM first_fetches WHERE ${OF_SCOPE}
  UNION ALL SELECT from_ms, to_ms FROM fetch_pieces WHERE ${OF_SCOPE}
  UNION ALL SELECT CAST(NULL AS BIGINT), known_ms FROM known_until WHERE ${OF_SCOPE}
  UNION ALL SELECT kept_from_ms, CAST(NULL AS BIGINT) FROM site_seq WHERE site_id = :siteId AND kept_from_ms IS NOT NULL
  ORDER BY 2`
const KEPT_FROM = 'SELECT kept_from_ms AS "keptFromMs" FROM site_seq WHERE site_id = :siteId'
const SET_KNOWN = `
  INSERT INTO known_until (site_id, scope, known_ms) VALUES (:siteId, :scope, :knownMs)
  ON CONFLICT (site_id, scope) DO UPDATE SET known_ms = excluded.known_ms
  WHERE excluded.known_ms > known_until.known_ms`

export interface KnownUntil {
  readonly knownMs: number
  /** The `epoch` that the search began in. */
  readonly epoch: number
}

/** Which creation times are known to a scope, and from when on the site's tickets are kept; 0: all are. Site epoch ms. */
export interface Known {
  readonly spans: KnownSpans
  readonly keptFromMs: number
}

interface KnownRow {
  readonly fromMs: number | null
  readonly toMs: number | null
}

/** Which creation times are known: see `docs/decisions/0043-known-spans.md`. */
export function createKnownSpans(db: Database) {
  const known = async (siteId: string, scope: string): Promise<Known> => {
    const found = await db.query(sql<KnownRow>(KNOWN, { siteId, scope }))
    const keptFromMs = found.find(({ toMs }) => toMs === null)?.fromMs ?? 0
    const open = found.filter((row): row is TimeSpan => row.fromMs !== null && row.toMs !== null)
    const untilMs = found.flatMap(({ fromMs, toMs }) => (fromMs === null && toMs !== null ? toMs : []))
    const spans = knownExcept(Math.max(0, ...untilMs), open, keptFromMs)
    return { spans, keptFromMs }
  }
  return {
    known,

    /** From when on the site's tickets are kept (site epoch ms); 0 where all are. See `keepFrom`. */
    async keptFromMs(siteId: string): Promise<number> {
      const [site] = await db.query(sql<{ keptFromMs: number | null }>(KEPT_FROM, { siteId }))
      return site?.keptFromMs ?? 0
    },

    /** Which creation times (site epoch ms) are known to a scope. */
    knownSpans: async (siteId: string, scope: string): Promise<KnownSpans> =>
      (await known(siteId, scope)).spans,

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
