import type { TicketFilter } from '../../src-shared/contract/fields.ts'

/** What a filter is in SQL, to follow another condition. The column of components has a JSON list. */
export function sqlOf({ priorities, issueTypes, components, without }: TicketFilter = {}): string {
  const has = components
    ?.map((name) => (name === '' ? `components = '[]'` : `components LIKE '%"${name}"%'`))
    .join(' OR ')
  return [
    priorities && `AND priority_name IN (${listed(priorities)})`,
    issueTypes && `AND issue_type IN (${listed(issueTypes)})`,
    has && `AND (${has})`,
    without && `AND NOT (1 = 1 ${sqlOf({ issueTypes: without.issueTypes ?? [] })})`,
    without && `AND NOT (1 = 1 ${sqlOf({ components: without.components ?? [] })})`,
  ]
    .filter(Boolean)
    .join(' ')
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ')
}
