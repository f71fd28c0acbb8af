import type { Minute } from '../../../src-shared/domain/minute.ts'
import { cutsOf, type CountedMinute, type MinuteReader } from '../counts.ts'
import type { CountsScope } from '../store.ts'
import { allInSteps, inSteps } from '../steps.ts'
import type { PostgresDb, WriteTransaction } from './connection/connection.ts'
import { IN_SCOPE, OF_WANTED, scopeParams, WANTED } from './counts.ts'
import { lockSite } from './seq.ts'
import { BY_IDS } from './tickets.ts'

const READ_BATCH = 10_000
const WRITE_BATCH = 1_000
/** A week. */
const MINUTES_PER_STEP = 10_080

/** See `Store.countedIds`. In the order of creation and id. */
export async function countedIds(
  db: PostgresDb,
  siteId: string,
  scope: CountsScope,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<string[]> {
  const rows = await allInSteps<{ createdMs: number; id: string }>(READ_BATCH, (last) =>
    db.scan(
      `SELECT id, created_ms AS "createdMs" FROM tickets
       WHERE ${IN_SCOPE} AND (created_ms, id) > ($4, $5) AND created_ms < $6
         AND left_ms IS NULL AND source = 'jira'
       ORDER BY created_ms, id LIMIT ${READ_BATCH}`,
      [...scopeParams(siteId, scope), last?.createdMs ?? fromMs, last?.id ?? '', toMs],
    ),
  )
  return rows.map((row) => row.id)
}

/** See `Store.createdCuts`. Read from the minute counts. */
export function createdCuts(
  db: PostgresDb,
  siteId: string,
  scope: CountsScope,
  size: number,
): Promise<number[]> {
  const reader: MinuteReader = {
    minutesAStep: MINUTES_PER_STEP,
    firstMinute: (from) => firstMinute(db, siteId, scope, from),
    minutes: ({ fromMinute, toMinute }) =>
      db.scan<CountedMinute>(
        `SELECT minute, SUM(count)::bigint AS count
         FROM ${WANTED} CROSS JOIN LATERAL (
           SELECT minute, count FROM minute_counts
           WHERE ${OF_WANTED} AND minute >= $4 AND minute < $5 AND count > 0 OFFSET 0
         ) AS cells
         GROUP BY minute ORDER BY minute`,
        [...scopeParams(siteId, scope), fromMinute, toMinute],
      ),
  }
  return cutsOf(reader, size)
}

/** See `MinuteReader`. One seek a priority. */
async function firstMinute(
  db: PostgresDb,
  siteId: string,
  { priorityIds }: CountsScope,
  from: Minute,
): Promise<Minute | null> {
  const [row] = await db.query<{ minute: Minute | null }>(
    `SELECT MIN(found.minute) AS minute
     FROM ${WANTED} CROSS JOIN LATERAL (
       SELECT minute FROM minute_counts
       WHERE site_id = $1 AND priority_id = wanted.id AND minute >= $3 ORDER BY minute LIMIT 1
     ) AS found`,
    [siteId, priorityIds, from],
  )
  return row?.minute ?? null
}

/** See `Store.markMissing`. */
export function markMissing(
  db: PostgresDb,
  siteId: string,
  ids: readonly string[],
  atMs: number,
  apartMs: number,
): Promise<string[]> {
  return inSteps(ids, WRITE_BATCH, (some) =>
    db.write(async (tx) => {
      const [, missedBefore, missedNow] = await Promise.all([
        lockSite(tx, siteId),
        tx.query<{ id: string }>(
          `SELECT DISTINCT id FROM ${BY_IDS} WHERE left_ms IS NULL AND missing_since_ms <= $3`,
          [siteId, some, atMs - apartMs],
        ),
        tx.query(
          `UPDATE tickets SET missing_since_ms = $3
           WHERE (site_id, id) IN (
             SELECT site_id, id FROM ${BY_IDS} WHERE left_ms IS NULL AND missing_since_ms IS NULL
           )
           RETURNING 1`,
          [siteId, some, atMs],
        ),
      ])
      if (missedNow.length === 0) tx.discard()
      return missedBefore.map((row) => row.id)
    }),
  )
}

/** See `Store.clearMissing`. */
export async function clearMissing(db: PostgresDb, siteId: string, ids: readonly string[]): Promise<void> {
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
