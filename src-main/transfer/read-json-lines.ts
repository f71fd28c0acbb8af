import { isKnown, type TicketColumn, type OldColumn } from './columns.ts'
import type { BadRow, SourceRow } from './source-row.ts'
import { readLines } from './read-text.ts'

/** The rows of JSON lines: one object a line; empty lines are left out. `onUnknown` hears of names that mean nothing. */
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
