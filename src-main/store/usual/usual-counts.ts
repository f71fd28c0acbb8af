import type { Minute, MinuteSpan } from '../../../src-shared/domain/minute.ts'
import {
  CELL_MS,
  dayOf,
  IN_SCOPE,
  MINUTES_PER_CELL,
  NOT_SUMMED,
  scopeParams,
  type UsualCell,
} from '../count-cells.ts'
import { readSeq, siteSeq } from '../seq.ts'
import { rows, sql, type Database, type Steps } from '../sql.ts'
import { inSteps } from '../steps.ts'
import type { CountsScope } from '../store.ts'

/** In the order of the primary key, so that nothing is sorted; of numbers alone, since there are thousands of rows. */
const HISTORY = `
  SELECT five_minutes AS "fiveMinutes", CAST(SUM(count) AS BIGINT) AS count, CAST(SUM(others) AS BIGINT) AS others
  FROM usual_counts
  WHERE ${IN_SCOPE} AND five_minutes >= :fromCell AND five_minutes < :toCell
  GROUP BY priority_id, five_minutes`
const HISTORY_EACH = `SELECT "fiveMinutes", count, others FROM {${HISTORY}}`
/** The same unsummed, as columns in one row: a file takes longer to group and hand over thousands of rows than to read them. */
const HISTORY_COLUMNS = `
  SELECT json_group_array(five_minutes) AS ats, json_group_array(count) AS counts, SUM(others) AS others
  FROM usual_counts
  WHERE ${IN_SCOPE} AND five_minutes >= :fromCell AND five_minutes < :toCell`

const BEFORE = `SELECT 1 AS one FROM day_counts WHERE ${IN_SCOPE} AND day < :day AND count > 0 LIMIT 1`

/** By seq alone, as of the counts' own changes. */
const CHANGED = `
  SELECT DISTINCT CASE WHEN minute >= 0 THEN minute / ${MINUTES_PER_CELL} ELSE (minute - ${MINUTES_PER_CELL - 1}) / ${MINUTES_PER_CELL} END AS "fiveMinutes"
  FROM minute_counts
  WHERE site_id = :siteId AND priority_id || '' IN (:priorityIds[TEXT]) AND seq > :since
    AND (CAST(:projectKey AS TEXT) IS NULL OR project_key = :projectKey)
  LIMIT :most`

/** Of one priority, so that the primary key is sought for each five minutes. */
const CELLS = `
  SELECT priority_id AS "priorityId", project_key AS "projectKey", five_minutes AS "fiveMinutes", count, others
  FROM {usual_counts WHERE five_minutes IN (:cells[BIGINT]) AND site_id = :siteId AND priority_id = :priorityId
    AND (CAST(:projectKey AS TEXT) IS NULL OR project_key = :projectKey)}`

/** As `HISTORY`, and as columns for a file. */
const MINUTES = `
  SELECT minute, CAST(SUM(count) AS BIGINT) AS count, 'all' AS kind
  FROM minute_counts WHERE ${IN_SCOPE} AND minute >= :fromMinute AND minute < :toMinute AND count > 0
  GROUP BY priority_id, minute`
const MINUTE_COLUMNS = `
  SELECT json_group_array(minute) AS ats, json_group_array(count) AS counts
  FROM minute_counts WHERE ${IN_SCOPE} AND minute >= :fromMinute AND minute < :toMinute`
const REHEARSED = `
  SELECT minute, CAST(SUM(count) AS BIGINT) AS count, 'rehearsed' AS kind
  FROM field_counts
  WHERE ${IN_SCOPE} AND minute >= :fromMinute AND minute < :toMinute AND rehearsed = 1 AND count > 0
  GROUP BY priority_id, minute`
/** Whether there are such tickets at all; seldom, so that few minutes are looked through for them. */
const HAS_KINDS = `
  SELECT 1 AS one FROM usual_counts
  WHERE ${IN_SCOPE} AND five_minutes >= :fromCell AND five_minutes <= :toCell AND (rehearsed > 0 OR others > 0)
  UNION ALL ${NOT_SUMMED} LIMIT 1`
const OTHERS = `
  SELECT CAST(created_ms / 60000 AS BIGINT) AS minute, CAST(COUNT(*) AS BIGINT) AS count, 'others' AS kind
  FROM tickets
  WHERE ${IN_SCOPE} AND created_ms >= :fromMs AND created_ms < :toMs AND left_ms IS NULL AND source <> 'jira'
    AND COALESCE(rehearsed, 0) <> 1
  GROUP BY 1`

/**
 * Counted tickets of a minute: all of them, those of runs, or the others, which were imported or are the sample's. A minute
 * may have several of a kind, to be added up.
 */
export interface MinuteTickets {
  readonly minute: Minute
  readonly count: number
  readonly kind: 'all' | 'rehearsed' | 'others'
}

export interface UsualHistory {
  /** The history shows at least this commit. */
  readonly seq: number
  /** Whether there were counted tickets before it, so that what it does not have were none. */
  readonly goesBack: boolean
  /** False: the tickets of an older version are not summed yet, and nothing else of this is known. */
  readonly isSummed: boolean
  /** Of each priority, summed over projects: several of five minutes are to be added up. Those without tickets are left out. */
  readonly cells: readonly Pick<UsualCell, 'fiveMinutes' | 'count' | 'others'>[]
}

/** What changed after a commit, as it is now. */
export interface UsualChanges {
  readonly seq: number
  readonly fiveMinutes: readonly number[]
  /** Of these five minutes all that there are, of each priority and project. */
  readonly cells: readonly UsualCell[]
}

/** So many cells of five minutes are read in one go where the event loop waits for them: a day. */
const CELLS_A_PART = 288
const MOST_CELLS = 2_000

