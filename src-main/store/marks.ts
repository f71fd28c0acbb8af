import type { TimeMark } from '../../src-shared/contract/marks.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { markChanged, noSuchMark, tooManyMarks } from './errors.ts'
import { rows, sql, type Database, type Tx } from './sql.ts'

/** At one site. */
const MAX_MARKS = 10_000

/** What is kept of it. */
export interface StoredMark extends Omit<TimeMark, 'kind' | 'revision'> {
  readonly kind: 'mark' | 'incident' | 'outage' | 'fail-over'
  readonly revision: string
}

/** What was away for a while, as seen by one instance. */
export interface SeenOutage extends TimeSpan {
  readonly id: string
  readonly kind: 'outage' | 'fail-over'
  readonly text: string
}

const MARK = `id, kind, text, from_ms AS "fromMs", to_ms AS "toMs", revision`
const OF_MARK = 'site_id = :siteId AND id = :id'
const WITHIN = `
  SELECT ${MARK} FROM marks
  WHERE site_id = :siteId AND from_ms < :toMs AND COALESCE(to_ms, from_ms + 1) > :fromMs
  ORDER BY from_ms DESC, id LIMIT :limit`
const RUNS_WITHIN = `
  SELECT run_id AS "runId", planned, start_ms AS "fromMs", end_ms AS "toMs" FROM runs
  WHERE site_id = :siteId AND start_ms < :toMs AND end_ms > :fromMs
  ORDER BY start_ms DESC, run_id LIMIT :limit`
const ALERTS_WITHIN = `
  SELECT id, rule, run_id AS "runId", started_ms AS "fromMs", resolved_ms AS "toMs" FROM alerts
  WHERE site_id = :siteId AND started_ms < :toMs AND COALESCE(resolved_ms, started_ms + 1) > :fromMs
  ORDER BY started_ms DESC, id LIMIT :limit`
const INCIDENTS = `
  SELECT from_ms AS "fromMs", to_ms AS "toMs" FROM marks
  WHERE site_id = :siteId AND kind = 'incident' AND to_ms IS NOT NULL ORDER BY from_ms`

const INSERT = `
  INSERT INTO marks (site_id, id, kind, text, from_ms, to_ms, revision)
  SELECT :siteId, :id, :kind, :text, CAST(:fromMs AS BIGINT), CAST(:toMs AS BIGINT), :revision`
const END = 'ON CONFLICT (site_id, id) DO NOTHING RETURNING 1 AS one'
const ADD = `${INSERT} WHERE (SELECT COUNT(*) FROM marks WHERE site_id = :siteId) < ${MAX_MARKS} ${END}`
/** Unless another instance has noted it, or it itself got no answer. Counted as no one's, so not refused. */
const NOTE = `
  ${INSERT} WHERE NOT EXISTS (SELECT 1 FROM marks WHERE site_id = :siteId AND kind = :kind
    AND from_ms < :toMs AND COALESCE(to_ms, from_ms + 1) > :fromMs) ${END}`
const CHANGE = `
  UPDATE marks SET kind = :kind, text = :text, from_ms = :fromMs, to_ms = CAST(:toMs AS BIGINT), revision = :revision
  WHERE ${OF_MARK} AND kind IN ('mark', 'incident') AND (revision = :seen OR revision = :revision)
  RETURNING 1 AS one`
const REMOVE = `DELETE FROM marks WHERE ${OF_MARK} AND revision = :seen RETURNING 1 AS one`
const SET_LAST = `
  INSERT INTO mark_changes (site_id, last) VALUES (:siteId, :last)
  ON CONFLICT (site_id) DO UPDATE SET last = excluded.last`
const LAST = 'SELECT last FROM mark_changes WHERE site_id = :siteId'
const IS_THERE = `SELECT 1 AS one FROM marks WHERE ${OF_MARK}`

export interface MarkedRun extends TimeSpan {
  readonly runId: string
  readonly planned: number
}

interface AlertRow {
  readonly id: string
  /** JSON, as it was then. */
  readonly rule: string
  /** Empty where it is no drill's. */
  readonly runId: string
  readonly fromMs: number
  readonly toMs: number | null
}

