import path from 'node:path'
import { stringify } from 'csv-stringify/sync'
import { nothingExported } from '../../src-shared/errors/app-error.ts'
import type { ExportedTicket } from '../store/stored-ticket.ts'
import { COLUMNS, type TicketColumn } from './source-row.ts'

/**
 * A spreadsheet takes a cell that begins so for a formula, and would carry out what somebody wrote into a ticket's title
 * (https://owasp.org/www-community/attacks/CSV_Injection). With an apostrophe before it, it is text; so that nothing is
 * lost, what looks guarded already gets one, too.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/
const GUARDED = /^'+[=+\-@\t\r\n＝＋－＠]/

export const EXPORT_FORMATS = ['csv', 'jsonl'] as const

export type ExportFormat = (typeof EXPORT_FORMATS)[number]

const BY_ENDING: ReadonlyMap<string, ExportFormat> = new Map([
  ['.csv', 'csv'],
  ['.jsonl', 'jsonl'],
  ['.ndjson', 'jsonl'],
])

/** The format that a name says by its ending, if any. */
export function formatByEnding(name: string): ExportFormat | undefined {
  return BY_ENDING.get(path.extname(name).toLowerCase())
}

/** The format that a file's ending says. `orElse` ends the hint. Throws `usage`. */
export function formatOf(file: string, orElse = ''): ExportFormat {
  const format = formatByEnding(file)
  if (format !== undefined) return format
  throw nothingExported('usage', `The name ${file} says no format.`, `End it in .csv or .jsonl${orElse}.`)
}

/** Tickets as text in one of the formats; `start` comes before all of them. */
export const TICKET_LINES = {
  csv: {
    start: `${COLUMNS.join(',')}\n`,
    of: (tickets: readonly ExportedTicket[]): string =>
      stringify(tickets.map(csvCells), { quoted_match: NEEDS_QUOTES }),
  },
  jsonl: {
    start: '',
    of: (tickets: readonly ExportedTicket[]): string =>
      tickets.map((ticket) => `${JSON.stringify(recordOf(ticket))}\n`).join(''),
  },
}

/** What some program takes for the end of a cell or of a line, besides what the others do. */
const NEEDS_QUOTES = /[;\t\r]/

type TicketRecord = { readonly [C in TicketColumn]?: string }

/** How a ticket left is in it only where it did. */
function recordOf({ left, createdMs, updatedMs, source: _source, ...texts }: ExportedTicket): TicketRecord {
  const own = { ...texts, created: iso(createdMs), updated: iso(updatedMs) }
  if (left === null) return own
  return { ...own, left: iso(left.atMs), leftReason: left.reason, leftProjectKey: left.projectKey }
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
