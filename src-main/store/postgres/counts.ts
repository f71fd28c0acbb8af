import type { MinuteChange } from '../../../src-shared/contract/tickets.ts'
import { startOfMinute, type Minute, type MinuteSpan } from '../../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../../src-shared/domain/series.ts'
import {
  changesUnread,
  dayDeltas,
  minutesOf,
  NOTHING,
  outsideDays,
  type CountDelta,
  type Day,
  type Sum,
} from '../counts.ts'
import type { CountsScope } from '../store.ts'
import { columnsOf } from './connection/values.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import type { Transaction, WriteTransaction } from './connection/connection.ts'
import { readSeq } from './seq.ts'

/**
 * The condition that a row of tickets, minute_counts or day_counts is among those that are counted. Its parameters are
 * the first three, see `scopeParams`.
 */
export const IN_SCOPE = `site_id = $1 AND priority_id = ANY($2::text[]) AND ($3::text IS NULL OR project_key = $3)`

/** The same for the rows of one priority, where `wanted` has the ids of all: each of them then is one seek in an index. */
export const OF_WANTED = `site_id = $1 AND priority_id = wanted.id AND ($3::text IS NULL OR project_key = $3)`

/** To be joined laterally with what is `OF_WANTED`. */
export const WANTED = `unnest($2::text[]) AS wanted (id)`

export function scopeParams(siteId: string, scope: CountsScope): unknown[] {
  return [siteId, [...new Set(scope.priorityIds)], scope.projectKey]
}

/**
 * Adds to the cells of the minute counts, marked with the commit's number, and of the day counts. Under the site's write
 * lock.
 */
export function addToCounts(
  tx: WriteTransaction,
  siteId: string,
  deltas: readonly CountDelta[],
  seq: number,
): void {
  void tx.query(
    `INSERT INTO minute_counts (site_id, seq, priority_id, minute, project_key, count)
     SELECT $1, $2, * FROM unnest($3::text[], $4::bigint[], $5::text[], $6::bigint[])
     ON CONFLICT (site_id, priority_id, minute, project_key)
     DO UPDATE SET count = minute_counts.count + excluded.count, seq = excluded.seq`,
    [siteId, seq, ...columnsOf(deltas, ['priorityId', 'minute', 'projectKey', 'delta'])],
  )
  const days = dayDeltas(deltas)
  if (days.length === 0) return
  void tx.query(
    `INSERT INTO day_counts (site_id, priority_id, day, project_key, count)
     SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[])
     ON CONFLICT (site_id, priority_id, day, project_key)
     DO UPDATE SET count = day_counts.count + excluded.count`,
    [siteId, ...columnsOf(days, ['priorityId', 'day', 'projectKey', 'delta'])],
  )
}

const COUNTS = `
  SELECT $4::bigint + bucket * $6::bigint AS "startMinute", wanted.id AS "priorityId", cells.count
  FROM ${WANTED} CROSS JOIN LATERAL (
    SELECT (minute - $4::bigint) / $6::bigint AS bucket, SUM(count)::bigint AS count FROM minute_counts
    WHERE ${OF_WANTED} AND minute >= $4 AND minute < $5 AND count > 0
    GROUP BY bucket OFFSET 0
  ) AS cells
  ORDER BY bucket, wanted.id`

/** Buckets begin at `fromMinute`; those without tickets are not among the rows. */
export const counts: PostgresMethod<'counts'> = (db, asked) => {
  const { siteId, fromMinute, toMinute, bucketMinutes } = asked
  const params = [...scopeParams(siteId, asked), fromMinute, toMinute, bucketMinutes]
  return db.read(async (tx) => {
    const [{ seq }, rows] = await Promise.all([readSeq(tx, siteId), tx.query<PriorityCount>(COUNTS, params)])
    return { seq, rows }
  })
}

/**
 * A minute's count is that of all its projects, whichever of them changed. `IN_SCOPE` is said so that the primary key
 * cannot serve it: what changed is found by seq, however few a site has changed.
 */
const CHANGES = `
  SELECT changed.minute, changed.priority_id AS "priorityId", present.count
  FROM (
    SELECT DISTINCT minute, priority_id FROM minute_counts
    WHERE site_id = $1 AND priority_id || '' = ANY($2::text[]) AND ($3::text IS NULL OR project_key = $3) AND seq > $4
    LIMIT $5
  ) AS changed
  CROSS JOIN LATERAL (
    SELECT SUM(count)::bigint AS count FROM minute_counts
    WHERE site_id = $1 AND priority_id = changed.priority_id AND minute = changed.minute
      AND ($3::text IS NULL OR project_key = $3)
  ) AS present
  ORDER BY changed.minute, changed.priority_id`

