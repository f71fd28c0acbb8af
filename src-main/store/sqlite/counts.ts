import type { Minute } from '../../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../../src-shared/domain/series.ts'
import { dayDeltas, type CountDelta } from '../count-deltas.ts'
import { changesUnread } from '../site-seq.ts'
import type { CountsQuery, CountsScope, MinuteChanges } from '../store.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'
import { readSeq } from './seq.ts'

/** Adds to the cells of the minute counts, marked with the commit's number, and of the day counts. Inside `write`. */
export function addToCounts(
  db: Connection,
  siteId: string,
  deltas: readonly CountDelta[],
  seq: number,
): void {
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
export function counts(db: Connection, query: CountsQuery): Promise<{ seq: number; rows: PriorityCount[] }> {
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
  db: Connection,
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
