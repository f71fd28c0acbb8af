import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import type { CountsScope } from '../store/store.ts'

/**
 * All watched tickets there are. Bounded, as search/jql wants it, and in the one order that does not change while the
 * pages are read: a ticket edited meanwhile keeps its place, so that none slips from one page to another unseen.
 */
export function allWatchedJql(scope: CountsScope): string {
  return `priority in (${idList(scope)}) AND updated >= 0${inProject(scope)} ORDER BY created ASC, key ASC`
}

/**
 * What changed since `sinceMs` (the site's epoch ms) among the tickets that are watched or were: one query finds both,
 * so that a page's arrivals and leavers are stored with the same progress. JQL reads dates in the account's zone and
 * without seconds; a bare number is epoch ms, taken down to the minute in case Jira does so too.
 */
export function changedJql(scope: CountsScope, sinceMs: number): string {
  const ids = idList(scope)
  const since = Math.max(0, Math.floor(sinceMs / MS_PER_MINUTE) * MS_PER_MINUTE)
  return (
    `(priority in (${ids}) OR priority was in (${ids})) AND updated >= ${since}${inProject(scope)} ` +
    'ORDER BY updated ASC, key ASC'
  )
}

function idList({ priorityIds }: CountsScope): string {
  return priorityIds.map((id) => (/^\d+$/.test(id) ? id : quoted(id))).join(', ')
}

function inProject({ projectKey }: CountsScope): string {
  return projectKey === null ? '' : ` AND project = ${quoted(projectKey)}`
}

function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`
}
