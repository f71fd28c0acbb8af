import path from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { nothingExported } from '../../src-shared/errors/app-error.ts'
import type { ExportedTicket } from '../store/stored-ticket.ts'
import { COLUMNS, type TicketColumn } from './columns.ts'

/**
 * A spreadsheet takes a cell that begins so for a formula, and would carry out what somebody wrote into a ticket's title
 * (https://owasp.org/www-community/attacks/CSV_Injection). With an apostrophe before it, it is text; so that nothing is
 * lost, what looks guarded already gets one, too.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/

const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const

export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const BY_ENDING: Readonly<Record<string, ExportFormat>> = {
  '.csv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
}

/** The format that a file's ending says. `orElse` ends the hint. Throws `usage`. */
export function formatOf(file: string, orElse = ''): ExportFormat {
  const format = BY_ENDING[path.extname(file).toLowerCase()]
  if (format !== undefined) return format
  throw nothingExported('usage', `The name ${file} says no format.`, `End it in .csv or .jsonl${orElse}.`)
}

/** Tickets as text in one of the formats; `start` comes before all of them. */
interface TicketLines {
  readonly start: string
  of(tickets: readonly ExportedTicket[]): string
}

export const TICKET_LINES: Readonly<Record<ExportFormat, TicketLines>> = {
  csv: {
    start: `${COLUMNS.join(',')}\n`,
    of: (tickets) => stringify(tickets.map(csvCells), { quoted_match: NEEDS_QUOTES }),
  },
  jsonl: {
    start: '',
    of: (tickets) => tickets.map((ticket) => `${JSON.stringify(recordOf(ticket))}\n`).join(''),
  },
}

/** What some program takes for the end of a cell or of a line, besides what the others do. */
const NEEDS_QUOTES = /[;\t\r]/

type TicketRecord = { readonly [C in TicketColumn]?: string }

/** How a ticket left is in it only where it did. */
function recordOf({ left, ...ticket }: ExportedTicket): TicketRecord {
  return {
    id: ticket.id,
    key: ticket.key,
    projectKey: ticket.projectKey,
    title: ticket.title,
    priorityId: ticket.priorityId,
    priorityName: ticket.priorityName,
    status: ticket.status,
    created: iso(ticket.createdMs),
    updated: iso(ticket.updatedMs),
    ...(left !== null && { left: iso(left.atMs), leftReason: left.reason, leftProjectKey: left.projectKey }),
  }
}

function csvCells(ticket: ExportedTicket): string[] {
  const record = recordOf(ticket)
  return COLUMNS.map((column) => guarded(record[column] ?? ''))
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

/** A text as a cell of a CSV file that may be opened in a spreadsheet. */
export function guarded(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text
}

/** The text that a guarded cell stands for: `unguarded(guarded(text))` is `text`, whatever that is. */
export function unguarded(cell: string): string {
  return GUARDED.test(cell) ? cell.slice(1) : cell
}
