import type { Minute } from '../../../src-shared/domain/minute.ts'
import { cutsOf, type CountedMinute } from '../counts.ts'
import { inSteps, rowsInSteps } from '../steps.ts'
import { query, type SqliteDb, type SqliteMethod } from './connection.ts'
import { IN_SCOPE, scopeParams } from './counts.ts'

/** How many rows are read without letting the event loop go on. */
const READ_BATCH = 1_000
/** How many rows are written in one transaction, each of them at a place of its own. */
const WRITE_BATCH = 500
/** How many minutes of the roll-up are read without letting the event loop go on. */
const MINUTES_PER_STEP = 1_440

const AMONG_IDS = 'site_id = @siteId AND id IN (SELECT value FROM json_each(@ids)) AND left_ms IS NULL'

/** A row that was read, whether it counts or not: how many are read is what a step costs. */
interface ReadTicket {
  readonly createdMs: number
  readonly id: string
  readonly counted: 0 | 1
}

const READ_TICKETS = `
  SELECT id, created_ms AS createdMs, (left_ms IS NULL AND source = 'jira' AND ${IN_SCOPE}) AS counted FROM tickets
  WHERE site_id = @siteId AND (created_ms, id) > (@createdMs, @id) AND created_ms < @toMs
  ORDER BY created_ms, id LIMIT ${READ_BATCH}`

export const countedIds: SqliteMethod<'countedIds'> = async (db, siteId, scope, { fromMs, toMs }) => {
  const found: string[] = []
  const steps = rowsInSteps<ReadTicket>(READ_BATCH, (last) => {
    const { createdMs, id } = last ?? { createdMs: fromMs, id: '' }
    return query(db, READ_TICKETS, { ...scopeParams(siteId, scope), createdMs, id, toMs })
  })
  for await (const rows of steps) for (const row of rows) if (row.counted === 1) found.push(row.id)
  return found
}

/** One seek a priority. */
const FIRST_MINUTE = `
  SELECT MIN((
    SELECT minute FROM minute_counts
    WHERE site_id = @siteId AND priority_id = wanted.value AND minute >= @from ORDER BY minute LIMIT 1
  )) AS minute
  FROM json_each(@priorityIds) AS wanted`

const MINUTES = `
  SELECT minute, SUM(count) AS count FROM minute_counts
  WHERE ${IN_SCOPE} AND minute >= @fromMinute AND minute < @toMinute AND count > 0
  GROUP BY minute ORDER BY minute`

/** Read from the minute counts. */
export const createdCuts: SqliteMethod<'createdCuts'> = (db, siteId, scope, size) => {
  const params = scopeParams(siteId, scope)
  const reader = {
    minutesAStep: MINUTES_PER_STEP,
    async firstMinute(from: Minute) {
      const [row] = await query<{ minute: Minute | null }>(db, FIRST_MINUTE, { ...params, from })
      return row?.minute ?? null
    },
    minutes: (span: object) => query<CountedMinute>(db, MINUTES, { ...params, ...span }),
  }
  return cutsOf(reader, size)
}

export const markMissing: SqliteMethod<'markMissing'> = (db, siteId, ids, atMs, apartMs) =>
  inSteps(ids, WRITE_BATCH, (some) =>
    db.write(() => {
      const params = { siteId, ids: JSON.stringify(some), atMs, latestMs: atMs - apartMs }
      const missed = `SELECT id FROM tickets WHERE ${AMONG_IDS} AND missing_since_ms <= @latestMs`
      const missedBefore = db.statement<{ id: string }>(missed).all(params)
      db.statement(
        `UPDATE tickets SET missing_since_ms = @atMs WHERE ${AMONG_IDS} AND missing_since_ms IS NULL`,
      ).run(params)
      return missedBefore.map((row) => row.id)
    }),
  )

export const clearMissing: SqliteMethod<'clearMissing'> = async (db, siteId, ids) => {
  await inSteps(ids, WRITE_BATCH, (some) => db.write(() => clearMissingMarks(db, siteId, some)))
}

/** Inside `write`. */
export function clearMissingMarks(db: SqliteDb, siteId: string, ids: readonly string[]): void {
  db.statement(
    `UPDATE tickets SET missing_since_ms = NULL
     WHERE site_id = ? AND id IN (SELECT value FROM json_each(?)) AND missing_since_ms IS NOT NULL`,
  ).run(siteId, JSON.stringify(ids))
}
