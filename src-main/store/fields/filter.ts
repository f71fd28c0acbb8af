import type { TicketFilter } from '../../../src-shared/contract/fields.ts'

/** What is true of the rows that a filter leaves, to follow another condition, and its parameters. */
interface FilterSql {
  readonly also: string
  readonly params: object
}

/** `project`: the column of the project that is meant. */
export function filterSql(filter: TicketFilter = {}, project = 'project_key'): FilterSql {
  const { projects, issueTypes, components, labels, rehearsed } = filter
  const conditions = [
    projects && `${project} IN (:projects[TEXT])`,
    issueTypes && 'issue_type IN (:issueTypes[TEXT])',
    components && 'HAS_ONE_OF(components, :components[TEXT])',
    labels && 'HAS_ONE_OF(labels, :labels[TEXT])',
    rehearsed !== undefined && 'rehearsed = :rehearsed',
  ]
  const said = conditions.filter((condition) => typeof condition === 'string')
  return {
    also: said.map((condition) => ` AND ${condition}`).join(''),
    params: { projects, issueTypes, components, labels, rehearsed: rehearsed ? 1 : 0 },
  }
}
