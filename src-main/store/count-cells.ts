import {
  minuteOf,
  MINUTES_PER_DAY,
  MS_PER_MINUTE,
  type Minute,
  type MinuteSpan,
} from '../../src-shared/domain/minute.ts'
import { sql, type Database, type Statement } from './sql.ts'
import type { TicketRow } from './pages/stored-ticket.ts'
import type { CountsScope, TicketSource } from './store.ts'

/** Integer: minutes ÷ 1,440, in UTC. The unit of the day counts, which are the sums of the minute counts. */
export type Day = number

/** The day that a minute falls in. */
export function dayOf(minute: Minute): Day {
  return Math.floor(minute / MINUTES_PER_DAY)
}

/** The finest cell of the counts that a ticket belongs to, and by how much one commit changes it. */
export interface CountDelta {
  readonly priorityId: string
  readonly minute: Minute
  readonly projectKey: string
  readonly issueType: string | null
  readonly rehearsed: 0 | 1 | null
  readonly source: TicketSource
  readonly delta: number
}

/** By how much a ticket that comes or goes changes the counts. */
export function countDelta(
  { priorityId, createdMs, projectKey, issueType, rehearsed, source }: TicketRow,
  delta: 1 | -1,
): CountDelta {
  return { priorityId, minute: minuteOf(createdMs), projectKey, issueType, rehearsed, source, delta }
}

/** What one commit adds to and takes from the counts, one for each of their finest cells: those that really change. */
export function cellDeltas(deltas: readonly CountDelta[]): CountDelta[] {
  return summed(
    deltas,
    (cell) => `${nameOf(cell, cell.minute)}\0${cell.issueType ?? '\0'}\0${cell.rehearsed}\0${cell.source}`,
  )
}

/** What that means for the minute counts: also where only what their tickets are has changed, which others are to see. */
function minuteDeltas(deltas: readonly CountDelta[]): CountDelta[] {
  return added(deltas, (cell) => nameOf(cell, cell.minute))
}

/** And for the counts by field, which have the cells of which anything is known. */
function fieldDeltas(deltas: readonly CountDelta[]) {
  const known = deltas
    .filter(({ issueType, rehearsed }) => issueType !== null || rehearsed !== null)
    .map((cell) => ({ ...cell, issueType: cell.issueType ?? '', rehearsed: cell.rehearsed ?? -1 }))
  return summed(known, (cell) => `${nameOf(cell, cell.minute)}\0${cell.issueType}\0${cell.rehearsed}`)
}

/** What changes of the minute counts mean for the day counts. */
function dayDeltas(deltas: readonly CountDelta[]) {
  const ofDays = deltas.map(({ minute, ...cell }) => ({ ...cell, day: dayOf(minute) }))
  return summed(ofDays, (cell) => nameOf(cell, cell.day))
}

/** No text of the store has a NUL in it. */
function nameOf(
  { priorityId, projectKey }: Pick<CountDelta, 'priorityId' | 'projectKey'>,
  at: number,
): string {
  return `${priorityId}\0${at}\0${projectKey}`
}

/** Tickets that are summed together in `usual_counts`: of how many minutes. */
export const MINUTES_PER_CELL = 5
export const CELL_MS = MINUTES_PER_CELL * MS_PER_MINUTE

/** What that means for the sums over five minutes: see the table `usual_counts`. */
function usualDeltas(deltas: readonly CountDelta[]) {
  const cells = new Map<string, UsualCell & { readonly rehearsed: number }>()
  for (const { priorityId, projectKey, minute, rehearsed, source, delta } of deltas) {
    const fiveMinutes = Math.floor(minute / MINUTES_PER_CELL)
    const name = nameOf({ priorityId, projectKey }, fiveMinutes)
    const cell = cells.get(name) ?? { priorityId, projectKey, fiveMinutes, count: 0, rehearsed: 0, others: 0 }
    const kind = source !== 'jira' ? 'others' : rehearsed === 1 ? 'rehearsed' : 'count'
    cells.set(name, { ...cell, [kind]: cell[kind] + delta })
  }
  return [...cells.values()].filter((cell) => cell.count !== 0 || cell.rehearsed !== 0 || cell.others !== 0)
}

/** Counted tickets of five minutes that the usual is learned from, and the `others`, which were imported or are the sample's. */
export interface UsualCell {
  readonly priorityId: string
  readonly projectKey: string
  /** Minutes ÷ 5, as `minute` is epoch ms ÷ 60,000. */
  readonly fiveMinutes: number
  readonly count: number
  readonly others: number
}

function summed<D extends Pick<CountDelta, 'delta'>>(deltas: readonly D[], cellOf: (one: D) => string): D[] {
  return added(deltas, cellOf).filter((cell) => cell.delta !== 0)
}

function added<D extends Pick<CountDelta, 'delta'>>(deltas: readonly D[], cellOf: (one: D) => string): D[] {
  const cells = new Map<string, D>()
  for (const one of deltas) {
    const name = cellOf(one)
    const there = cells.get(name)
    cells.set(name, there === undefined ? one : { ...one, delta: there.delta + one.delta })
  }
  return [...cells.values()]
}

