import type { MinuteChange } from '../../src-shared/contract/tickets.ts'
import { MINUTES_PER_DAY, type Minute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../src-shared/domain/series.ts'
import {
  cellsOf,
  dayOf,
  IN_SCOPE,
  MINUTE_CELLS,
  scopeParams,
  type CountCells,
  type Day,
} from './count-cells.ts'
import { readOutside } from './outside.ts'
import { readSeq, siteSeq } from './seq.ts'
import { GROUP_BY_HASH, rows, sql, type Database, type Steps } from './sql.ts'
import type { CountsQuery, CountsScope, MinuteChanges, OutsideSpan } from './store.ts'

/** On a server each priority is grouped by itself: a week in a sixth less time. */
function countsText(db: Database, { table, at, count }: CountCells): string {
  const counts = `
    SELECT CAST((${at} - :from) / :length AS BIGINT) AS bucket, priority_id AS "priorityId",
      CAST(SUM(${count}) AS BIGINT) AS count
    FROM ${table} WHERE ${IN_SCOPE} AND ${at} >= :from AND ${at} < :to AND ${count} > 0
    GROUP BY 1, 2`
  return db.isInline ? counts : `SELECT bucket, "priorityId", count FROM {${counts}} ORDER BY 1, 2`
}

interface BucketCount extends Pick<PriorityCount, 'priorityId' | 'count'> {
  readonly bucket: number
}

/** The days that a span of a calendar touches. */
const DAYS = `
  SELECT day, priority_id AS "priorityId", CAST(SUM(count) AS BIGINT) AS count
  FROM day_counts WHERE ${IN_SCOPE} AND day >= :fromDay AND day < :toDay AND count > 0
  GROUP BY 1, 2 ORDER BY 1`

/**
 * What lies between a minute and the midnight in UTC before it or after it, of each of some minutes. Of one priority, and
 * as a column: so the primary key is sought for each minute, however little a server knows of the table.
 */
function toMidnight(where: string): string {
  return `
    SELECT item AS minute, (
      SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) FROM minute_counts
      WHERE site_id = :siteId AND priority_id = :priorityId AND ${where}
        AND (CAST(:projectKey AS TEXT) IS NULL OR project_key = :projectKey)
    ) AS count
    FROM {:edges[BIGINT]}`
}

const SINCE_MIDNIGHT = toMidnight(`minute >= item - item % ${MINUTES_PER_DAY} AND minute < item`)
const UNTIL_MIDNIGHT = toMidnight(
  `minute >= item AND minute < item - item % ${MINUTES_PER_DAY} + ${MINUTES_PER_DAY}`,
)

type MinuteCount = Pick<PriorityCount, 'count'> & { readonly minute: Minute }
type DayCount = Pick<PriorityCount, 'priorityId' | 'count'> & { readonly day: Day }

/**
 * A minute's count is that of all its projects, whichever of them changed. The priority is written so that the primary
 * key cannot serve it: what changed is found by seq, however few a site has changed.
 */
const CHANGES = `
  SELECT minute, priority_id AS "priorityId", (
    SELECT CAST(SUM(count) AS BIGINT) FROM minute_counts
    WHERE site_id = :siteId AND priority_id = changed.priority_id AND minute = changed.minute
      AND (CAST(:projectKey AS TEXT) IS NULL OR project_key = :projectKey)
  ) AS count
  FROM (
    SELECT DISTINCT minute, priority_id FROM minute_counts
    WHERE site_id = :siteId AND priority_id || '' IN (:priorityIds[TEXT]) AND seq > :since
      AND (CAST(:projectKey AS TEXT) IS NULL OR project_key = :projectKey)
    LIMIT :most
  ) AS changed
  ORDER BY minute, priority_id`

const TOTAL = `SELECT CAST(COALESCE(SUM(count), 0) AS BIGINT) AS total FROM day_counts WHERE ${IN_SCOPE}`

/** What a chart asks. */
export function createCounts(db: Database) {
  return {
    /** The site's present sequence number; 0 before its first commit and the first dropping of tables. Works without ticket tables, too. */
    seq: async (siteId: string): Promise<number> => (await db.query(siteSeq(siteId)))[0]?.seq ?? 0,

    /** Changes whenever the ticket tables are dropped or made anew: what was begun before belongs to other tables. */
    epoch: async (siteId: string): Promise<number> => (await db.query(siteSeq(siteId)))[0]?.resetSeq ?? 0,

    /** Those without tickets are not among the rows. */
    async counts(asked: CountsQuery): Promise<BucketCounts> {
      const isCalendar = asked.startMinutes !== undefined
      const cells = isCalendar ? MINUTE_CELLS : await cellsOf(db, asked.siteId, asked, asked.bucketMinutes)
      const parts = db.isInline ? partsOf(asked, MOST_CELLS * cells.minutes) : [asked]
      const work = function* (): Steps<BucketCounts> {
        const read: BucketCounts[] = []
        for (const part of parts) read.push(yield* readCounts(db, part, cells))
        return { seq: read[0]?.seq ?? 0, rows: read.flatMap((one) => one.rows) }
      }
      return parts.length > 1 ? db.readLong(work) : db.read(work)
    },

    /**
     * The minutes changed after `since`, with their present counts. `changes` is null where they are more than `limit`
     * (one a minute and priority), and where the tables were dropped or made anew since: all may be different then.
     */
    changesSince: (
      siteId: string,
      since: number,
      scope: CountsScope,
      limit: number,
    ): Promise<MinuteChanges> =>
      db.read(function* (): Steps<MinuteChanges> {
        const { seq, resetSeq } = yield* readSeq(siteId)
        if (since >= seq) return { seq, changes: [] }
        if (since < resetSeq) return { seq, changes: null }
        const params = { ...scopeParams(siteId, scope), since, most: limit + 1 }
        const [changes] = yield* rows(sql<MinuteChange>(CHANGES, params))
        return { seq, changes: changes.length > limit ? null : changes }
      }),

    outside: (siteId: string, span: MinuteSpan, scope: CountsScope): Promise<OutsideSpan> =>
      db.read(() => readOutside(scopeParams(siteId, scope), span)),

    async ticketTotal(siteId: string, scope: CountsScope): Promise<number> {
      const [row] = await db.query(sql<{ total: number }>(TOTAL, scopeParams(siteId, scope)))
      return row?.total ?? 0
    },
  }
}

export interface BucketCounts {
  readonly seq: number
  readonly rows: PriorityCount[]
}

function* readCounts(db: Database, asked: CountsQuery, of: CountCells): Steps<BucketCounts> {
  if (asked.startMinutes !== undefined) return yield* readCalendar(asked, asked.startMinutes)
  const { siteId, fromMinute, toMinute, bucketMinutes } = asked
  const span = {
    from: fromMinute / of.minutes,
    to: toMinute / of.minutes,
    length: bucketMinutes / of.minutes,
  }
  const counted = sql<BucketCount>(countsText(db, of), { ...scopeParams(siteId, asked), ...span })
  const [[site], , cells] = yield* rows(siteSeq(siteId), GROUP_BY_HASH, counted)
  const countOf = ({ bucket, priorityId, count }: BucketCount): PriorityCount => ({
    startMinute: fromMinute + bucket * bucketMinutes,
    priorityId,
    count,
  })
  return { seq: site?.seq ?? 0, rows: cells.map(countOf) }
}

/** So many cells' times are read in one go where the event loop waits for them: of three projects in each what takes some 4 ms. */
const MOST_CELLS = 2_400

/** Of a calendar's bucket half a day of minutes is read at most. */
function partsOf(asked: CountsQuery, mostMinutes: number): CountsQuery[] {
  const { startMinutes, fromMinute, toMinute, bucketMinutes } = asked
  const length = Math.max(1, Math.floor(mostMinutes / (startMinutes ? MINUTES_PER_DAY / 2 : bucketMinutes)))
  const buckets = startMinutes?.length ?? Math.ceil((toMinute - fromMinute) / bucketMinutes)
  const startOf = (bucket: number): Minute => {
    const start = startMinutes === undefined ? fromMinute + bucket * bucketMinutes : startMinutes[bucket]
    return Math.min(start ?? toMinute, toMinute)
  }
  return Array.from({ length: Math.max(1, Math.ceil(buckets / length)) }, (_, part) => ({
    ...asked,
    fromMinute: startOf(part * length),
    toMinute: startOf((part + 1) * length),
    ...(startMinutes && { startMinutes: startMinutes.slice(part * length, (part + 1) * length) }),
  }))
}

/** Whole days are read as days, and of minutes those between an edge of a bucket and the nearest midnight in UTC. */
function* readCalendar(
  { siteId, toMinute, ...scope }: CountsQuery,
  starts: readonly Minute[],
): Steps<BucketCounts> {
  const edges = [...starts, toMinute]
  const scoped = scopeParams(siteId, scope)
  const days = { ...scoped, fromDay: dayOf(edges[0] ?? toMinute), toDay: dayOf(toMinute) + 1 }
  const [early, late] = [edges.filter((minute) => !isLate(minute)), edges.filter(isLate)]
  const [[site], ofDays] = yield* rows(siteSeq(siteId), sql<DayCount>(DAYS, days))
  const found: PriorityCount[] = []
  for (const priorityId of scoped.priorityIds) {
    const [since, until] = yield* rows(
      sql<MinuteCount>(SINCE_MIDNIGHT, { ...scoped, priorityId, edges: early }),
      sql<MinuteCount>(UNTIL_MIDNIGHT, { ...scoped, priorityId, edges: late }),
    )
    const mine = ofDays.filter((row) => row.priorityId === priorityId)
    const sums = sumsBefore(edges, { days: mine, since, until })
    for (const [bucket, startMinute] of starts.entries())
      found.push({ startMinute, priorityId, count: (sums[bucket + 1] ?? 0) - (sums[bucket] ?? 0) })
  }
  return { seq: site?.seq ?? 0, rows: found.filter(({ count }) => count > 0) }
}

/** Whether the nearest midnight in UTC comes after it. */
function isLate(minute: Minute): boolean {
  return minute % MINUTES_PER_DAY > MINUTES_PER_DAY / 2
}

/** How many tickets there are before each edge, from the first day on. Days are in order. */
function sumsBefore(
  edges: readonly Minute[],
  parts: Readonly<Record<'since' | 'until', readonly MinuteCount[]>> & { readonly days: readonly DayCount[] },
): number[] {
  const [since, until] = [parts.since, parts.until].map(
    (counts) => new Map(counts.map(({ minute, count }) => [minute, count])),
  )
  let next = 0
  let sum = 0
  return edges.map((minute) => {
    const day = dayOf(minute) + Number(isLate(minute))
    for (; (parts.days[next]?.day ?? Infinity) < day; next++) sum += parts.days[next]?.count ?? 0
    return sum + (since?.get(minute) ?? 0) - (until?.get(minute) ?? 0)
  })
}
