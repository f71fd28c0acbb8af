import path from 'node:path'
import { csvText } from '../../src-shared/domain/csv.ts'
import { nothingExported } from '../../src-shared/errors/app-error.ts'
import type { ExportedTicket } from '../store/pages/stored-ticket.ts'
import { COLUMNS, NO_REPORTER, type TicketColumn } from './source-row.ts'

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
    of: (tickets: readonly ExportedTicket[]): string => csvText(tickets.map(csvCells)),
  },
  jsonl: {
    start: '',
    of: (tickets: readonly ExportedTicket[]): string =>
      tickets.map((ticket) => `${JSON.stringify(recordOf(ticket))}\n`).join(''),
  },
}

type TicketRecord = { readonly [C in TicketColumn]?: string | boolean | readonly string[] }

/** How a ticket left, and what of it is not always known, is in it only where it is so. */
function recordOf(ticket: ExportedTicket): TicketRecord {
  const { left, createdMs, updatedMs, source: _source, reporter, ...texts } = ticket
  const own = {
    ...texts,
    created: iso(createdMs),
    updated: iso(updatedMs),
    ...(reporter !== undefined && { reporter: reporter || NO_REPORTER }),
  }
  if (left === null) return own
  return { ...own, left: iso(left.atMs), leftReason: left.reason, leftProjectKey: left.projectKey }
}

function csvCells(ticket: ExportedTicket): string[] {
  const record = recordOf(ticket)
  return COLUMNS.map((column) => {
    const value = record[column] ?? ''
    return typeof value === 'string' ? value : JSON.stringify(value)
  })
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