export interface MarkedAlert extends Omit<AlertRow, 'rule' | 'runId'> {
  readonly rule: string
  readonly isRehearsal: boolean
}

/** Says that marks of the site are others now; each change has a name of its own. */
function tell(tx: Tx, siteId: string, last: string): void {
  tx.send(sql(SET_LAST, { siteId, last }))
  tx.notify(siteId, 'marks')
}

/** What people noted of times, and what else is kept of them. All times are the site's epoch ms. */
export function createMarks(db: Database) {
  return {
    /** Those that reach into a span, the newest first, at most `limit`. */
    marks: (siteId: string, span: TimeSpan, limit: number): Promise<StoredMark[]> =>
      db.query(sql<StoredMark>(WITHIN, { siteId, ...span, limit })),

    /** The runs that reach into a span, the newest first, at most `limit`. */
    runsWithin: (siteId: string, span: TimeSpan, limit: number): Promise<MarkedRun[]> =>
      db.query(sql<MarkedRun>(RUNS_WITHIN, { siteId, ...span, limit })),

    /** The alerts that reach into a span, the newest first, at most `limit`. */
    async alertsWithin(siteId: string, span: TimeSpan, limit: number): Promise<MarkedAlert[]> {
      const found = await db.query(sql<AlertRow>(ALERTS_WITHIN, { siteId, ...span, limit }))
      return found.map(({ rule, runId, ...alert }) => ({
        ...alert,
        rule: (JSON.parse(rule) as { name: string }).name,
        isRehearsal: runId !== '',
      }))
    },

    /** The times from which the usual is not learned, in the order of their beginnings; they may overlap. */
    incidentSpans: (siteId: string): Promise<TimeSpan[]> => db.query(sql<TimeSpan>(INCIDENTS, { siteId })),

    /** The name of the last change of a site's marks; null before the first. */
    async lastMarkChange(siteId: string): Promise<string | null> {
      const [change] = await db.query(sql<{ last: string }>(LAST, { siteId }))
      return change?.last ?? null
    },

    ...createMarkWrites(db),
  }
}

function createMarkWrites(db: Database) {
  return {
    /** Throws `usage` where there are as many as there may be. */
    addMark: (siteId: string, mark: StoredMark): Promise<void> =>
      db.write(function* (tx) {
        const given = { siteId, ...mark }
        const [, [there]] = yield* rows(sql(ADD, given), sql(IS_THERE, given))
        if (there === undefined) throw tooManyMarks(MAX_MARKS)
        tell(tx, siteId, mark.revision)
      }),

    /** Throws `busy` where `seen` is not its revision, `not-found` where it is gone. */
    changeMark: (siteId: string, mark: StoredMark, seen: string): Promise<void> =>
      db.write(function* (tx) {
        const given = { siteId, ...mark, seen }
        const [[changed], [there]] = yield* rows(sql(CHANGE, given), sql(IS_THERE, given))
        if (changed === undefined) throw there === undefined ? noSuchMark() : markChanged()
        tell(tx, siteId, mark.revision)
      }),

    /** False where there is none. Throws `busy` where `seen` is not its revision. */
    removeMark: (siteId: string, id: string, seen: string): Promise<boolean> =>
      db.write(function* (tx) {
        const given = { siteId, id, seen }
        const [[removed], [there]] = yield* rows(sql(REMOVE, given), sql(IS_THERE, given))
        if (there !== undefined) throw markChanged()
        if (removed === undefined) tx.discard()
        else tell(tx, siteId, `without ${id}`)
        return removed !== undefined
      }),

    /** Notes what was away, once for all who saw it. */
    noteOutage: (siteId: string, outage: SeenOutage): Promise<void> =>
      db.write(function* (tx) {
        const [[noted]] = yield* rows(sql(NOTE, { siteId, ...outage, revision: outage.id }))
        if (noted === undefined) tx.discard()
        else tell(tx, siteId, outage.id)
      }),
  }
}
