import { END_OF_TIME_MS, ALL_TIME, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { PRIORITY_FIELD, type Ticket } from '../../src-shared/domain/ticket.ts'
import type { CountsScope } from '../store/store.ts'

/** Which tickets are fetched: those whose `fieldId` has one of the values `priorityIds`. */
export interface WatchScope extends CountsScope {
  /** `priority` or `customfield_N`. */
  readonly fieldId: string
}

/**
 * The name under which a fetch's progress is kept. Other projects, another field or other watched values are another
 * scope, so that changing what is watched begins from nothing.
 */
export function syncScope({ projectKey, priorityIds, fieldId }: WatchScope): string {
  const parts = [projectKey, priorityIds.toSorted()]
  return JSON.stringify(fieldId === PRIORITY_FIELD ? parts : [...parts, fieldId])
}

/** Whether a ticket, as Jira shows it, is one of the scope's. */
export function isWatched(
  { projectKey, priorityIds }: CountsScope,
  ticket: Pick<Ticket, 'priorityId' | 'projectKey'>,
): boolean {
  return priorityIds.includes(ticket.priorityId) && (projectKey === null || projectKey === ticket.projectKey)
}

/** The beginning of the minute of an instant (epoch ms); that of 1970 for what is before. */
export function wholeMinute(epochMs: number): number {
  return Math.max(0, Math.floor(epochMs / MS_PER_MINUTE) * MS_PER_MINUTE)
}

/** All watched tickets there are. Bounded, as search/jql wants it. */
export function allWatchedJql(scope: WatchScope): string {
  return createdJql(scope, ALL_TIME)
}

/**
 * The watched tickets of a span of creation times, in the one order that does not change while the pages are read: a
 * ticket edited meanwhile keeps its place. The span's ends are whole minutes, which JQL reads alike whether it has
 * seconds or not.
 */
export function createdJql(scope: WatchScope, { fromMs, toMs }: TimeSpan): string {
  const until = toMs >= END_OF_TIME_MS ? '' : ` AND created < ${toMs}`
  return `${isOneOf(scope)} AND created >= ${fromMs}${until}${inProject(scope)} ORDER BY created ASC, key ASC`
}

/**
 * What changed since `sinceMs` (the site's epoch ms) among the tickets that are watched or were: one query finds both,
 * so that a page's arrivals and removals are stored with the same progress. JQL reads dates in the account's zone and
 * without seconds; a bare number is epoch ms, taken down to the minute in case Jira does so too.
 *
 * Jira keeps a history that WAS can ask for of six fields, and priority is the only one of them that can be watched.
 * For a custom field the query takes whatever changed in the project, and what is not watched is filtered out here.
 */
export function changedJql(scope: WatchScope, sinceMs: number): string {
  const since = `updated >= ${wholeMinute(sinceMs)}`
  const which =
    scope.fieldId === PRIORITY_FIELD
      ? `(${isOneOf(scope)} OR priority was in (${idList(scope)})) AND ${since}`
      : since
  return `${which}${inProject(scope)} ORDER BY updated ASC, key ASC`
}

export function isOneOf(scope: WatchScope): string {
  const number = /^customfield_(\d+)$/.exec(scope.fieldId)?.[1]
  return `${number === undefined ? PRIORITY_FIELD : `cf[${number}]`} in (${idList(scope)})`
}

function idList({ priorityIds }: WatchScope): string {
  return priorityIds.map((id) => (/^\d+$/.test(id) ? id : quoted(id))).join(', ')
}

export function inProject({ projectKey }: WatchScope): string {
  return projectKey === null ? '' : ` AND project = ${quoted(projectKey)}`
}

export function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`
}
