import type { LeaveReason, Priority, Ticket } from '../../src-shared/domain/ticket.ts'
import type { GivenTicket } from '../store/fields/stored-fields.ts'
import { TEXT_FIELDS, type ExportedTicket, type TextField } from '../store/pages/stored-ticket.ts'
import {
  isBad,
  NO_REPORTER,
  shown,
  type BadRow,
  type Fields,
  type OldColumn,
  type SourceRow,
  type TicketColumn,
} from './source-row.ts'
import { parseStamp } from './stamp.ts'

/** A ticket that is imported. */
export interface ImportedTicket {
  readonly ticket: GivenTicket
  readonly left: ExportedTicket['left']
  /** Whether one of its times named no zone. */
  readonly assumesZone: boolean
}

export interface Reading {
  /** The priorities that the site watches: a name in a row becomes the id of its namesake. */
  readonly watched: readonly Priority[]
  /** IANA name of the zone that times without an offset are of. */
  readonly zone: string
}

/** A row is not what it should be. The message continues "line 17: ". */
class BadRowError extends Error {
  override readonly name = 'BadRowError'
}

/** The ticket that a row is: one of the first program's table, or as we export them. Throws `BadRowError`. */
export function importedTicket(fields: Fields, reading: Reading): ImportedTicket {
  return 'ticket_id' in fields ? oldTicket(fields, reading) : ownTicket(fields, reading)
}

/** Its id is Jira's own, so that Jira's version takes its place once it is fetched. Of its key nothing is known. */
function oldTicket(fields: Fields, reading: Reading): ImportedTicket {
  const id = issueId(needed(fields, 'ticket_id').trim())
  const created = stampOf(fields, 'ticket_created_date', reading)
  const ticket = {
    ...textsOf({}),
    id,
    key: keyOf(id),
    projectKey: short(fields, 'ticket_project') ?? '',
    title: fields.ticket_title ?? '',
    ...namedPriority(needed(fields, 'ticket_severity').trim(), reading),
    createdMs: created.epochMs,
    updatedMs: created.epochMs,
  }
  return { ticket, left: null, assumesZone: !created.hasOffset }
}

function ownTicket(fields: Fields, reading: Reading): ImportedTicket {
  needed(fields, 'id')
  const id = short(fields, 'id') ?? ''
  const key = short(fields, 'key') || keyOf(id)
  const created = stampOf(fields, 'created', reading)
  const updated = isEmpty(fields.updated) ? created : stampOf(fields, 'updated', reading)
  const ticket = {
    ...textsOf(fields),
    id,
    key,
    projectKey: short(fields, 'projectKey') ?? /^(.+)-\d+$/.exec(key)?.[1] ?? '',
    ...ownPriority(fields, reading),
    createdMs: created.epochMs,
    updatedMs: updated.epochMs,
    ...knownFields(fields),
  }
  const left = leftOf(fields, reading)
  const assumesZone = !created.hasOffset || !updated.hasOffset || left?.hasOffset === false
  return {
    ticket,
    left: left && { ...left.how, projectKey: left.projectKey || ticket.projectKey },
    assumesZone,
  }
}

/** The texts of a ticket, empty where the row has none. */
function textsOf(fields: Fields): Record<TextField, string> {
  return Object.fromEntries(TEXT_FIELDS.map((field) => [field, fields[field] ?? ''])) as Record<
    TextField,
    string
  >
}

/** What a ticket may be split by, as far as the row has it. */
function knownFields(fields: Fields): Partial<GivenTicket> {
  const { issueType, reporter } = fields
  const [components, labels] = [listOf(fields, 'components'), listOf(fields, 'labels')]
  const rehearsed = isEmpty(fields.rehearsed) ? undefined : fields.rehearsed?.trim().toLowerCase() === 'true'
  return {
    ...(!isEmpty(issueType) && { issueType: issueType ?? '' }),
    ...(components !== undefined && { components }),
    ...(labels !== undefined && { labels }),
    ...(rehearsed !== undefined && { rehearsed }),
    ...(!isEmpty(reporter) && { reporter: digestOf(reporter ?? '') }),
  }
}

