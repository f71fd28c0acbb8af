import type { Minute } from '../../../src-shared/domain/minute.ts'
import { cutsOf, type CountedMinute, type MinuteReader } from '../counts.ts'
import type { CountsScope } from '../store.ts'
import { inSteps, rowsInSteps } from '../steps.ts'
import type { SqliteDb } from './connection.ts'
import { IN_SCOPE, scopeParams } from './counts.ts'

/** So many rows are read without letting the event loop go on. */
const READ_BATCH = 1_000
/** So many rows are written in one transaction, each of them at a place of its own. */
const WRITE_BATCH = 500
/** So many minutes of the roll-up are read without letting the event loop go on. */
const MINUTES_PER_STEP = 1_440

/** See `Store.countedIds`. */
export async function countedIds(
  db: SqliteDb,
  siteId: string,
  scope: CountsScope,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<string[]> {
  const found: string[] = []
  const steps = rowsInSteps<Place>(READ_BATCH, (last) =>
    rowsAfter(db, siteId, scope, last ?? { createdMs: fromMs, id: '' }, toMs),
  )
  for await (const rows of steps) for (const row of rows) if (row.counted === 1) found.push(row.id)
  return found
}

/** A row that was read: tickets are read in the order of creation and id. */
interface Place {
  readonly createdMs: number
  readonly id: string
  readonly counted: 0 | 1
}

/** The next rows, whether they count or not: how many are read is what a step costs. */
function rowsAfter(
  db: SqliteDb,
  siteId: string,
  scope: CountsScope,
  { createdMs, id }: Omit<Place, 'counted'>,
  toMs: number,
): Promise<Place[]> {
  return db.read(() =>
    db
      .statement<Place>(
        `SELECT id, created_ms AS createdMs, (left_ms IS NULL AND source = 'jira' AND ${IN_SCOPE}) AS counted FROM tickets
         WHERE site_id = @siteId AND (created_ms, id) > (@createdMs, @id) AND created_ms < @toMs
         ORDER BY created_ms, id LIMIT ${READ_BATCH}`,
      )
      .all({ ...scopeParams(siteId, scope), createdMs, id, toMs }),
  )
}

/** See `Store.createdCuts`. Read from the minute counts. */
export function createdCuts(
  db: SqliteDb,
  siteId: string,
  scope: CountsScope,
  size: number,
): Promise<number[]> {
  const reader: MinuteReader = {
    minutesAStep: MINUTES_PER_STEP,
    firstMinute: (from) => firstMinute(db, siteId, scope, from),
    minutes: (span) =>
      db.read(() =>
        db
          .statement<CountedMinute>(
            `SELECT minute, SUM(count) AS count FROM minute_counts
             WHERE ${IN_SCOPE} AND minute >= @fromMinute AND minute < @toMinute AND count > 0
             GROUP BY minute ORDER BY minute`,
          )
          .all({ ...scopeParams(siteId, scope), ...span }),
      ),
  }
  return cutsOf(reader, size)
}

/** See `MinuteReader`. One seek a priority. */
async function firstMinute(
  db: SqliteDb,
  siteId: string,
  { priorityIds }: CountsScope,
  from: Minute,
): Promise<Minute | null> {
  const row = await db.read(() =>
    db
      .statement<{ minute: Minute | null }>(
        `SELECT MIN((
           SELECT minute FROM minute_counts
           WHERE site_id = @siteId AND priority_id = wanted.value AND minute >= @from ORDER BY minute LIMIT 1
         )) AS minute
         FROM json_each(@priorityIds) AS wanted`,
      )
      .get({ siteId, priorityIds: JSON.stringify(priorityIds), from }),
  )
  return row?.minute ?? null
}

/** See `Store.markMissing`. */
export function markMissing(
  db: SqliteDb,
  siteId: string,
  ids: readonly string[],
  atMs: number,
  apartMs: number,
): Promise<string[]> {
  return inSteps(ids, WRITE_BATCH, (some) =>
    db.write(() => {
      const params = { siteId, ids: JSON.stringify(some), atMs, latestMs: atMs - apartMs }
      const missedBefore = db
        .statement<{ id: string }>(
          `SELECT id FROM tickets WHERE site_id = @siteId AND id IN (SELECT value FROM json_each(@ids))
             AND left_ms IS NULL AND missing_since_ms <= @latestMs`,
        )
        .all(params)
      db.statement(
        `UPDATE tickets SET missing_since_ms = @atMs
         WHERE site_id = @siteId AND id IN (SELECT value FROM json_each(@ids))
           AND left_ms IS NULL AND missing_since_ms IS NULL`,
      ).run(params)
      return missedBefore.map((row) => row.id)
    }),
  )
}

/** See `Store.clearMissing`. */
export async function clearMissing(db: SqliteDb, siteId: string, ids: readonly string[]): Promise<void> {
  await inSteps(ids, WRITE_BATCH, (some) => db.write(() => clearMissingMarks(db, siteId, some)))
}

/** Inside `write`. */
export function clearMissingMarks(db: SqliteDb, siteId: string, ids: readonly string[]): void {
  db.statement(
    `UPDATE tickets SET missing_since_ms = NULL
     WHERE site_id = ? AND id IN (SELECT value FROM json_each(?)) AND missing_since_ms IS NOT NULL`,
  ).run(siteId, JSON.stringify(ids))
}
