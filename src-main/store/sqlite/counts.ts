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
import { query, type SqliteDb, type SqliteMethod } from './connection.ts'
import { readSeq } from './seq.ts'

/** The condition that a row of tickets or minute_counts is among those that are counted. Takes `scopeParams`. */
export const IN_SCOPE = `site_id = @siteId
  AND priority_id IN (SELECT value FROM json_each(@priorityIds))
  AND (@projectKey IS NULL OR project_key = @projectKey)`

export function scopeParams(siteId: string, scope: CountsScope): Record<string, string | null> {
  return { siteId, projectKey: scope.projectKey, priorityIds: JSON.stringify(scope.priorityIds) }
}

/** Adds to the cells of the minute counts, marked with the commit's number, and of the day counts. Inside `write`. */
export function addToCounts(db: SqliteDb, siteId: string, deltas: readonly CountDelta[], seq: number): void {
  const addToMinute = db.statement(
    `INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (site_id, priority_id, minute, project_key)
     DO UPDATE SET count = minute_counts.count + excluded.count, seq = excluded.seq`,
  )
  for (const { priorityId, minute, projectKey, delta } of deltas) {
    addToMinute.run(siteId, priorityId, minute, projectKey, delta, seq)
  }
  const addToDay = db.statement(
    `INSERT INTO day_counts (site_id, priority_id, day, project_key, count) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (site_id, priority_id, day, project_key)
     DO UPDATE SET count = day_counts.count + excluded.count`,
  )
  for (const { priorityId, day, projectKey, delta } of dayDeltas(deltas)) {
    addToDay.run(siteId, priorityId, day, projectKey, delta)
  }
}

const COUNTS = `
  SELECT @fromMinute + CAST((minute - @fromMinute) / @bucketMinutes AS INTEGER) * @bucketMinutes AS startMinute,
    priority_id AS priorityId, SUM(count) AS count
  FROM minute_counts
  WHERE ${IN_SCOPE} AND minute >= @fromMinute AND minute < @toMinute AND count > 0
  GROUP BY 1, 2`

/** Buckets begin at `fromMinute`; those without tickets are not among the rows. */
export const counts: SqliteMethod<'counts'> = (db, asked) => {
  const { siteId, fromMinute, toMinute, bucketMinutes } = asked
  const params = { ...scopeParams(siteId, asked), fromMinute, toMinute, bucketMinutes }
  return db.read(() => ({
    seq: readSeq(db, siteId).seq,
    rows: db.statement<PriorityCount>(COUNTS).all(params),
  }))
}

/** A minute's count is that of all its projects, whichever of them changed. */
const CHANGES = `
  WITH changed AS (
    SELECT DISTINCT minute, priority_id FROM minute_counts WHERE ${IN_SCOPE} AND seq > @since LIMIT @most
  )
  SELECT minute, priority_id AS priorityId, SUM(count) AS count
  FROM changed JOIN minute_counts USING (minute, priority_id)
  WHERE ${IN_SCOPE}
  GROUP BY minute, priority_id`

export const changesSince: SqliteMethod<'changesSince'> = (db, siteId, since, scope, limit) =>
  db.read(() => {
    const present = readSeq(db, siteId)
    const unread = changesUnread(present, since)
    if (unread !== null) return unread
    const params = { ...scopeParams(siteId, scope), since, most: limit + 1 }
    const changes = db.statement<MinuteChange>(CHANGES).all(params)
    return { seq: present.seq, changes: changes.length > limit ? null : changes }
  })

export const ticketTotal: SqliteMethod<'ticketTotal'> = async (db, siteId, scope) => {
  const sql = `SELECT SUM(count) AS total FROM day_counts WHERE ${IN_SCOPE}`
  const [row] = await query<{ total: number | null }>(db, sql, scopeParams(siteId, scope))
  return row?.total ?? 0
}

/** Whole days are read as days, and of minutes those of four days at most. */
export const outside: SqliteMethod<'outside'> = (db, siteId, span, scope) => {
  const of: Where = { db, scoped: scopeParams(siteId, scope) }
  const { beforeDay, minutesBefore, minutesAfter, afterDay } = outsideDays(span)
  return db.read(() => {
    const earlier = inDays(of, '<', beforeDay)
    const before = inMinutes(of, minutesBefore)
    const after = inMinutes(of, minutesAfter)
    const later = inDays(of, '>=', afterDay)
    return {
      before: earlier.tickets + before.tickets,
      after: after.tickets + later.tickets,
      lastBeforeMs: createdIn(of, 'MAX', before.last ?? inDay(of, earlier.last)?.last ?? null),
      firstAfterMs: createdIn(of, 'MIN', after.first ?? inDay(of, later.first)?.first ?? null),
    }
  })
}

/** What is asked for, inside `read`. */
interface Where {
  readonly db: SqliteDb
  readonly scoped: ReturnType<typeof scopeParams>
}

function inDays({ db, scoped }: Where, compared: '<' | '>=', day: Day): Sum<Day> {
  const sql = `
    SELECT COALESCE(SUM(count), 0) AS tickets, MIN(day) AS first, MAX(day) AS last FROM day_counts
    WHERE ${IN_SCOPE} AND day ${compared} @day AND count > 0`
  return db.statement<Sum<Day>>(sql).get({ ...scoped, day }) ?? NOTHING
}

const IN_MINUTES = `
  SELECT COALESCE(SUM(count), 0) AS tickets, MIN(minute) AS first, MAX(minute) AS last FROM minute_counts
  WHERE ${IN_SCOPE} AND minute >= @fromMinute AND minute < @toMinute AND count > 0`

function inMinutes({ db, scoped }: Where, span: MinuteSpan): Sum<Minute> {
  return db.statement<Sum<Minute>>(IN_MINUTES).get({ ...scoped, ...span }) ?? NOTHING
}

function inDay(of: Where, day: Day | null): Sum<Minute> | null {
  return day === null ? null : inMinutes(of, minutesOf(day))
}

/** The first or last creation (epoch ms) of a counted ticket in a minute. */
function createdIn({ db, scoped }: Where, end: 'MIN' | 'MAX', minute: Minute | null): number | null {
  if (minute === null) return null
  const sql = `
    SELECT ${end}(created_ms) AS createdMs FROM tickets
    WHERE ${IN_SCOPE} AND created_ms >= @fromMs AND created_ms < @toMs AND left_ms IS NULL`
  const params = { ...scoped, fromMs: startOfMinute(minute), toMs: startOfMinute(minute + 1) }
  return db.statement<{ createdMs: number | null }>(sql).get(params)?.createdMs ?? null
}
