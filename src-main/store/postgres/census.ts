import type { Minute, MinuteSpan } from '../../../src-shared/domain/minute.ts'
import { cutsOf, type CountedMinute } from '../counts.ts'
import { allInSteps, inSteps } from '../steps.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import type { WriteTransaction } from './connection/connection.ts'
import { IN_SCOPE, OF_WANTED, scopeParams, WANTED } from './counts.ts'
import { lockSite } from './seq.ts'
import { BY_IDS } from './tickets.ts'

const READ_BATCH = 10_000
const WRITE_BATCH = 1_000
/** A week. */
const MINUTES_PER_STEP = 10_080

const COUNTED = `
  SELECT id, created_ms AS "createdMs" FROM tickets
  WHERE ${IN_SCOPE} AND (created_ms, id) > ($4, $5) AND created_ms < $6 AND left_ms IS NULL AND source = 'jira'
  ORDER BY created_ms, id LIMIT ${READ_BATCH}`

/** In the order of creation and id. */
export const countedIds: PostgresMethod<'countedIds'> = async (db, siteId, scope, { fromMs, toMs }) => {
  const rows = await allInSteps<{ createdMs: number; id: string }>(READ_BATCH, (last) => {
    const { createdMs, id } = last ?? { createdMs: fromMs, id: '' }
    return db.scan(COUNTED, [...scopeParams(siteId, scope), createdMs, id, toMs])
  })
  return rows.map((row) => row.id)
}

/** One seek a priority. */
const FIRST_MINUTE = `
  SELECT MIN(found.minute) AS minute
  FROM ${WANTED} CROSS JOIN LATERAL (
    SELECT minute FROM minute_counts
    WHERE site_id = $1 AND priority_id = wanted.id AND minute >= $3 ORDER BY minute LIMIT 1
  ) AS found`

const MINUTES = `
  SELECT minute, SUM(count)::bigint AS count
  FROM ${WANTED} CROSS JOIN LATERAL (
    SELECT minute, count FROM minute_counts
    WHERE ${OF_WANTED} AND minute >= $4 AND minute < $5 AND count > 0 OFFSET 0
  ) AS cells
  GROUP BY minute ORDER BY minute`

/** Read from the minute counts. */
export const createdCuts: PostgresMethod<'createdCuts'> = (db, siteId, scope, size) => {
  const reader = {
    minutesAStep: MINUTES_PER_STEP,
    async firstMinute(from: Minute) {
      const params = [siteId, scope.priorityIds, from]
      return (await db.query<{ minute: Minute | null }>(FIRST_MINUTE, params))[0]?.minute ?? null
    },
    minutes: ({ fromMinute, toMinute }: MinuteSpan) =>
      db.scan<CountedMinute>(MINUTES, [...scopeParams(siteId, scope), fromMinute, toMinute]),
  }
  return cutsOf(reader, size)
}

const MISSED_BEFORE = `SELECT DISTINCT id FROM ${BY_IDS} WHERE left_ms IS NULL AND missing_since_ms <= $3`

const MISS = `
  UPDATE tickets SET missing_since_ms = $3
  WHERE (site_id, id) IN (SELECT site_id, id FROM ${BY_IDS} WHERE left_ms IS NULL AND missing_since_ms IS NULL)
  RETURNING 1`

export const markMissing: PostgresMethod<'markMissing'> = (db, siteId, ids, atMs, apartMs) =>
  inSteps(ids, WRITE_BATCH, (some) =>
    db.write(async (tx) => {
      const [, missedBefore, missedNow] = await Promise.all([
        lockSite(tx, siteId),
        tx.query<{ id: string }>(MISSED_BEFORE, [siteId, some, atMs - apartMs]),
        tx.query(MISS, [siteId, some, atMs]),
      ])
      if (missedNow.length === 0) tx.discard()
      return missedBefore.map((row) => row.id)
    }),
  )

export const clearMissing: PostgresMethod<'clearMissing'> = async (db, siteId, ids) => {
  await inSteps(ids, WRITE_BATCH, (some) =>
    db.write(async (tx) => {
      void lockSite(tx, siteId)
      clearMissingMarks(tx, siteId, some)
    }),
  )
}

/** Under the site's write lock. */
export function clearMissingMarks(tx: WriteTransaction, siteId: string, ids: readonly string[]): void {
  void tx.query(
    `UPDATE tickets SET missing_since_ms = NULL
     WHERE (site_id, id) IN (SELECT site_id, id FROM ${BY_IDS} WHERE missing_since_ms IS NOT NULL)`,
    [siteId, ids],
  )
}
