import type { TicketFilter } from '../../src-shared/contract/fields.ts'

/** What a filter is in SQL, to follow another condition. The column of components has a JSON list. */
export function sqlOf({ priorities, issueTypes, components, without }: TicketFilter = {}): string {
  const has = components
    ?.map((name) => (name === '' ? `components = '[]'` : `components LIKE '%"${name}"%'`))
    .join(' OR ')
  return [
    priorities && `AND priority_name IN (${listed(`'`, priorities)})`,
    issueTypes && `AND issue_type IN (${listed(`'`, issueTypes)})`,
    has && `AND (${has})`,
    without && `AND NOT (1 = 1 ${sqlOf({ issueTypes: without.issueTypes ?? [] })})`,
    without && `AND NOT (1 = 1 ${sqlOf({ components: without.components ?? [] })})`,
  ]
    .filter(Boolean)
    .join(' ')
}

function listed(quote: string, names: readonly string[]): string {
  return names.map((name) => quote + name + quote).join(', ')
}

/** And in JQL. */
export function jqlOf({ priorities, issueTypes, components, without }: TicketFilter = {}): string {
  return [
    priorities && `AND priority IN (${listed(`"`, priorities)})`,
    issueTypes && `AND issuetype IN (${listed(`"`, issueTypes)})`,
    components && `AND ${componentJql(components)}`,
    without && `AND issuetype NOT IN (${listed(`"`, without.issueTypes ?? [])})`,
    without && `AND ${withoutJql(without.components ?? [])}`,
  ]
    .filter(Boolean)
    .join(' ')
}

function componentJql(components: readonly string[]): string {
  const each = components.map((name) => (name === '' ? 'component IS EMPTY' : `component = "${name}"`))
  return `(${each.join(' OR ')})`
}

function withoutJql(components: readonly string[]): string {
  const named = components.filter((name) => name !== '')
  const unwanted = named.map((name) => `component != "${name}"`)
  if (components.includes('')) return ['component IS NOT EMPTY', ...unwanted].join(' AND ')
  return `(component IS EMPTY OR (${unwanted.join(' AND ')}))`
}