const ADD_TO_MINUTES = `
  INSERT INTO minute_counts (site_id, seq, priority_id, minute, project_key, count)
  VALUES (:siteId, :seq, :priorityId[TEXT], :minute[BIGINT], :projectKey[TEXT], :delta[BIGINT])
  ON CONFLICT (site_id, priority_id, minute, project_key)
  DO UPDATE SET count = minute_counts.count + excluded.count, seq = excluded.seq`
const ADD_TO_DAYS = `
  INSERT INTO day_counts (site_id, priority_id, day, project_key, count)
  VALUES (:siteId, :priorityId[TEXT], :day[BIGINT], :projectKey[TEXT], :delta[BIGINT])
  ON CONFLICT (site_id, priority_id, day, project_key)
  DO UPDATE SET count = day_counts.count + excluded.count`
const ADD_TO_FIELDS = `
  INSERT INTO field_counts (site_id, priority_id, minute, project_key, issue_type, rehearsed, count)
  VALUES (:siteId, :priorityId[TEXT], :minute[BIGINT], :projectKey[TEXT], :issueType[TEXT], :rehearsed[BIGINT],
    :delta[BIGINT])
  ON CONFLICT (site_id, priority_id, minute, project_key, issue_type, rehearsed)
  DO UPDATE SET count = field_counts.count + excluded.count`
const ADD_TO_USUAL = `
  INSERT INTO usual_counts (site_id, priority_id, five_minutes, project_key, count, rehearsed, others)
  VALUES (:siteId, :priorityId[TEXT], :fiveMinutes[BIGINT], :projectKey[TEXT], :count[BIGINT], :rehearsed[BIGINT],
    :others[BIGINT])
  ON CONFLICT (site_id, priority_id, five_minutes, project_key)
  DO UPDATE SET count = usual_counts.count + excluded.count, rehearsed = usual_counts.rehearsed + excluded.rehearsed,
    others = usual_counts.others + excluded.others`

/**
 * Add to the cells of the minute counts, marked with the commit's number, of the day counts, of the counts by field and of
 * the sums over five minutes. Under the site's write lock.
 */
export function countWrites(siteId: string, deltas: readonly CountDelta[], seq: number): Statement[] {
  const ofMinutes = minuteDeltas(deltas)
  const minutes = { text: ADD_TO_MINUTES, params: { siteId, seq }, rows: ofMinutes }
  const days = { text: ADD_TO_DAYS, params: { siteId }, rows: dayDeltas(ofMinutes) }
  const fields = { text: ADD_TO_FIELDS, params: { siteId }, rows: fieldDeltas(deltas) }
  const usual = { text: ADD_TO_USUAL, params: { siteId }, rows: usualDeltas(deltas) }
  return [minutes, days, fields, usual].filter((one) => one.rows.length > 0)
}

/** Cells from which the sums of buckets are read: of how many minutes each is, and what says when it is and counts its tickets. */
export interface CountCells {
  readonly table: 'minute_counts' | 'usual_counts'
  readonly minutes: number
  readonly at: string
  readonly count: string
}

export const MINUTE_CELLS: CountCells = { table: 'minute_counts', minutes: 1, at: 'minute', count: 'count' }
const FIVE_MINUTE_CELLS: CountCells = {
  table: 'usual_counts',
  minutes: MINUTES_PER_CELL,
  at: 'five_minutes',
  count: '(count + rehearsed + others)',
}

/** Has a row where the tickets of an older version were not summed yet. Where they are once, they stay so. */
export const NOT_SUMMED =
  'SELECT 1 AS one FROM old_usual_counts WHERE site_id = :siteId AND before_ms > :fromMs'

/** The largest cells that no edge of the buckets cuts; all edges are multiples of `unit` minutes from the span's first on. */
export async function cellsOf(
  db: Pick<Database, 'query'>,
  siteId: string,
  { fromMinute, toMinute }: MinuteSpan,
  unit: number,
): Promise<CountCells> {
  if ([fromMinute, toMinute, unit].some((edge) => edge % MINUTES_PER_CELL !== 0)) return MINUTE_CELLS
  const notSummed = await db.query(sql(NOT_SUMMED, { siteId, fromMs: fromMinute * MS_PER_MINUTE }))
  return notSummed.length === 0 ? FIVE_MINUTE_CELLS : MINUTE_CELLS
}

/**
 * The condition that a row of tickets, minute_counts or day_counts is among those that are counted, with the parameters
 * `scopeParams`. The priority comes first: so it can be sought for each of them.
 */
export const IN_SCOPE = `priority_id IN (:priorityIds[TEXT]) AND site_id = :siteId
  AND (CAST(:projectKey AS TEXT) IS NULL OR project_key = :projectKey)`

/** The priorities that a table of counts has at a site: one seek for each. `also`: what else is said of each, as a column. */
export function prioritiesIn(table: string, also = ''): string {
  return `
    WITH RECURSIVE found (id) AS (
      SELECT MIN(priority_id) FROM ${table} WHERE site_id = :siteId
      UNION ALL
      SELECT (SELECT MIN(priority_id) FROM ${table} WHERE site_id = :siteId AND priority_id > found.id)
      FROM found WHERE found.id IS NOT NULL
    )
    SELECT id AS "priorityId"${also} FROM found WHERE id IS NOT NULL`
}

export function scopeParams(siteId: string, { projectKey, priorityIds }: CountsScope) {
  return { siteId, projectKey, priorityIds: [...new Set(priorityIds)] }
}
