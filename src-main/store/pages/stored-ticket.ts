import type { LeaveReason, Ticket } from '../../../src-shared/domain/ticket.ts'
import { OF_FIELDS, shownFields, type StoredFields, type StoredTicket } from '../fields/stored-fields.ts'
import type { TicketPlace, TicketSource, TicketsQuery } from '../store.ts'

/** The column and its type that each field of a ticket is in. */
export const OF_TICKET = {
  id: ['id', 'TEXT'],
  key: ['key', 'TEXT'],
  projectKey: ['project_key', 'TEXT'],
  title: ['title', 'TEXT'],
  priorityId: ['priority_id', 'TEXT'],
  priorityName: ['priority_name', 'TEXT'],
  status: ['status', 'TEXT'],
  createdMs: ['created_ms', 'BIGINT'],
  updatedMs: ['updated_ms', 'BIGINT'],
} as const satisfies Record<Exclude<keyof Ticket, keyof StoredFields>, Column>

type Column = readonly [name: string, type: 'TEXT' | 'BIGINT']

const FIELDS = Object.keys(OF_TICKET) as (keyof typeof OF_TICKET)[]
const ALL_FIELDS = [...FIELDS, ...(Object.keys(OF_FIELDS) as (keyof StoredFields)[])]

export type TextField = {
  [F in keyof typeof OF_TICKET]: (typeof OF_TICKET)[F][1] extends 'TEXT' ? F : never
}[keyof typeof OF_TICKET]

/** The fields of a ticket that are texts. */
export const TEXT_FIELDS = FIELDS.filter((field) => OF_TICKET[field][1] === 'TEXT') as TextField[]

/** Of the rows of `TicketRow`, besides what is a ticket's. */
export const OF_ROW = {
  source: ['source', 'TEXT'],
  leftMs: ['left_ms', 'BIGINT'],
  leftReason: ['left_reason', 'TEXT'],
  leftProjectKey: ['left_project_key', 'TEXT'],
  missingSinceMs: ['missing_since_ms', 'BIGINT'],
} as const satisfies Record<Exclude<keyof TicketRow, keyof StoredTicket>, Column>

export interface TicketsAfter {
  readonly siteId: string
  readonly projectKey: string | null
  readonly fromMs: number
  readonly toMs: number
  /** The last one of the former bit; null to begin. */
  readonly after: { readonly createdMs: number; readonly id: string } | null
  readonly limit: number
}

export interface ExportedTicket extends Ticket {
  /** A digest of who reported it, which tells people apart; '' where nobody did. Left out where it is not known. */
  readonly reporter?: string
  readonly source: TicketSource
  /** Null while it counts. `projectKey`: the project that it counted in when it left. */
  readonly left: { readonly atMs: number; readonly reason: LeaveReason; readonly projectKey: string } | null
}

/** A ticket as its row is: counted while `leftMs` is null. */
export interface TicketRow extends StoredTicket {
  readonly source: TicketSource
  readonly leftMs: number | null
  readonly leftReason: LeaveReason | null
  /** The project that it counted in when it left. */
  readonly leftProjectKey: string | null
  /** When a census first missed it; null where none did since it was seen. */
  readonly missingSinceMs: number | null
}

/** A ticket's row as far as it is exported. */
export type ExportRow = Omit<TicketRow, 'missingSinceMs'>

export type RemovedTicketRow = TicketRow & { readonly leftMs: number }

/** When, why and from which project a ticket left. */
interface Leaving {
  readonly atMs: number
  readonly reason: LeaveReason
  readonly projectKey: string
}

/** Newer than all that is asked for: no id comes before the empty one. */
export function placeBefore({ toMs, after }: Pick<TicketsQuery, 'toMs' | 'after'>): TicketPlace {
  return after !== undefined && after.atMs < toMs ? after : { atMs: toMs, id: '' }
}

export const BEFORE_ALL_REMOVED: TicketPlace = { atMs: Number.MAX_SAFE_INTEGER, id: '' }

/**
 * The row of a ticket: it counts, or left. A ticket may be another row, with more to it. One that was missed is not any
 * more with any new form.
 */
export function ticketRow(
  ticket: StoredTicket,
  source: TicketSource,
  left: Leaving | null = null,
): TicketRow {
  // Not by a loop over the fields: this is done for each ticket that is fetched.
  const { id, key, projectKey, title, priorityId, priorityName, status, createdMs, updatedMs } = ticket
  const { issueType, components, labels, reporter, rehearsed } = ticket
  const form = { id, key, projectKey, title, priorityId, priorityName, status, createdMs, updatedMs }
  return {
    ...form,
    issueType,
    components,
    labels,
    reporter,
    rehearsed,
    source,
    leftMs: left?.atMs ?? null,
    leftReason: left?.reason ?? null,
    leftProjectKey: left?.projectKey ?? null,
    missingSinceMs: null,
  }
}

export function isRemoved(ticket: TicketRow): ticket is RemovedTicketRow {
  return ticket.leftMs !== null
}

/** What a row, which may have more to it, says of the fields that are listed. */
export function shownTicket<R extends Omit<StoredFields, 'reporter'>>({
  issueType,
  components,
  labels,
  rehearsed,
  ...rest
}: R) {
  return { ...rest, ...shownFields({ issueType, components, labels, rehearsed }) }
}

/** The row as it is published. */
export function exportedTicket(row: ExportRow): ExportedTicket {
  const { leftMs, leftReason, leftProjectKey, reporter, ...rest } = shownTicket(row)
  const ticket = { ...rest, ...(reporter !== null && { reporter }) }
  if (leftMs === null || leftReason === null) return { ...ticket, left: null }
  const projectKey = leftProjectKey ?? ticket.projectKey
  return { ...ticket, left: { atMs: leftMs, reason: leftReason, projectKey } }
}

/** Whether two rows say the same of a ticket: its form, and whether, when and why it left. */
export function sameRow(a: TicketRow, b: TicketRow): boolean {
  return (
    a.leftMs === b.leftMs &&
    a.leftReason === b.leftReason &&
    a.leftProjectKey === b.leftProjectKey &&
    sameForm(a, b)
  )
}

/** Whether a ticket is the same in all that Jira says of it. */
export function sameForm(a: StoredTicket, b: StoredTicket): boolean {
  return ALL_FIELDS.every((field) => a[field] === b[field])
}

const SHOWN_FIELDS = ALL_FIELDS.filter((field) => field !== 'updatedMs')

/** Whether two rows of a ticket show a person the same: all but the time of its last change, as a comment sets it. */
export function showsSame(a: TicketRow, b: TicketRow): boolean {
  return a.leftMs === b.leftMs && SHOWN_FIELDS.every((field) => a[field] === b[field])
}
