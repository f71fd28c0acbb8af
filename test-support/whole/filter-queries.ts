import type { TicketFilter } from '../../src-shared/contract/fields.ts'

/** What a filter is in SQL, to follow another condition. The columns of components and labels have JSON lists. */
export function sqlOf({
  priorities,
  projects,
  issueTypes,
  components,
  labels,
  without,
}: TicketFilter = {}): string {
  const {
    issueTypes: types = [],
    components: parts = [],
    labels: marks = [],
    projects: keys = [],
  } = without ?? {}
  const left = [{ issueTypes: types }, { components: parts }, { labels: marks }, { projects: keys }]
  return [
    priorities && `AND priority_name IN (${listed(priorities)})`,
    projects && `AND project_key IN (${listed(projects)})`,
    issueTypes && `AND issue_type IN (${listed(issueTypes)})`,
    components && `AND (${hasOneOf('components', components)})`,
    labels && `AND (${hasOneOf('labels', labels)})`,
    ...left.map((one) => Object.values(one).flat().length > 0 && `AND NOT (1 = 1 ${sqlOf(one)})`),
  ]
    .filter(Boolean)
    .join(' ')
}

function hasOneOf(column: string, names: readonly string[]): string {
  const has = (name: string): string => (name === '' ? `${column} = '[]'` : `${column} LIKE '%"${name}"%'`)
  return names.map(has).join(' OR ')
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}