export const changesSince: PostgresMethod<'changesSince'> = (db, siteId, since, scope, limit) =>
  db.read(async (tx) => {
    const present = await readSeq(tx, siteId)
    const unread = changesUnread(present, since)
    if (unread !== null) return unread
    const params = [...scopeParams(siteId, scope), since, limit + 1]
    const changes = await tx.query<MinuteChange>(CHANGES, params)
    return { seq: present.seq, changes: changes.length > limit ? null : changes }
  })

export const ticketTotal: PostgresMethod<'ticketTotal'> = async (db, siteId, scope) => {
  const sql = `SELECT COALESCE(SUM(count), 0)::bigint AS total FROM day_counts WHERE ${IN_SCOPE}`
  const [row] = await db.query<{ total: number }>(sql, scopeParams(siteId, scope))
  return row?.total ?? 0
}

/** Whole days are read as days, and of minutes those of four days at most. */
export const outside: PostgresMethod<'outside'> = (db, siteId, span, scope) => {
  const { beforeDay, minutesBefore, minutesAfter, afterDay } = outsideDays(span)
  return db.read(async (tx) => {
    const of: Where = { tx, params: scopeParams(siteId, scope) }
    const [earlier, before, after, later] = await Promise.all([
      inDays(of, '<', beforeDay),
      inMinutes(of, minutesBefore),
      inMinutes(of, minutesAfter),
      inDays(of, '>=', afterDay),
    ])
    const [last, first] = await Promise.all([
      before.last ?? inDay(of, earlier.last).then((day) => day.last),
      after.first ?? inDay(of, later.first).then((day) => day.first),
    ])
    const [lastBeforeMs, firstAfterMs] = await Promise.all([
      createdIn(of, 'DESC', last),
      createdIn(of, 'ASC', first),
    ])
    return {
      before: earlier.tickets + before.tickets,
      after: after.tickets + later.tickets,
      lastBeforeMs,
      firstAfterMs,
    }
  })
}

/** What is asked for, see `scopeParams`, in one view of the tables. */
interface Where {
  readonly tx: Transaction
  readonly params: readonly unknown[]
}

async function inDays({ tx, params }: Where, compared: '<' | '>=', day: Day): Promise<Sum<Day>> {
  const sql = `
    SELECT COALESCE(SUM(count), 0)::bigint AS tickets, MIN(day) AS first, MAX(day) AS last FROM day_counts
    WHERE ${IN_SCOPE} AND day ${compared} $4 AND count > 0`
  return (await tx.query<Sum<Day>>(sql, [...params, day]))[0] ?? NOTHING
}

const IN_MINUTES = `
  SELECT COALESCE(SUM(count), 0)::bigint AS tickets, MIN(minute) AS first, MAX(minute) AS last
  FROM ${WANTED} CROSS JOIN LATERAL (
    SELECT minute, count FROM minute_counts
    WHERE ${OF_WANTED} AND minute >= $4 AND minute < $5 AND count > 0 OFFSET 0
  ) AS cells`

async function inMinutes({ tx, params }: Where, { fromMinute, toMinute }: MinuteSpan): Promise<Sum<Minute>> {
  return (await tx.query<Sum<Minute>>(IN_MINUTES, [...params, fromMinute, toMinute]))[0] ?? NOTHING
}

async function inDay(of: Where, day: Day | null): Promise<Sum<Minute>> {
  return day === null ? NOTHING : inMinutes(of, minutesOf(day))
}

/** The first or last creation (epoch ms) of a counted ticket in a minute. */
async function createdIn(
  { tx, params }: Where,
  order: 'ASC' | 'DESC',
  minute: Minute | null,
): Promise<number | null> {
  if (minute === null) return null
  const sql = `
    SELECT created_ms AS "createdMs" FROM tickets
    WHERE ${IN_SCOPE} AND created_ms >= $4 AND created_ms < $5 AND left_ms IS NULL
    ORDER BY created_ms ${order} LIMIT 1`
  const span = [startOfMinute(minute), startOfMinute(minute + 1)]
  return (await tx.query<{ createdMs: number }>(sql, [...params, ...span]))[0]?.createdMs ?? null
}
