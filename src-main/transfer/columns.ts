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

export type Column = (typeof COLUMNS)[number]
export type OldColumn = (typeof OLD_COLUMNS)[number]

/** A row's texts by column, before anything of it is believed; null and absent are the same. */
export type Fields = { readonly [C in Column | OldColumn]?: string | null }

const KNOWN: ReadonlySet<string> = new Set([...COLUMNS, ...OLD_COLUMNS])

/** Whether a column of that name means anything to us. */
export function isKnown(name: string): name is Column | OldColumn {
  return KNOWN.has(name)
}

/** Whether a table with these columns is one of the first program's. */
export function isOldTable(names: readonly string[]): boolean {
  return OLD_COLUMNS.every((name) => names.includes(name))
}
