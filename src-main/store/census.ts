import { setImmediate } from 'node:timers/promises'
import { startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { IN_SCOPE, scopeParams } from './count-cells.ts'
import { lockSite } from './seq.ts'
import { rows, sql, type Database, type Statement } from './sql.ts'
import { inSteps, rowsInSteps } from './steps.ts'
import type { CountsScope } from './store.ts'
import { BY_IDS } from './tickets.ts'

interface ReadTicket {
  readonly createdMs: number
  readonly id: string
  readonly counted?: 0 | 1
}

const COUNTED = `left_ms IS NULL AND source = 'jira' AND ${IN_SCOPE}`
const readTickets = (counted: string, filter: string): string => `
  SELECT id, created_ms AS "createdMs" ${counted} FROM tickets
  WHERE site_id = :siteId AND (created_ms, id) > (:createdMs, :id) AND created_ms < :toMs ${filter}
  ORDER BY created_ms, id LIMIT :batch`
const ONLY_COUNTED = readTickets('', `AND ${COUNTED}`)
/** How many are read is what a step costs in a file, whether they count or not. */
const ALL_TICKETS = readTickets(`, (${COUNTED}) AS counted`, '')

/** One seek a priority. */
const FIRST_MINUTE = `
  SELECT MIN((
    SELECT minute FROM minute_counts
    WHERE site_id = :siteId AND priority_id = item AND minute >= :from ORDER BY minute LIMIT 1
  )) AS minute
  FROM {:priorityIds[TEXT]}`

const MINUTES = `
  SELECT minute, CAST(SUM(count) AS BIGINT) AS count
  FROM {minute_counts WHERE ${IN_SCOPE} AND minute >= :from AND minute < :to AND count > 0}
  GROUP BY minute ORDER BY minute`

const MISSED_BEFORE = `SELECT id FROM {${BY_IDS} AND left_ms IS NULL AND missing_since_ms <= :latestMs}`
const MISS = `
  UPDATE tickets SET missing_since_ms = :atMs
  WHERE AT {${BY_IDS} AND left_ms IS NULL AND missing_since_ms IS NULL} RETURNING 1 AS one`
const CLEAR = `
  UPDATE tickets SET missing_since_ms = NULL WHERE AT {${BY_IDS} AND missing_since_ms IS NOT NULL}`

/** Under the site's write lock. */
export function clearMissingMarks(siteId: string, ids: readonly string[]): Statement {
  return sql(CLEAR, { siteId, ids })
}

/** What a census asks, which compares ids with Jira's. */
export function createCensus(db: Database) {
  return {
    /** Ids of Jira's own counted tickets of the scope created in `[fromMs, toMs)`, in any order: none that were imported. */
    async countedIds(
      siteId: string,
      scope: CountsScope,
      { fromMs, toMs }: { fromMs: number; toMs: number },
    ): Promise<string[]> {
      const found: string[] = []
      const batch = db.batch.narrowRows
      const first = { ...scopeParams(siteId, scope), createdMs: fromMs, id: '', toMs, batch }
      const text = db.isInline ? ALL_TICKETS : ONLY_COUNTED
      const steps = rowsInSteps<ReadTicket>(batch, (last) => db.scan(sql(text, { ...first, ...last })))
      for await (const some of steps) for (const row of some) if (row.counted !== 0) found.push(row.id)
      return found
    },

    /**
     * Creation times (epoch ms, whole minutes) that cut the scope's counted tickets into parts, in order: n cuts make n + 1
     * parts, the first from the beginning of time, the last without end. A part has at most `size` tickets, or is one minute.
     */
    async createdCuts(siteId: string, scope: CountsScope, size: number): Promise<number[]> {
      const cuts: number[] = []
      let inPart = 0
      for await (const { minute, count } of countedMinutes(db, siteId, scope)) {
        if (inPart > 0 && inPart + count > size) {
          cuts.push(startOfMinute(minute))
          inPart = 0
        }
        inPart += count
      }
      return cuts
    },

    /**
     * A census missed these tickets. Returns those that it missed before, at least `apartMs` earlier.
     * A ticket that any page shows again begins anew.
     */
    markMissing: (siteId: string, ids: readonly string[], atMs: number, apartMs: number): Promise<string[]> =>
      inSteps([...new Set(ids)], db.batch.places, (some) =>
        db.write(function* (tx) {
          const params = { siteId, ids: some, atMs, latestMs: atMs - apartMs }
          tx.send(...lockSite(siteId))
          const [before, now] = yield* rows(sql<{ id: string }>(MISSED_BEFORE, params), sql(MISS, params))
          if (now.length === 0) tx.discard()
          return before.map((row) => row.id)
        }),
      ),

    /** These tickets were found after all. */
    async clearMissing(siteId: string, ids: readonly string[]): Promise<void> {
      await inSteps([...new Set(ids)], db.batch.places, (some) =>
        db.write(function* () {
          yield [...lockSite(siteId), clearMissingMarks(siteId, some)]
        }),
      )
    },
  }
}

interface CountedMinute {
  readonly minute: Minute
  readonly count: number
}

/** The minutes that have counted tickets, in order. The event loop goes on between the steps. */
export async function* countedMinutes(
  db: Database,
  siteId: string,
  scope: CountsScope,
): AsyncGenerator<CountedMinute> {
  const params = scopeParams(siteId, scope)
  for (let from: Minute = Number.MIN_SAFE_INTEGER; ;) {
    const [found] = await db.query(sql<{ minute: Minute | null }>(FIRST_MINUTE, { ...params, from }))
    const first = found?.minute ?? null
    if (first === null) return
    const to = first + db.batch.narrowRows
    yield* await db.scan(sql<CountedMinute>(MINUTES, { ...params, from: first, to }))
    from = to
    await setImmediate()
  }
}
