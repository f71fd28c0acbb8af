import { PRIORITY_FIELD, type WatchedField } from '../../src-shared/domain/ticket.ts'

/** What a ticket of ours is in CSV and JSON lines, in this order. Times are ISO 8601. */
export const COLUMNS = [
  'id',
  'key',
  'projectKey',
  'title',
  'priorityId',
  'priorityName',
  'status',
  'created',
  'updated',
  'left',
  'leftReason',
  'leftProjectKey',
] as const

/** The first program's table. */
export const OLD_COLUMNS = [
  'ticket_id',
  'ticket_severity',
  'ticket_created_date',
  'ticket_title',
  'ticket_project',
] as const

export type TicketColumn = (typeof COLUMNS)[number]
export type OldColumn = (typeof OLD_COLUMNS)[number]

/** A row's texts by column, before anything of it is believed; null and absent are the same. */
export type Fields = { readonly [C in TicketColumn | OldColumn]?: string | null }

const KNOWN: ReadonlySet<string> = new Set([...COLUMNS, ...OLD_COLUMNS])

/** Whether a column of that name means anything to us. */
export function isKnown(name: string): name is TicketColumn | OldColumn {
  return KNOWN.has(name)
}

/** What Jira calls them in its own CSV export, in small letters: Cloud and Data Center alike. */
const OF_JIRA: Readonly<Record<string, TicketColumn>> = {
  'issue id': 'id',
  'issue key': 'key',
  'work item id': 'id',
  'work item key': 'key',
  'project key': 'projectKey',
  summary: 'title',
  status: 'status',
  created: 'created',
  updated: 'updated',
}

/** Whether a line of column names is that of Jira's own CSV export. */
export function isOfJira(names: readonly string[]): boolean {
  const columns = names.map((name) => OF_JIRA[name.toLowerCase()])
  return columns.includes('id') && columns.includes('key')
}

/** Which column of ours one of Jira's export is; null where it is none. */
export function columnOfJira(name: string, watched?: WatchedField): TicketColumn | null {
  const isPriority = watched === undefined || watched.id === PRIORITY_FIELD
  const ofValues = isPriority ? 'priority' : `custom field (${watched.name.toLowerCase()})`
  return name.toLowerCase() === ofValues ? 'priorityName' : (OF_JIRA[name.toLowerCase()] ?? null)
}
