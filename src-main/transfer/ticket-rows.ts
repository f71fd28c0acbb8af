import type { WatchedField } from '../../src-shared/domain/ticket.ts'
import {
  cannotImport,
  columnOfJira,
  damaged,
  isBad,
  isKnown,
  isOfJira,
  type BadRow,
  type Fields,
  type OldColumn,
  type SourceRow,
  type TicketColumn,
} from './source-row.ts'
import { beginText, csvRows, jsonRows } from './text-rows.ts'
import { unguarded } from '../../src-shared/domain/csv.ts'

interface RowParts {
  /** What the person calls the text. */
  readonly name: string
  /** Whose values decide what is watched, as Jira's own export has a column for it; the priority where absent. */
  readonly watchedField?: WatchedField | undefined
  /** Called with each column that means nothing. */
  readonly onUnknown: (column: string) => void
}

type ReadFields = { -readonly [C in keyof Fields]: Fields[C] }

/** The rows of a CSV file whose first line names the columns. Throws as `csvRows`, and `usage` where none is an id. */
export async function* readCsv(
  pieces: AsyncIterable<string>,
  parts: RowParts,
): AsyncGenerator<SourceRow | BadRow> {
  let cells: readonly Cell[] = []
  const rows = csvRows(await beginText(pieces), {
    damaged: (...problem) => damaged(parts.name, ...problem),
    onNames: (names) => (cells = cellsOf(names, parts)),
  })
  for await (const row of rows) yield isBad(row) ? row : { at: row.at, fields: fieldsOf(cells, row.value) }
}

/** What the cells of a column are; null: nothing is known of them. `isPlain`: they are as they were written. */
type Cell = { readonly column: TicketColumn | OldColumn; readonly isPlain: boolean } | null

function cellsOf(names: readonly string[], { name, watchedField, onUnknown }: RowParts): Cell[] {
  const isJiras = isOfJira(names)
  const cells = names.map((given): Cell => {
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

function fieldsOf(cells: readonly Cell[], texts: readonly string[]): Fields {
  const fields: ReadFields = {}
  for (const [index, cell] of cells.entries()) {
    const text = texts[index] ?? ''
    if (cell !== null) fields[cell.column] = cell.isPlain ? text : unguarded(text)
  }
  return fields
}

/** The rows of JSON lines, one object a line. Throws as `jsonRows`. */
export async function* readJsonLines(
  pieces: AsyncIterable<string>,
  { name, onUnknown }: RowParts,
): AsyncGenerator<SourceRow | BadRow> {
  for await (const row of jsonRows(pieces, { damaged: (...problem) => damaged(name, ...problem) })) {
    yield isBad(row) ? row : { at: row.at, ...fieldsOfObject(row.value, onUnknown) }
  }
}

function fieldsOfObject(
  value: unknown,
  onUnknown: RowParts['onUnknown'],
): { fields: Fields } | { reason: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'this is not a JSON object' }
  }
  const fields: ReadFields = {}
  for (const [column, field] of Object.entries(value)) {
    if (!isKnown(column)) onUnknown(column)
    else {
      const text = textOf(column, field)
      if (text === undefined) return { reason: `${column} is not text` }
      fields[column] = text
    }
  }
  return { fields }
}

/** What need not be text in JSON. */
const NOT_TEXT: ReadonlySet<string> = new Set<TicketColumn>(['components', 'labels', 'rehearsed'])

/** A number is its digits, as far as it has them all; a list and a truth value are as in a cell. */
function textOf(column: string, field: unknown): string | null | undefined {
  if (typeof field === 'string' || field === null) return field
  if (NOT_TEXT.has(column) && typeof field === 'object') return JSON.stringify(field)
  if (NOT_TEXT.has(column) && typeof field === 'boolean') return String(field)
  return typeof field === 'number' && Number.isSafeInteger(field) ? String(field) : undefined
}
