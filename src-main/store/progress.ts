import { OF_SCOPE, type createKnownSpans } from './known-spans.ts'
import { tablesReplaced } from './errors.ts'
import { lockSite, readSeq } from './seq.ts'
import { rows, sql, type Database, type Statement } from './sql.ts'
import type { FetchPiece, FirstFetch, FirstFetchPlan, PieceProgress, SyncState, TicketPage } from './store.ts'

type FetchOf = Pick<TicketPage, 'siteId' | 'scope'>

const PLAN = `SELECT watermark_ms AS "watermarkMs", total FROM first_fetches WHERE ${OF_SCOPE}`
const PIECES = `SELECT from_ms AS "fromMs", to_ms AS "toMs" FROM fetch_pieces WHERE ${OF_SCOPE} ORDER BY to_ms`
const STATE = `SELECT watermark_ms AS "watermarkMs", census_ms AS "censusMs" FROM sync_state WHERE ${OF_SCOPE}`

const DROP_PIECES = `DELETE FROM fetch_pieces WHERE ${OF_SCOPE}`
const DROP_PLAN = `DELETE FROM first_fetches WHERE ${OF_SCOPE}`
const BEGIN_PLAN = `
  INSERT INTO first_fetches (site_id, scope, watermark_ms, total) VALUES (:siteId, :scope, :watermarkMs, :total)`
const ADD_PIECES = `
  INSERT INTO fetch_pieces (site_id, scope, to_ms, from_ms)
  VALUES (:siteId, :scope, :toMs[BIGINT], :fromMs[BIGINT])`

const SET_CENSUS = `
  UPDATE sync_state SET census_ms = :atMs WHERE ${OF_SCOPE} AND (census_ms IS NULL OR census_ms < :atMs)`
const SET_REPORT = `
  INSERT INTO sync_reports (site_id, scope, report) VALUES (:siteId, :scope, :report)
  ON CONFLICT (site_id, scope) DO UPDATE SET report = excluded.report`
const REPORT = `SELECT report FROM sync_reports WHERE ${OF_SCOPE}`

const KEEP_SITE = `
  INSERT INTO known_sites (asked, site) VALUES (:asked, :site)
  ON CONFLICT (asked) DO UPDATE SET site = excluded.site`

export type ProgressStore = ReturnType<typeof createProgress> & ReturnType<typeof createKnownSpans>

/** How far the fetches of a scope are, and what they publish for those who read without Jira. */
export function createProgress(db: Database) {
  return {
    syncState: async (siteId: string, scope: string): Promise<SyncState | null> =>
      (await db.query(sql<SyncState>(STATE, { siteId, scope })))[0] ?? null,

    /** Notes that a census came to its end. It never goes back; without a watermark nothing is noted. */
    async setCensus(siteId: string, scope: string, atMs: number): Promise<void> {
      await db.write(() => rows(sql(SET_CENSUS, { siteId, scope, atMs })))
    },

    /** The pieces of a first fetch that is not over; null where none was planned. */
    firstFetch: (siteId: string, scope: string): Promise<FirstFetch | null> =>
      db.read(function* () {
        const [[plan], pieces] = yield* rows(
          sql<Omit<FirstFetch, 'pieces'>>(PLAN, { siteId, scope }),
          sql<FetchPiece>(PIECES, { siteId, scope }),
        )
        return plan === undefined ? null : { ...plan, pieces }
      }),

    /** Writes a first fetch's plan of at least one piece, in place of any former one. Refused (`busy`) where the epoch has passed. */
    planFirstFetch: (
      siteId: string,
      scope: string,
      { epoch, pieces, ...plan }: FirstFetchPlan,
    ): Promise<void> =>
      db.write(function* (tx) {
        const params = { siteId, scope, ...plan }
        tx.send(...lockSite(siteId))
        const { resetSeq } = yield* readSeq(siteId)
        if (resetSeq !== epoch) throw tablesReplaced()
        tx.send(sql(DROP_PIECES, params), sql(DROP_PLAN, params), sql(BEGIN_PLAN, params))
        tx.send({ text: ADD_PIECES, params, rows: pieces })
      }),

    /** Replaces the published report of the fetches of a scope. A text of at most a few kB. */
    setSyncReport: (siteId: string, scope: string, report: string): Promise<void> =>
      publish(db, siteId, sql(SET_REPORT, { siteId, scope, report })),

    /** Null where nothing was published yet. */
    syncReport: async (siteId: string, scope: string): Promise<string | null> =>
      (await db.query(sql<{ report: string }>(REPORT, { siteId, scope })))[0]?.report ?? null,

    /** Keeps what was found of a Jira, a text of at most a few kB, under what was asked for, in place of any former one; who follows it is notified. */
    keepSite: (siteId: string, asked: string, site: string): Promise<void> =>
      publish(db, siteId, sql(KEEP_SITE, { asked, site })),

    /** Null where nothing was kept under it. Works without ticket tables, too. */
    async knownSite(asked: string): Promise<string | null> {
      const known = sql<{ site: string }>('SELECT site FROM known_sites WHERE asked = :asked', { asked })
      return (await db.query(known))[0]?.site ?? null
    },
  }
}

