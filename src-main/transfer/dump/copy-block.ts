import { OLD_COLUMNS, type OldColumn } from '../columns.ts'
import type { BadRow, SourceRow } from '../source-row.ts'
import { lineThatIsThere, readLine, type TextCursor } from '../text-cursor.ts'
import { damaged } from '../unreadable.ts'
import { withoutEscapes } from './escapes.ts'

const END = '\\.'

/** The rows after `COPY … FROM stdin;`, up to their end. `columns`: as the statement names them. */
export async function* copiedRows(
  cursor: TextCursor,
  columns: readonly string[],
  name: string,
): AsyncGenerator<SourceRow | BadRow> {
  for (;;) {
    const at = cursor.line
    const line = await lineOfBlock(cursor, name)
    if (line === END) return
    const values = line.split('\t')
    if (values.length === columns.length) yield { at, fields: oldFields(columns, values.map(valueOf)) }
    else yield { at, reason: `this has ${values.length} columns, and the table ${columns.length}` }
  }
}

/** Moves behind the rows of another table. */
export async function skipCopied(cursor: TextCursor, name: string): Promise<void> {
  while ((await lineOfBlock(cursor, name)) !== END);
}

async function lineOfBlock(cursor: TextCursor, name: string): Promise<string> {
  const line = lineThatIsThere(cursor) ?? (await readLine(cursor))
  if (line !== null) return line
  throw damaged(name, 'ends in the middle of a table: it is cut off', 'Get it whole.')
}

function valueOf(text: string): string | null {
  return text === '\\N' ? null : withoutEscapes(text)
}

/** Of a row only what is imported. */
export function oldFields(
  columns: readonly string[],
  values: readonly (string | null)[],
): SourceRow['fields'] {
  const fields: { [C in OldColumn]?: string | null } = {}
  for (const column of OLD_COLUMNS) fields[column] = values[columns.indexOf(column)] ?? null
  return fields
}
