import type { TicketFilter } from '../../../src-shared/contract/fields.ts'
import { NONE } from '../../../src-shared/domain/ticket-filter.ts'

/** What is true of the rows that a filter leaves, to follow another condition, and its parameters. */
interface FilterSql {
  readonly also: string
  readonly params: object
}

/** `project`: the column of the project that is meant. Which priorities are counted is the scope's to say. */
export function filterSql(filter: TicketFilter = {}, project = 'project_key'): FilterSql {
  const { projects, issueTypes, components, labels, rehearsed, without = {} } = filter
  const conditions = [
    projects && `${project} IN (:projects[TEXT])`,
    issueTypes && 'issue_type IN (:issueTypes[TEXT])',
    components && hasOne('components', ':components', components),
    labels && hasOne('labels', ':labels', labels),
    rehearsed !== undefined && 'rehearsed = :rehearsed',
    without.projects && `NOT ${project} IN (:noProjects[TEXT])`,
    without.issueTypes && '(issue_type IS NULL OR NOT issue_type IN (:noIssueTypes[TEXT]))',
    without.components &&
      `(components IS NULL OR NOT ${hasOne('components', ':noComponents', without.components)})`,
    without.labels && `(labels IS NULL OR NOT ${hasOne('labels', ':noLabels', without.labels)})`,
  ]
  const said = conditions.filter((condition) => typeof condition === 'string')
  return {
    also: said.map((condition) => ` AND ${condition}`).join(''),
    params: {
      projects,
      issueTypes,
      components,
      labels,
      rehearsed: rehearsed ? 1 : 0,
      noProjects: without.projects,
      noIssueTypes: without.issueTypes,
      noComponents: without.components,
      noLabels: without.labels,
    },
  }
}

/** Whether a column's JSON list has one of the values, or nothing where that is among them. */
function hasOne(column: 'components' | 'labels', name: string, values: readonly string[]): string {
  const some = `HAS_ONE_OF(${column}, ${name}[TEXT])`
  return values.includes(NONE) ? `(${column} = '[]' OR ${some})` : some
}
