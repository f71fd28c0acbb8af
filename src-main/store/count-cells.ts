import { minuteOf, MINUTES_PER_DAY, type Minute } from '../../src-shared/domain/minute.ts'
import type { StoredTicket } from './fields/stored-fields.ts'
import type { Statement } from './sql.ts'
import type { CountsScope } from './store.ts'

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
  readonly delta: number
}

/** By how much a ticket that comes or goes changes the counts. */
export function countDelta(
  { priorityId, createdMs, projectKey, issueType, rehearsed }: StoredTicket,
  delta: 1 | -1,
): CountDelta {
  return { priorityId, minute: minuteOf(createdMs), projectKey, issueType, rehearsed, delta }
}

/** What one commit adds to and takes from the counts, one for each of their finest cells: those that really change. */
export function cellDeltas(deltas: readonly CountDelta[]): CountDelta[] {
  return summed(
    deltas,
    (cell) => `${nameOf(cell, cell.minute)}\0${cell.issueType ?? '\0'}\0${cell.rehearsed}`,
  )
}

/** What that means for the minute counts. */
function minuteDeltas(deltas: readonly CountDelta[]): CountDelta[] {
  return summed(deltas, (cell) => nameOf(cell, cell.minute))
}

/** And for the counts by field, which have the cells of which anything is known. */
function fieldDeltas(deltas: readonly CountDelta[]) {
  return deltas
    .filter(({ issueType, rehearsed }) => issueType !== null || rehearsed !== null)
    .map((cell) => ({ ...cell, issueType: cell.issueType ?? '', rehearsed: cell.rehearsed ?? -1 }))
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

function summed<D extends Pick<CountDelta, 'delta'>>(deltas: readonly D[], cellOf: (one: D) => string): D[] {
  const cells = new Map<string, D>()
  for (const one of deltas) {
    const name = cellOf(one)
    const there = cells.get(name)
    cells.set(name, there === undefined ? one : { ...one, delta: there.delta + one.delta })
  }
  return [...cells.values()].filter((cell) => cell.delta !== 0)
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

/**
 * Add to the cells of the minute counts, marked with the commit's number, of the day counts and of the counts by
 * field. Under the site's write lock.
 */
export function countWrites(siteId: string, deltas: readonly CountDelta[], seq: number): Statement[] {
  const ofMinutes = minuteDeltas(deltas)
  const minutes = { text: ADD_TO_MINUTES, params: { siteId, seq }, rows: ofMinutes }
  const days = { text: ADD_TO_DAYS, params: { siteId }, rows: dayDeltas(ofMinutes) }
  const fields = { text: ADD_TO_FIELDS, params: { siteId }, rows: fieldDeltas(deltas) }
  return [minutes, days, fields].filter((one) => one.rows.length > 0)
}

/**
 * The condition that a row of tickets, minute_counts or day_counts is among those that are counted, with the parameters
 * `scopeParams`. The priority comes first: so it can be sought for each of them.
 */
export const IN_SCOPE = `priority_id IN (:priorityIds[TEXT]) AND site_id = :siteId
  AND (CAST(:projectKey AS TEXT) IS NULL OR project_key = :projectKey)`

export function scopeParams(siteId: string, { projectKey, priorityIds }: CountsScope) {
  return { siteId, projectKey, priorityIds: [...new Set(priorityIds)] }
}
