import { startOfMinute, type Minute, type MinuteSpan } from '../../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../../src-shared/domain/series.ts'
import type { CountDelta } from '../count-deltas.ts'
import type { CountsQuery, CountsScope, MinuteChanges, OutsideSpan } from '../store.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'
import { readSeq } from './seq.ts'

/** Adds to the cells of the minute counts and marks them with the commit's number. Inside `write`. */
export function addToCounts(
  db: Connection,
  siteId: string,
  deltas: readonly CountDelta[],
  seq: number,
): void {
  const add = db.statement(
    `INSERT INTO minute_counts (site_id, priority_id, minute, project_key, count, seq)
     VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (site_id, priority_id, minute, project_key)
     DO UPDATE SET count = minute_counts.count + excluded.count, seq = excluded.seq`,
  )
  for (const { priorityId, minute, projectKey, delta } of deltas) {
    add.run(siteId, priorityId, minute, projectKey, delta, seq)
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
    const { seq, resetSeq } = readSeq(db, siteId)
    if (since >= seq) return { seq, changes: [] }
    if (since < resetSeq) return { seq, changes: null }
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
    return { seq, changes: changes.length > limit ? null : changes }
  })
}

/** See `Store.outside`. */
export function outside(
  db: Connection,
  siteId: string,
  span: MinuteSpan,
  scope: CountsScope,
): Promise<OutsideSpan> {
  const params = { ...scopeParams(siteId, scope), ...span }
  return db.read(() => {
    const before = db
      .statement<{ tickets: number | null; minute: Minute | null }>(
        `SELECT SUM(count) AS tickets, MAX(minute) AS minute FROM minute_counts
         WHERE ${IN_SCOPE} AND minute < @fromMinute AND count > 0`,
      )
      .get(params)
    const after = db
      .statement<{ tickets: number | null; minute: Minute | null }>(
        `SELECT SUM(count) AS tickets, MIN(minute) AS minute FROM minute_counts
         WHERE ${IN_SCOPE} AND minute >= @toMinute AND count > 0`,
      )
      .get(params)
    return {
      before: before?.tickets ?? 0,
      after: after?.tickets ?? 0,
      lastBeforeMs: createdIn(db, 'MAX', siteId, scope, before?.minute ?? null),
      firstAfterMs: createdIn(db, 'MIN', siteId, scope, after?.minute ?? null),
    }
  })
}

/** The first or last creation (epoch ms) of a counted ticket in a minute. */
function createdIn(
  db: Connection,
  end: 'MIN' | 'MAX',
  siteId: string,
  scope: CountsScope,
  minute: Minute | null,
): number | null {
  if (minute === null) return null
  const row = db
    .statement<{ createdMs: number | null }>(
      `SELECT ${end}(created_ms) AS createdMs FROM tickets
       WHERE ${IN_SCOPE} AND created_ms >= @fromMs AND created_ms < @toMs AND left_ms IS NULL`,
    )
    .get({ ...scopeParams(siteId, scope), fromMs: startOfMinute(minute), toMs: startOfMinute(minute + 1) })
  return row?.createdMs ?? null
}

/** See `Store.ticketTotal`. */
export function ticketTotal(db: Connection, siteId: string, scope: CountsScope): Promise<number> {
  return db.read(() => {
    const row = db
      .statement<{ total: number | null }>(`SELECT SUM(count) AS total FROM minute_counts WHERE ${IN_SCOPE}`)
      .get(scopeParams(siteId, scope))
    return row?.total ?? 0
  })
}
