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
import type { CountsQuery, CountsScope, MinuteChanges, OutsideSpan } from '../store.ts'
import type { SqliteDb } from './connection.ts'
import { readSeq } from './seq.ts'

/** The condition that a row of tickets or minute_counts is among those that are counted. Takes `scopeParams`. */
export const IN_SCOPE = `site_id = @siteId
  AND priority_id IN (SELECT value FROM json_each(@priorityIds))
  AND (@projectKey IS NULL OR project_key = @projectKey)`

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

/** See `Store.counts`. Buckets begin at `fromMinute`; those without tickets are not among the rows. */
export function counts(db: SqliteDb, query: CountsQuery): Promise<{ seq: number; rows: PriorityCount[] }> {
  const { siteId, fromMinute, toMinute, bucketMinutes } = query
  return db.read(() => ({
    seq: readSeq(db, siteId).seq,
    rows: db
      .statement<PriorityCount>(
        `SELECT @fromMinute + CAST((minute - @fromMinute) / @bucketMinutes AS INTEGER) * @bucketMinutes
             AS startMinute,
           priority_id AS priorityId, SUM(count) AS count
         FROM minute_counts
         WHERE ${IN_SCOPE} AND minute >= @fromMinute AND minute < @toMinute AND count > 0
         GROUP BY 1, 2`,
      )
      .all({ ...scopeParams(siteId, query), fromMinute, toMinute, bucketMinutes }),
  }))
}

/** See `Store.changesSince`. */
export function changesSince(
  db: SqliteDb,
  siteId: string,
  since: number,
  scope: CountsScope,
  limit: number,
): Promise<MinuteChanges> {
  return db.read(() => {
    const present = readSeq(db, siteId)
    const unread = changesUnread(present, since)
    if (unread !== null) return unread
    const changes = db
      .statement<{ minute: Minute; priorityId: string; count: number }>(
        // A minute's count is that of all its projects, whichever of them changed.
        `WITH changed AS (
           SELECT DISTINCT minute, priority_id FROM minute_counts WHERE ${IN_SCOPE} AND seq > @since LIMIT @most
         )
         SELECT minute, priority_id AS priorityId, SUM(count) AS count
         FROM changed JOIN minute_counts USING (minute, priority_id)
         WHERE ${IN_SCOPE}
         GROUP BY minute, priority_id`,
      )
      .all({ ...scopeParams(siteId, scope), since, most: limit + 1 })
    return { seq: present.seq, changes: changes.length > limit ? null : changes }
  })
}

export function scopeParams(siteId: string, scope: CountsScope): Record<string, string | null> {
  return { siteId, projectKey: scope.projectKey, priorityIds: JSON.stringify(scope.priorityIds) }
}

/** See `Store.ticketTotal`. */
export function ticketTotal(db: SqliteDb, siteId: string, scope: CountsScope): Promise<number> {
  return db.read(() => {
    const row = db
      .statement<{ total: number | null }>(`SELECT SUM(count) AS total FROM day_counts WHERE ${IN_SCOPE}`)
      .get(scopeParams(siteId, scope))
    return row?.total ?? 0
  })
}

/** See `Store.outside`. Whole days are read as days, and of minutes those of four days at most. */
export function outside(
  db: SqliteDb,
  siteId: string,
  span: MinuteSpan,
  scope: CountsScope,
): Promise<OutsideSpan> {
  const of: Where = { db, siteId, scope }
  const { beforeDay, minutesBefore, minutesAfter, afterDay } = outsideDays(span)
  return db.read(() => {
    const earlier = inDays(of, 'day < @day', beforeDay)
    const before = inMinutes(of, minutesBefore)
    const after = inMinutes(of, minutesAfter)
    const later = inDays(of, 'day >= @day', afterDay)
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
  readonly siteId: string
  readonly scope: CountsScope
}

function inDays({ db, siteId, scope }: Where, which: 'day < @day' | 'day >= @day', day: Day): Sum<Day> {
  const sum = db
    .statement<Sum<Day>>(
      `SELECT COALESCE(SUM(count), 0) AS tickets, MIN(day) AS first, MAX(day) AS last FROM day_counts
       WHERE ${IN_SCOPE} AND ${which} AND count > 0`,
    )
    .get({ ...scopeParams(siteId, scope), day })
  return sum ?? NOTHING
}

function inMinutes({ db, siteId, scope }: Where, span: MinuteSpan): Sum<Minute> {
  const sum = db
    .statement<Sum<Minute>>(
      `SELECT COALESCE(SUM(count), 0) AS tickets, MIN(minute) AS first, MAX(minute) AS last FROM minute_counts
       WHERE ${IN_SCOPE} AND minute >= @fromMinute AND minute < @toMinute AND count > 0`,
    )
    .get({ ...scopeParams(siteId, scope), ...span })
  return sum ?? NOTHING
}

function inDay(of: Where, day: Day | null): Sum<Minute> | null {
  return day === null ? null : inMinutes(of, minutesOf(day))
}

/** The first or last creation (epoch ms) of a counted ticket in a minute. */
function createdIn({ db, siteId, scope }: Where, end: 'MIN' | 'MAX', minute: Minute | null): number | null {
  if (minute === null) return null
  const row = db
    .statement<{ createdMs: number | null }>(
      `SELECT ${end}(created_ms) AS createdMs FROM tickets
       WHERE ${IN_SCOPE} AND created_ms >= @fromMs AND created_ms < @toMs AND left_ms IS NULL`,
    )
    .get({ ...scopeParams(siteId, scope), fromMs: startOfMinute(minute), toMs: startOfMinute(minute + 1) })
  return row?.createdMs ?? null
}
