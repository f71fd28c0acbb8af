import type { SplitField, TicketFilter } from '../../../src-shared/contract/fields.ts'
import { MS_PER_MINUTE, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { startsOf, type Buckets } from '../../../src-shared/domain/series.ts'
import type { SplitCell } from '../../../src-shared/domain/split.ts'
import { nothingDone } from '../../../src-shared/errors/app-error.ts'
import { cellsOf, IN_SCOPE, MINUTE_CELLS, scopeParams, type CountCells } from '../count-cells.ts'
import { siteSeq } from '../seq.ts'
import { GROUP_BY_HASH, rows, sql, type Database, type Statement, type Steps } from '../sql.ts'
import type { CountsQuery } from '../store.ts'
import { STEP_END } from '../tickets.ts'
import { filterSql } from './filter.ts'
import { listOf } from './stored-fields.ts'

export interface SplitQuery extends CountsQuery {
  readonly filter?: TicketFilter | undefined
  /** By nothing where it is left out: what is counted are the tickets that the filter leaves. */
  readonly splitBy?: SplitField | undefined
}

/** Tickets that one call reads one by one: about a second's work. */
const MOST_TICKETS = 250_000
/** Of how many cells' times one step reads the counts in a file, and tickets that one does. */
const CELLS_A_STEP = 720
const TICKETS_A_STEP = { inline: 2_000, onServer: 20_000 }

/** What cells are counted from. */
interface Source {
  readonly table: CountCells['table'] | 'field_counts' | 'tickets'
  readonly at: string
  /** So many minutes in the unit of `at`. */
  readonly units: (minutes: number) => number
  /** Which rows are counted, and how many tickets they are. */
  readonly counted: string
  readonly sum: string
}

function fromCells({ table, at, count, minutes }: CountCells): Source {
  const units = (of: number): number => of / minutes
  return { table, at, units, counted: `${count} > 0`, sum: `SUM(${count})` }
}

const MINUTES = fromCells(MINUTE_CELLS)
const FIELDS: Source = { ...MINUTES, table: 'field_counts' }
const TICKETS: Source = {
  table: 'tickets',
  at: 'created_ms',
  units: (minutes) => minutes * MS_PER_MINUTE,
  counted: 'left_ms IS NULL',
  sum: 'COUNT(*)',
}

/** The value of a field in each of them. */
const VALUE: Readonly<Record<Source['table'], Partial<Record<SplitField, string>>>> = {
  minute_counts: { project: 'project_key' },
  usual_counts: { project: 'project_key' },
  field_counts: {
    project: 'project_key',
    issueType: `NULLIF(issue_type, '')`,
    rehearsed: `NULLIF(CAST(rehearsed AS TEXT), '-1')`,
  },
  tickets: {
    project: 'project_key',
    issueType: 'issue_type',
    rehearsed: 'CAST(rehearsed AS TEXT)',
    component: 'components',
    label: 'labels',
    reporter: 'reporter',
  },
}

interface CellRow {
  readonly unit: number
  readonly priorityId: string
  readonly value: string | null
  readonly count: number
}

/** The counts of a span by the values of a field, and of the tickets that a filter leaves. */
export function createSplitCells(db: Database) {
  return {
    /**
     * The cells of a span's buckets, each of some minutes of one bucket, as of the commit `seq`. Throws `usage` where so
     * many tickets would have to be read one by one that it takes too long.
     */
    async splitCells(asked: SplitQuery): Promise<{ seq: number; cells: SplitCell[] }> {
      const source = await sourceOf(db, asked)
      const isShort = source !== TICKETS && asked.toMinute - asked.fromMinute <= CELLS_A_STEP
      const work = function* (): Steps<{ seq: number; cells: SplitCell[] }> {
        const [[site]] = yield* rows(siteSeq(asked.siteId), GROUP_BY_HASH)
        const cells = source === TICKETS ? ticketCells(db, asked) : fieldCells(db, asked, source)
        return { seq: site?.seq ?? 0, cells: yield* cells }
      }
      return isShort ? db.read(work) : db.readLong(work)
    },
  }
}

/** The smallest that knows of all the fields that are asked about. */
async function sourceOf(db: Database, query: SplitQuery): Promise<Source> {
  const { filter = {}, splitBy } = query
  const asked = new Set([...Object.keys(filter), ...Object.keys(filter.without ?? {}), splitBy])
  if (['component', 'components', 'label', 'labels', 'reporter'].some((name) => asked.has(name)))
    return TICKETS
  const isOfFields = ['issueType', 'issueTypes', 'rehearsed'].some((name) => asked.has(name))
  return isOfFields ? FIELDS : fromCells(await cellsOf(db, query.siteId, query, unitOf(query)))
}

/** `[from, to)` in the unit of a source. */
interface Step {
  readonly from: number
  readonly to: number
}

function* fieldCells(db: Database, asked: SplitQuery, source: Source): Steps<SplitCell[]> {
  const [first, end] = [source.units(asked.fromMinute), source.units(asked.toMinute)]
  const size = db.isInline ? CELLS_A_STEP : end - first
  const { filter = {} } = asked
  // What is known of neither is in the minute counts alone, and passes no filter that names one of them.
  const hasRest = source === FIELDS && filter.issueTypes === undefined && filter.rehearsed === undefined
  const hasLeftOut = hasRest && filter.without?.issueTypes !== undefined
  const ofProjects = { ...asked, splitBy: undefined, filter: byProject(filter) }
  const cells: SplitCell[] = []
  for (let from = first; from < end; from += size) {
    const step = { from, to: Math.min(end, from + size) }
    const [found, all, known] = yield* rows(
      statementOf(db, source, asked, step),
      hasRest ? statementOf(db, MINUTES, ofProjects, step) : null,
      hasLeftOut ? statementOf(db, source, ofProjects, step) : null,
    )
    const unknown = hasRest ? remainder(all, hasLeftOut ? known : found) : []
    for (const row of [...found, ...unknown]) cells.push(cellOf(row, asked))
  }
  return cells
}

/** The newest first. Throws `usage` where they are too many. */
function* ticketCells(db: Database, asked: SplitQuery): Steps<SplitCell[]> {
  const size = db.isInline ? TICKETS_A_STEP.inline : TICKETS_A_STEP.onServer
  const fromMs = startOfMinute(asked.fromMinute)
  const cells: SplitCell[] = []
  for (let read = 0, to = startOfMinute(asked.toMinute); to > fromMs; read += size) {
    if (read >= MOST_TICKETS) throw tooMany()
    const params = { siteId: asked.siteId, fromMs, atMs: to, size }
    const [[end]] = yield* rows(sql<{ createdMs: number }>(STEP_END, params))
    const from = end?.createdMs ?? fromMs
    const [found] = yield* rows(statementOf(db, TICKETS, asked, { from, to }))
    for (const row of found) cells.push(cellOf(row, asked))
    to = from
  }
  return cells
}

/** What of a filter every row of counts says. */
function byProject({ projects, without: { projects: leftOut } = {} }: TicketFilter): TicketFilter {
  return { ...(projects && { projects }), ...(leftOut && { without: { projects: leftOut } }) }
}

function statementOf(
  db: Database,
  source: Source,
  asked: SplitQuery,
  { from, to }: Step,
): Statement<CellRow> {
  const { also, params } = filterSql(asked.filter)
  const { table, at, units, sum, counted } = source
  const value = asked.splitBy === undefined ? `''` : (VALUE[table][asked.splitBy] ?? `''`)
  const cells = `
    SELECT CAST((${at} - :origin) / :unitLength AS BIGINT) AS unit, priority_id AS "priorityId", ${value} AS value,
      CAST(${sum} AS BIGINT) AS count
    FROM ${table} WHERE ${IN_SCOPE} AND ${at} >= :from AND ${at} < :to AND ${counted}${also}
    GROUP BY 1, 2, 3`
  // As of the counts: on a server each priority by itself.
  const isByPriority = !db.isInline && source !== TICKETS
  const text = isByPriority ? `SELECT unit, "priorityId", value, count FROM {${cells}}` : cells
  const [origin, unitLength] = [units(asked.fromMinute), units(unitOf(asked))]
  return sql(text, { ...scopeParams(asked.siteId, asked), ...params, origin, unitLength, from, to })
}

/** As many minutes as are surely in one bucket, from the span's first on. */
function unitOf(buckets: Buckets): number {
  if (buckets.startMinutes === undefined) return buckets.bucketMinutes
  return startsOf(buckets).reduce((unit, start) => commonDivisor(unit, start - buckets.fromMinute), 1_440)
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

/** What the minutes have more than the cells that are known. */
function remainder(all: readonly CellRow[], known: readonly CellRow[]): CellRow[] {
  const nameOf = ({ unit, priorityId }: CellRow): string => `${unit} ${priorityId}`
  const sums = new Map<string, number>()
  for (const row of known) sums.set(nameOf(row), (sums.get(nameOf(row)) ?? 0) + row.count)
  return all.flatMap((row) => {
    const count = row.count - (sums.get(nameOf(row)) ?? 0)
    return count > 0 ? [{ ...row, value: null, count }] : []
  })
}

function cellOf({ unit, priorityId, value, count }: CellRow, asked: SplitQuery): SplitCell {
  const startMinute = asked.fromMinute + unit * unitOf(asked)
  return { startMinute, priorityId, values: value === null ? null : valuesOf(value, asked.splitBy), count }
}

function valuesOf(value: string, splitBy: SplitField | undefined): string[] {
  if (splitBy === 'component' || splitBy === 'label') return listOf(value)
  if (splitBy === 'rehearsed') return [value === '1' ? 'rehearsed' : 'real']
  return value === '' ? [] : [value]
}

function tooMany(): Error {
  const most = MOST_TICKETS.toLocaleString('en')
  return nothingDone(
    'usage',
    `The span has more than ${most} tickets, which would have to be read one by one for this.`,
    'Take a shorter span; by project, issue type and origin tickets of any span are counted.',
  )
}