function listOf(fields: Fields, column: 'components' | 'labels'): string[] | undefined {
  const text = fields[column] ?? ''
  if (isEmpty(text)) return undefined
  const list = jsonOf(text)
  if (Array.isArray(list) && list.every((one) => typeof one === 'string')) return list
  throw new BadRowError(`${column} is ${shown(text)}, which is no JSON list of texts`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A digest alone: a name would be kept as it is. */
function digestOf(reporter: string): string {
  if (reporter === NO_REPORTER) return ''
  if (/^[0-9a-f]{16}$/.test(reporter)) return reporter
  throw new BadRowError(`reporter is ${shown(reporter)}, which is no digest as jira-tpm export writes them`)
}

/** What stands for a key where there is none: the window shows it, and leads nowhere with it. */
function keyOf(id: string): string {
  return `#${id}`
}

type PriorityOfTicket = Pick<Ticket, 'priorityId' | 'priorityName'>

/** A name without an id is looked for among those that are watched, in any case of letters. */
function ownPriority(fields: Fields, reading: Reading): PriorityOfTicket {
  const id = short(fields, 'priorityId')
  if (!id) return namedPriority(needed(fields, 'priorityName'), reading)
  const name = fields.priorityName || reading.watched.find((priority) => priority.id === id)?.name
  return { priorityId: id, priorityName: name ?? id }
}

/** Others get an id that no site has, or they might be watched by accident. */
function namedPriority(name: string, { watched }: Reading): PriorityOfTicket {
  const sought = name.toLowerCase()
  const namesake = watched.find((priority) => priority.name.toLowerCase() === sought)
  if (namesake !== undefined) return { priorityId: namesake.id, priorityName: namesake.name }
  if (name.length <= MAX_KEY_LENGTH) return { priorityId: `import-${sought}`, priorityName: name }
  throw new BadRowError(`the priority ${shown(name)} is longer than ${MAX_KEY_LENGTH} characters`)
}

const REASONS: readonly string[] = ['lowered', 'deleted', 'moved', 'hidden'] satisfies LeaveReason[]

function leftOf(fields: Fields, reading: Reading) {
  const { leftReason } = fields
  if (isEmpty(fields.left) && isEmpty(leftReason)) return null
  const { epochMs, hasOffset } = stampOf(fields, 'left', reading)
  const reason = needed(fields, 'leftReason')
  if (!REASONS.includes(reason))
    throw new BadRowError(`leftReason is ${shown(reason)}, and none of ${REASONS.join(', ')}`)
  const projectKey = short(fields, 'leftProjectKey') ?? null
  return { how: { atMs: epochMs, reason: reason as LeaveReason }, projectKey, hasOffset }
}

/** Databases that were filled by scripts may have kept it as a number with a fraction of nothing. */
function issueId(text: string): string {
  const digits = /^0*(\d{1,19})(?:\.0+)?$/.exec(text)?.[1]
  if (digits !== undefined) return digits
  throw new BadRowError(`ticket_id is ${shown(text)}, which is no number`)
}

function stampOf(
  fields: Fields,
  column: TicketColumn | OldColumn,
  { zone }: Reading,
): NonNullable<ReturnType<typeof parseStamp>> {
  const text = needed(fields, column).trim()
  const stamp = parseStamp(text, zone)
  if (stamp !== null) return stamp
  throw new BadRowError(`${column} is ${shown(text)}, which is no date and time`)
}

function needed(fields: Fields, column: TicketColumn | OldColumn): string {
  const value = fields[column]
  if (value !== undefined && value !== null && value.trim() !== '') return value
  throw new BadRowError(`${column} is empty`)
}

/** Keys are in indexes, which take only so much. */
const MAX_KEY_LENGTH = 255

function short(fields: Fields, column: TicketColumn | OldColumn): string | undefined {
  const value = fields[column] ?? undefined
  if (value === undefined || value.length <= MAX_KEY_LENGTH) return value
  throw new BadRowError(`${column} is longer than ${MAX_KEY_LENGTH} characters`)
}

function isEmpty(value: string | null | undefined): boolean {
  return value === undefined || value === null || value.trim() === ''
}

/** The tickets that a source's rows are; what is none stays in its place, with the reason. */
export async function* readTickets(
  rows: AsyncIterable<SourceRow | BadRow>,
  reading: Reading,
): AsyncGenerator<ImportedTicket | BadRow> {
  for await (const row of rows) yield isBad(row) ? row : ticketOfRow(row, reading)
}

function ticketOfRow({ at, fields }: SourceRow, reading: Reading): ImportedTicket | BadRow {
  try {
    return importedTicket(fields, reading)
  } catch (error) {
    if (error instanceof BadRowError) return { at, reason: error.message }
    throw error
  }
}