/** What the usual is learned from, and compared with. */
export function createUsualCounts(db: Database) {
  return {
    /** The sums of five minutes of a span, read in parts that let the event loop go on. */
    usualHistory: (siteId: string, scope: CountsScope, span: MinuteSpan): Promise<UsualHistory> =>
      readHistory(db, scopeParams(siteId, scope), span),

    /**
     * The present cells of the five minutes that changed after a commit, of all projects and priorities of a scope. Null
     * where they are thousands, and where the tables were dropped or made anew since.
     */
    usualChanges: (siteId: string, since: number, scope: CountsScope): Promise<UsualChanges | null> =>
      db.read(function* () {
        const { seq, resetSeq } = yield* readSeq(siteId)
        if (since >= seq) return since > seq ? null : { seq, fiveMinutes: [], cells: [] }
        if (since < resetSeq) return null
        const scoped = scopeParams(siteId, scope)
        const asked = { ...scoped, since, most: MOST_CELLS + 1 }
        const [changed] = yield* rows(sql<{ fiveMinutes: number }>(CHANGED, asked))
        if (changed.length > MOST_CELLS) return null
        const fiveMinutes = changed.map((row) => row.fiveMinutes)
        const found = yield* rows(
          ...scoped.priorityIds.map((priorityId) =>
            sql<UsualCell>(CELLS, { siteId, projectKey: scope.projectKey, priorityId, cells: fiveMinutes }),
          ),
        )
        return { seq, fiveMinutes, cells: found.flat() }
      }),

    /** The counted tickets of a few minutes, by what they are. */
    minuteTickets: (siteId: string, scope: CountsScope, span: MinuteSpan): Promise<MinuteTickets[]> =>
      db.read(function* (): Steps<MinuteTickets[]> {
        const { fromMinute, toMinute } = span
        const scoped = { ...scopeParams(siteId, scope), fromMinute, toMinute }
        const cells = { fromCell: cellOf(fromMinute), toCell: cellOf(toMinute - 1) }
        const times = { fromMs: fromMinute * 60_000, toMs: toMinute * 60_000 }
        const [minutes, [columns], hasKinds] = yield* rows(
          db.isInline ? null : sql<MinuteTickets>(MINUTES, scoped),
          db.isInline ? sql<Columns>(MINUTE_COLUMNS, scoped) : null,
          sql(HAS_KINDS, { ...scoped, ...cells, ...times }),
        )
        const ofFile = columns === undefined ? [] : sumsOf(columns, fromMinute, toMinute)
        const all = [
          ...minutes,
          ...ofFile.map(({ at, count }) => ({ minute: at, count, kind: 'all' as const })),
        ]
        if (hasKinds.length === 0) return all
        const [rehearsed, others] = yield* rows(
          sql<MinuteTickets>(REHEARSED, scoped),
          sql<MinuteTickets>(OTHERS, { ...scoped, ...times }),
        )
        return [...all, ...rehearsed, ...others]
      }),
  }
}

async function readHistory(
  db: Database,
  scoped: ReturnType<typeof scopeParams>,
  span: MinuteSpan,
): Promise<UsualHistory> {
  const { siteId } = scoped
  const [fromCell, toCell] = [cellOf(span.fromMinute), cellOf(span.toMinute - 1) + 1]
  const day = dayOf(span.fromMinute)
  const fromMs = fromCell * CELL_MS
  const [[site], before, notSummed] = await db.read(() =>
    rows(siteSeq(siteId), sql(BEFORE, { ...scoped, day }), sql(NOT_SUMMED, { siteId, fromMs })),
  )
  const seq = site?.seq ?? 0
  if (notSummed.length > 0) return { seq, goesBack: false, isSummed: false, cells: [] }
  const size = db.isInline ? CELLS_A_PART : toCell - fromCell
  const parts = Array.from({ length: Math.ceil((toCell - fromCell) / size) }, (_, part) => part)
  const cells = await inSteps(parts, 1, ([part = 0]) => {
    const from = fromCell + part * size
    const params = { ...scoped, fromCell: from, toCell: Math.min(toCell, from + size) }
    return db.isInline ? readColumns(db, params) : db.scan(sql<HistoryCell>(HISTORY_EACH, params))
  })
  return { seq, goesBack: before.length > 0, isSummed: true, cells }
}

type HistoryCell = UsualHistory['cells'][number]

async function readColumns(
  db: Database,
  params: { readonly fromCell: number; readonly toCell: number },
): Promise<HistoryCell[]> {
  const [found] = await db.scan(sql<Columns & { readonly others: number | null }>(HISTORY_COLUMNS, params))
  if (found === undefined || found.others === null) return []
  // Imports are rare.
  if (found.others > 0) return db.scan(sql<HistoryCell>(HISTORY, params))
  return sumsOf(found, params.fromCell, params.toCell).map(({ at, count }) => ({
    fiveMinutes: at,
    count,
    others: 0,
  }))
}

/** JSON lists of numbers: of each row where it is, and its count. */
type Columns = Record<'ats' | 'counts', string>

/** Where from `first` on, and before `end`, there is a count, and how much it is in all. */
function sumsOf({ ats, counts }: Columns, first: number, end: number): { at: number; count: number }[] {
  const all = JSON.parse(counts) as number[]
  const sums = new Float64Array(end - first)
  const places = JSON.parse(ats) as number[]
  places.forEach((at, nth) => (sums[at - first] = (sums[at - first] ?? 0) + (all[nth] ?? 0)))
  const found: { at: number; count: number }[] = []
  sums.forEach((count, nth) => count > 0 && found.push({ at: first + nth, count }))
  return found
}

function cellOf(minute: Minute): number {
  return Math.floor(minute / MINUTES_PER_CELL)
}
