import { plainText } from '../../src-shared/domain/text/plain-text.ts'
import { PRIORITY_FIELD, type WatchedField } from '../../src-shared/domain/ticket.ts'
import { TEXT_FIELDS } from '../store/pages/stored-ticket.ts'
import { AppError, type ErrorCode, type ErrorParts } from '../../src-shared/errors/app-error.ts'

/**
 * What a ticket of ours is in CSV and JSON lines, in this order. Times are ISO 8601; in a cell, lists are JSON. What is
 * not known of a ticket is empty or left out; the reporter is a digest, or `none`.
 */
export const COLUMNS = [
  ...TEXT_FIELDS,
  'created',
  'updated',
  'left',
  'leftReason',
  'leftProjectKey',
  'issueType',
  'components',
  'labels',
  'rehearsed',
  'reporter',
] as const

export type TicketColumn = (typeof COLUMNS)[number]

/** The first program's table. */
export const OLD_COLUMNS = [
  'ticket_id',
  'ticket_severity',
  'ticket_created_date',
  'ticket_title',
  'ticket_project',
] as const

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
  'issue type': 'issueType',
  'work item type': 'issueType',
}

/** What stands for nobody, where there is a column of who reported a ticket. */
export const NO_REPORTER = 'none'

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

/** A row as a source has it. */
export interface SourceRow {
  /** Its line in a file, or which row of a table it is; both begin with 1. */
  readonly at: number
  readonly fields: Fields
}

/** A place where a row was expected and none is. */
export interface BadRow {
  readonly at: number
  /** What is wrong, as it continues "line 17: ". */
  readonly reason: string
}

/** Why there is no import, nothing of it; `storePages` says where some was stored before. */
export class ImportError extends AppError {
  constructor(code: ErrorCode, what: string, options: ErrorParts) {
    super(code, what, { consequence: NOTHING, ...options })
  }
}

export const NOTHING = 'Nothing was imported.'

/** How what pg_dump wrote in another form comes in all the same. It continues a sentence. */
export const LOAD_IT =
  'load it into a database with psql, and import the table from there: jira-tpm import postgres://user@host/database'

export function isBad(row: object): row is BadRow {
  return 'reason' in row
}

/** A value as it can be shown in a sentence: short, without anything that a terminal would obey. */
export function shown(value: string): string {
  const start = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value
  return `"${plainText(start)}"`
}

const MAX_SHOWN = 60

/** What was named cannot be imported at all: `usage`. `problem` continues the name. */
export function cannotImport(name: string, problem: string, hint: string, cause?: unknown): AppError {
  return new ImportError('usage', `${name} ${problem}.`, { hint, cause })
}

/** It is of a kind that is imported, but what is in it is damaged: `bad-data`. */
export function damaged(name: string, problem: string, hint: string, cause?: unknown): AppError {
  return new ImportError('bad-data', `${name} ${problem}.`, { hint, cause })
}

/** `error`, or that the import was interrupted where that is the reason for it. */
export function orInterrupted(error: unknown, signal: AbortSignal): unknown {
  if (!signal.aborted || error instanceof AppError) return error
  return new ImportError('cancelled', 'The import was interrupted.', { cause: error })
}
