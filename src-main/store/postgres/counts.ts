import type { Minute } from '../../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../../src-shared/domain/series.ts'
import { dayDeltas, type CountDelta } from '../count-deltas.ts'
import { changesUnread } from '../site-seq.ts'
import type { CountsQuery, CountsScope, MinuteChanges } from '../store.ts'
import { arrayOf } from './arrays.ts'
import type { Connection, WriteTransaction } from './connection.ts'
import { OF_WANTED, scopeParams, WANTED } from './scope.ts'
import { readSeq } from './seq.ts'

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
    [
      siteId,
      seq,
      arrayOf(deltas.map((cell) => cell.priorityId)),
      arrayOf(deltas.map((cell) => cell.minute)),
      arrayOf(deltas.map((cell) => cell.projectKey)),
      arrayOf(deltas.map((cell) => cell.delta)),
    ],
  )
  const days = dayDeltas(deltas)
  if (days.length === 0) return
  void tx.query(
    `INSERT INTO day_counts (site_id, priority_id, day, project_key, count)
     SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::text[], $5::bigint[])
     ON CONFLICT (site_id, priority_id, day, project_key)
     DO UPDATE SET count = day_counts.count + excluded.count`,
    [
      siteId,
      arrayOf(days.map((cell) => cell.priorityId)),
      arrayOf(days.map((cell) => cell.day)),
      arrayOf(days.map((cell) => cell.projectKey)),
      arrayOf(days.map((cell) => cell.delta)),
    ],
  )
}

/** See `Store.counts`. Buckets begin at `fromMinute`; those without tickets are not among the rows. */
export function counts(db: Connection, query: CountsQuery): Promise<{ seq: number; rows: PriorityCount[] }> {
  const { siteId, fromMinute, toMinute, bucketMinutes } = query
  return db.read(async (tx) => {
    const [{ seq }, rows] = await Promise.all([
      readSeq(tx, siteId),
      tx.query<PriorityCount>(
        `SELECT $4::bigint + bucket * $6::bigint AS "startMinute", wanted.id AS "priorityId", cells.count
         FROM ${WANTED} CROSS JOIN LATERAL (
           SELECT (minute - $4::bigint) / $6::bigint AS bucket, SUM(count)::bigint AS count FROM minute_counts
           WHERE ${OF_WANTED} AND minute >= $4 AND minute < $5 AND count > 0
           GROUP BY bucket OFFSET 0
         ) AS cells
         ORDER BY bucket, wanted.id`,
        [...scopeParams(siteId, query), fromMinute, toMinute, bucketMinutes],
      ),
    ])
    return { seq, rows }
  })
}

/** `IN_SCOPE` said so that the primary key cannot serve it: what changed is found by seq, however few a site has changed. */
const CHANGED_IN_SCOPE = `site_id = $1 AND priority_id || '' = ANY($2::text[]) AND ($3::text IS NULL OR project_key = $3)`

/** See `Store.changesSince`. */
export function changesSince(
  db: Connection,
  siteId: string,
  since: number,
  scope: CountsScope,
  limit: number,
): Promise<MinuteChanges> {
  return db.read(async (tx) => {
    const present = await readSeq(tx, siteId)
    const unread = changesUnread(present, since)
    if (unread !== null) return unread
    const changes = await tx.query<{ minute: Minute; priorityId: string; count: number }>(
      // A minute's count is that of all its projects, whichever of them changed.
      `SELECT changed.minute, changed.priority_id AS "priorityId", present.count
       FROM (
         SELECT DISTINCT minute, priority_id FROM minute_counts
         WHERE ${CHANGED_IN_SCOPE} AND seq > $4 LIMIT $5
       ) AS changed
       CROSS JOIN LATERAL (
         SELECT SUM(count)::bigint AS count FROM minute_counts
         WHERE site_id = $1 AND priority_id = changed.priority_id AND minute = changed.minute
           AND ($3::text IS NULL OR project_key = $3)
       ) AS present
       ORDER BY changed.minute, changed.priority_id`,
      [...scopeParams(siteId, scope), since, limit + 1],
    )
    return { seq: present.seq, changes: changes.length > limit ? null : changes }
  })
}