/** Whoever follows what the instance that fetches publishes is notified. */
function publish(db: Database, siteId: string, statement: Statement): Promise<void> {
  return db.write(function* (tx) {
    tx.notify(siteId, 'report')
    yield [statement]
  })
}

const OPEN_PIECE = `
  SELECT 1 AS one FROM first_fetches JOIN fetch_pieces USING (site_id, scope)
  WHERE ${OF_SCOPE} AND watermark_ms = :watermarkMs AND to_ms = :toMs`

/** Gives no row where the piece is no longer to be fetched, see `PieceProgress`. Under the site's write lock. */
export function openPiece({ siteId, scope }: FetchOf, piece: PieceProgress): Statement {
  return sql(OPEN_PIECE, { siteId, scope, ...piece })
}

const NEVER_BACK = `
  ON CONFLICT (site_id, scope) DO UPDATE SET watermark_ms = excluded.watermark_ms
  WHERE excluded.watermark_ms > sync_state.watermark_ms`
const MOVE = `
  INSERT INTO sync_state (site_id, scope, watermark_ms) VALUES (:siteId, :scope, :watermarkMs) ${NEVER_BACK}`

/** Moves the watermark on; an older one changes nothing. Under the site's write lock. */
export function moveWatermark({ siteId, scope }: FetchOf, watermarkMs: number): Statement {
  return sql(MOVE, { siteId, scope, watermarkMs })
}

const ADVANCE = `
  UPDATE fetch_pieces SET from_ms = :nextFromMs WHERE ${OF_SCOPE} AND to_ms = :toMs AND from_ms < :nextFromMs`
const END_PIECE = `${DROP_PIECES} AND to_ms = :toMs`
const IS_OVER = `${OF_SCOPE} AND NOT EXISTS (SELECT 1 FROM fetch_pieces WHERE ${OF_SCOPE})`
const END_FETCH = [
  `INSERT INTO sync_state (site_id, scope, watermark_ms)
   SELECT site_id, scope, watermark_ms FROM first_fetches WHERE ${IS_OVER} ${NEVER_BACK}`,
  `DELETE FROM first_fetches WHERE ${IS_OVER}`,
]

/**
 * Notes how far a piece is. With the last piece's end the first fetch is over, and its watermark becomes the scope's.
 * Under the site's write lock, where the piece is open.
 */
export function advancePiece({ siteId, scope }: FetchOf, piece: PieceProgress): Statement[] {
  const texts = piece.nextFromMs === null ? [END_PIECE, ...END_FETCH] : [ADVANCE]
  return texts.map((text) => sql(text, { siteId, scope, ...piece }))
}
