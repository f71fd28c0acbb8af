import type { CountsScope } from '../store.ts'

/** The condition that a row of tickets or minute_counts is among those that are counted. Takes `scopeParams`. */
export const IN_SCOPE = `site_id = @siteId
  AND priority_id IN (SELECT value FROM json_each(@priorityIds))
  AND (@projectKey IS NULL OR project_key = @projectKey)`

export function scopeParams(siteId: string, scope: CountsScope): Record<string, string | null> {
  return { siteId, projectKey: scope.projectKey, priorityIds: JSON.stringify(scope.priorityIds) }
}
