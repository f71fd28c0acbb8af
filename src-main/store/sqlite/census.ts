import { setImmediate } from 'node:timers/promises'
import type { Minute } from '../../../src-shared/domain/minute.ts'
import { cutsOf, type CountedMinute } from '../created-cuts.ts'
import type { CountsScope } from '../store.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'

/** So many rows are read without letting the event loop go on. */
const ROWS_A_READ = 1_000
/** So many rows are written in one transaction, each of them at a place of its own. */
const ROWS_A_COMMIT = 500
/** So many minutes of the roll-up are read without letting the event loop go on. */
const MINUTES_A_STEP = 1_440

/** See `Store.countedIds`. */
export async function countedIds(
  db: Connection,
  siteId: string,
  scope: CountsScope,
  { fromMs, toMs }: { fromMs: number; toMs: number },
): Promise<string[]> {
  const found: string[] = []
  let after: Place | null = { createdMs: fromMs, id: '' }
  while (after !== null) {
    const rows = await rowsAfter(db, siteId, scope, after, toMs)
    for (const row of rows) if (row.counted === 1) found.push(row.id)
    after = rows.length < ROWS_A_READ ? null : (rows.at(-1) ?? null)
    if (after !== null) await setImmediate()
  }
  return found
}

/** Where one step of a reading ended: tickets are read in the order of creation and id. */
interface Place {
  readonly createdMs: number
  readonly id: string
}

/** The next rows, whether they count or not: how many are read is what a step costs. */
function rowsAfter(
  db: Connection,
  siteId: string,
  scope: CountsScope,
  { createdMs, id }: Place,
  toMs: number,
): Promise<(Place & { readonly counted: 0 | 1 })[]> {
  return db.read(() =>
    db
      .statement<Place & { counted: 0 | 1 }>(
        `SELECT id, created_ms AS createdMs, (left_ms IS NULL AND source = 'jira' AND ${IN_SCOPE}) AS counted FROM tickets
         WHERE site_id = @siteId AND (created_ms, id) > (@createdMs, @id) AND created_ms < @toMs
         ORDER BY created_ms, id LIMIT ${ROWS_A_READ}`,
      )
      .all({ ...scopeParams(siteId, scope), createdMs, id, toMs }),
  )
}

/** See `Store.createdCuts`. Read from the minute counts. */
export function createdCuts(
  db: Connection,
  siteId: string,
  scope: CountsScope,
  size: number,
): Promise<number[]> {
  return cutsOf(countedMinutes(db, siteId, scope), size)
}

/** The scope's minutes that have tickets, in order. */
async function* countedMinutes(
  db: Connection,
  siteId: string,
  scope: CountsScope,
): AsyncGenerator<CountedMinute> {
  for (let from: Minute | null = Number.MIN_SAFE_INTEGER; ;) {
    from = await firstMinute(db, siteId, scope, from)
    if (from === null) return
    const params = { ...scopeParams(siteId, scope), from, to: from + MINUTES_A_STEP }
    yield* await db.read(() =>
      db
        .statement<CountedMinute>(
          `SELECT minute, SUM(count) AS count FROM minute_counts
           WHERE ${IN_SCOPE} AND minute >= @from AND minute < @to AND count > 0
           GROUP BY minute ORDER BY minute`,
        )
        .all(params),
    )
    from = params.to
    await setImmediate()
  }
}

/** The first minute from `from` on that the counts know of, whatever the project; null after the last. One seek a priority. */
async function firstMinute(
  db: Connection,
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

/** See `Store.strikeMissing`. */
export async function strikeMissing(
  db: Connection,
  siteId: string,
  ids: readonly string[],
  atMs: number,
  apartMs: number,
): Promise<string[]> {
  const twice: string[] = []
  await inSteps(ids, (some) =>
    db.write(() => {
      const params = { siteId, ids: JSON.stringify(some), atMs, latestMs: atMs - apartMs }
      const struckBefore = db
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
      twice.push(...struckBefore.map((row) => row.id))
    }),
  )
  return twice
}

/** See `Store.clearStrikes`. */
export function clearStrikes(db: Connection, siteId: string, ids: readonly string[]): Promise<void> {
  return inSteps(ids, (some) => db.write(() => takeBackStrikes(db, siteId, some)))
}

/** Inside `write`. */
export function takeBackStrikes(db: Connection, siteId: string, ids: readonly string[]): void {
  db.statement(
    `UPDATE tickets SET missing_since_ms = NULL
     WHERE site_id = ? AND id IN (SELECT value FROM json_each(?)) AND missing_since_ms IS NOT NULL`,
  ).run(siteId, JSON.stringify(ids))
}

async function inSteps(
  ids: readonly string[],
  step: (some: readonly string[]) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < ids.length; from += ROWS_A_COMMIT) {
    if (from > 0) await setImmediate()
    await step(ids.slice(from, from + ROWS_A_COMMIT))
  }
}
