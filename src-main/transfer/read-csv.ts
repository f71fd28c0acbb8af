import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import type { WatchedField } from '../../src-shared/domain/ticket.ts'
import { columnOfJira, isKnown, isOfJira, type OldColumn, type TicketColumn } from './columns.ts'
import { readLines } from './read-text.ts'
import { cannotImport, damaged, wrongLength, type BadRow, type SourceRow } from './source-row.ts'
import { unguarded } from './ticket-lines.ts'

interface CsvParts {
  readonly name: string
  /** Whose values decide what is watched, as Jira's own export has a column for it; the priority where absent. */
  readonly watchedField?: WatchedField | undefined
  /** Called with columns that mean nothing. */
  readonly onUnknown: (column: string) => void
}

/** What separates columns, besides the comma: a spreadsheet where that is a decimal point, and many a database. */
const SEPARATORS = [',', ';', '\t']

/** Bytes. A quote that is not closed would otherwise swallow all that follows. */
const MAX_RECORD_BYTES = 1_048_576

/**
 * The rows of a CSV file whose first line names the columns. Throws `bad-data` where a quote is out of place: what follows
 * could be read in more than one way.
 */
export async function* readCsv(
  pieces: AsyncIterable<string>,
  parts: CsvParts,
): AsyncGenerator<SourceRow | BadRow> {
  let header: readonly Cell[] | null = null
  const [start, all] = await withFirstLine(pieces)
  const broken = (line: number, error: CsvError): Error =>
    damaged(
      parts.name,
      `has a quote out of place, or a row of more than 1 MB, near line ${line}: ${reasonOf(error)}`,
      'Correct it there: what follows cannot be told apart.',
      error,
    )
  for await (const { record, line: at } of csvRecords(all, separatorOf(start), broken)) {
    if (header === null) {
      header = cellsOf(
        record.map((column) => column.trim()),
        parts,
      )
      continue
    }
    yield record.length === header.length
      ? { at, fields: fieldsOf(header, record) }
      : wrongLength(at, record.length, `the first line ${header.length}`)
  }
}

/**
 * The records of a CSV text, each with the line that it begins in. Throws what `broken` makes of a quote out of place, or a
 * record that is too long.
 */
export async function* csvRecords(
  pieces: AsyncIterable<string>,
  delimiter: string,
  broken: (line: number, error: CsvError) => Error,
): AsyncGenerator<{ readonly record: readonly string[]; readonly line: number }> {
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD_BYTES,
    info: true,
  })
  // What fails there ends the parser, where it is handled.
  pipeline(pieces, parser).catch(() => {})
  try {
    for await (const parsed of parser) {
      const { record, info } = parsed as { record: string[]; info: { lines: number } }
      yield { record, line: info.lines - linesWithin(record) }
    }
  } catch (error) {
    throw error instanceof CsvError ? broken(Number(error['lines']), error) : error
  } finally {
    parser.destroy()
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote',
  INVALID_OPENING_QUOTE: 'a quote begins in the middle of a text',
  CSV_QUOTE_NOT_CLOSED: 'a quote is never closed',
  CSV_MAX_RECORD_SIZE: 'the row is too long',
}

function reasonOf({ code }: CsvError): string {
  return REASONS[code] ?? code
}

/** The text up to the first end of line, and all of it. */
async function withFirstLine(
  pieces: AsyncIterable<string>,
): Promise<[start: string, all: AsyncIterable<string>]> {
  const iterator = pieces[Symbol.asyncIterator]()
  let start = ''
  let next = await iterator.next()
  while (next.done !== true) {
    start += next.value
    if (/[\r\n]/.test(next.value) || start.length > MAX_RECORD_BYTES) break
    next = await iterator.next()
  }
  const all = async function* (): AsyncGenerator<string> {
    yield start
    yield* { [Symbol.asyncIterator]: () => iterator }
  }
  return [start, all()]
}

/** What separates the columns of a text that begins so. */
export function separatorOf(start: string): string {
  const line = start.split(/[\r\n]/, 1)[0] ?? ''
  const counts = SEPARATORS.map((separator) => line.split(separator).length)
  return SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ','
}

/** What the cells of a column are; null: nothing is known of them. `isPlain`: they are as they were written. */
type Cell = { readonly column: TicketColumn | OldColumn; readonly isPlain: boolean } | null

function cellsOf(header: readonly string[], { name, watchedField, onUnknown }: CsvParts): Cell[] {
  const isJiras = isOfJira(header)
  const cells = header.map((given): Cell => {
    const column = isJiras ? columnOfJira(given, watchedField) : isKnown(given) ? given : null
    if (column === null) onUnknown(given)
    // Of the first program's columns, and of Jira's, nothing was ever guarded.
    return column && { column, isPlain: isJiras || column.startsWith('ticket_') }
  })
  if (cells.some((cell) => cell?.column === 'id' || cell?.column === 'ticket_id')) return cells
  throw cannotImport(
    name,
    'names no column id or ticket_id in its first line',
    'The first line names the columns: at least id, priorityName and created, as jira-tpm export writes them, or Issue id, Issue key, Priority and Created, as Jira does.',
  )
}

function fieldsOf(header: readonly Cell[], record: readonly string[]): SourceRow['fields'] {
  const fields: { [C in TicketColumn | OldColumn]?: string } = {}
  for (const [index, cell] of header.entries()) {
    const text = record[index] ?? ''
    if (cell !== null) fields[cell.column] = cell.isPlain ? text : unguarded(text)
  }
  return fields
}

function linesWithin(record: readonly string[]): number {
  let lines = 0
  for (const cell of record) if (cell.includes('\n')) lines += cell.split('\n').length - 1
  return lines
}

/** The rows of JSON lines: one object a line; empty lines are left out. `onUnknown` is called with names that mean nothing. */
export async function* readJsonLines(
  pieces: AsyncIterable<string>,
  { name, onUnknown }: { readonly name: string; readonly onUnknown: (column: string) => void },
): AsyncGenerator<SourceRow | BadRow> {
  let at = 0
  for await (const lines of readLines(pieces, name)) {
    for (const line of lines) {
      at += 1
      if (line.trim() !== '') yield { at, ...rowOf(line, onUnknown) }
    }
  }
}

type Row = Omit<SourceRow, 'at'> | Omit<BadRow, 'at'>

function rowOf(line: string, onUnknown: (column: string) => void): Row {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { reason: 'this is not JSON' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'this is not a JSON object' }
  }
  const fields: { [C in TicketColumn | OldColumn]?: string | null } = {}
  for (const [column, field] of Object.entries(value)) {
    if (!isKnown(column)) {
      onUnknown(column)
      continue
    }
    const text = textOf(field)
    if (text === undefined) return { reason: `${column} is not text` }
    fields[column] = text
  }
  return { fields }
}

/** A number is its digits, as far as it has them all. */
function textOf(field: unknown): string | null | undefined {
  if (typeof field === 'string' || field === null) return field
  return typeof field === 'number' && Number.isSafeInteger(field) ? String(field) : undefined
}
