import type { CountsScope } from '../store.ts'

/**
 * The condition that a row of tickets, minute_counts or day_counts is among those that are counted. Its parameters are
 * the first three, see `scopeParams`.
 */
export const IN_SCOPE = `site_id = $1 AND priority_id = ANY($2::text[]) AND ($3::text IS NULL OR project_key = $3)`

/** The same for the rows of one priority, where `wanted` has the ids of all: each of them then is one seek in an index. */
export const OF_WANTED = `site_id = $1 AND priority_id = wanted.id AND ($3::text IS NULL OR project_key = $3)`
/** To be joined laterally with what is `OF_WANTED`. */
export const WANTED = `unnest($2::text[]) AS wanted (id)`

export function scopeParams(siteId: string, scope: CountsScope): unknown[] {
  return [siteId, [...new Set(scope.priorityIds)], scope.projectKey]
}
