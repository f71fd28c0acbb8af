import { OLD_COLUMNS, type OldColumn } from '../columns.ts'
import type { TableName } from '../old-tables.ts'
import { damaged, type BadRow, type SourceRow } from '../source-row.ts'
import { lineThatIsThere, readLine, type TextCursor } from '../text-cursor.ts'
import { withoutEscapes, type SqlReader, type SqlToken } from './sql-token.ts'

const END = '\\.'

/** Moves behind the end of a statement. */
export async function skipStatement(sql: SqlReader): Promise<void> {
  for (;;) if (isEnd(sql.ready() ?? (await sql.next()))) return
}

function isEnd(token: SqlToken): boolean {
  return token.kind === 'end' || isSign(token, ';')
}

function isSign({ kind, value }: SqlToken, sign: string): boolean {
  return kind === 'sign' && value === sign
}

/** The next token's value where it is that word; else null, and it stays the next. */
export async function takeWord(sql: SqlReader, ...words: readonly string[]): Promise<string | null> {
  const { kind, value } = await sql.peek()
  if (kind !== 'word' || !words.includes(value)) return null
  await sql.next()
  return value
}

/** `public.tickets`, or a name alone; null where the next is no name. */
export async function tableName(sql: SqlReader, schema: string | null): Promise<TableName | null> {
  const parts: string[] = []
  for (;;) {
    const { kind, value } = await sql.peek()
    if (kind !== 'word' && kind !== 'quoted') return null
    await sql.next()
    parts.push(value)
    if (!isSign(await sql.peek(), '.')) break
    await sql.next()
  }
  return { schema: parts.at(-2) ?? schema, name: parts.at(-1) ?? '' }
}

/** PostgreSQL's tables have no more: a list that is longer is one without an end, of which no more is kept. */
const MAX_COLUMNS = 1_600

/** `(a, b, c)`; null where the next is no parenthesis. */
export async function nameList(sql: SqlReader): Promise<string[] | null> {
  if (!isSign(await sql.peek(), '(')) return null
  const names: string[] = []
  for (;;) {
    const token = sql.ready() ?? (await sql.next())
    const isName = token.kind === 'word' || token.kind === 'quoted'
    if (isName && names.length < MAX_COLUMNS) names.push(token.value)
    if (isSign(token, ')') || isEnd(token)) return names
  }
}

/** What begins a part of CREATE TABLE that is no column. */
const NO_COLUMN: readonly string[] = [
  'constraint',
  'primary',
  'unique',
  'check',
  'foreign',
  'exclude',
  'like',
]

/** The names of the columns of CREATE TABLE, up to and with its closing parenthesis. */
export async function columnDefinitions(sql: SqlReader): Promise<string[]> {
  const columns: string[] = []
  if (!isSign(await sql.peek(), '(')) return columns // a partition, or AS SELECT
  let depth = 0
  let first = false
  for (;;) {
    const token = sql.ready() ?? (await sql.next())
    if (token.kind === 'end') return columns
    const isName = token.kind === 'quoted' || (token.kind === 'word' && !NO_COLUMN.includes(token.value))
    if (first && isName && columns.length < MAX_COLUMNS) columns.push(token.value)
    if (isSign(token, '(')) depth += 1
    if (isSign(token, ')')) depth -= 1
    if (depth === 0) return columns
    first = depth === 1 && (isSign(token, ',') || (isSign(token, '(') && columns.length === 0))
  }
}

/** The rows of `INSERT INTO … VALUES (…), (…);`, from its first parenthesis to its end. */
export async function* insertedRows(
  sql: SqlReader,
  columns: readonly string[],
): AsyncGenerator<SourceRow | BadRow> {
  for (;;) {
    const token = sql.ready() ?? (await sql.next())
    if (isEnd(token)) return
    if (isSign(token, ',')) continue
    if (!isSign(token, '(')) {
      await skipStatement(sql) // ON CONFLICT …
      return
    }
    const at = token.line
    const values = await valueList(sql)
    if (values.length === columns.length) yield { at, fields: oldFields(columns, values) }
    else yield { at, reason: `this has ${values.length} columns, and the table ${columns.length}` }
  }
}

/** The values up to a closing parenthesis. Of `'5'::bigint` the value is the text. */
async function valueList(sql: SqlReader): Promise<(string | null)[]> {
  const values: (string | null)[] = []
  let tokens: SqlToken[] = []
  let depth = 0
  for (;;) {
    const token = sql.ready() ?? (await sql.next())
    const closes = depth === 0 && isSign(token, ')')
    if (token.kind === 'end' || closes || (depth === 0 && isSign(token, ','))) {
      if (values.length <= MAX_COLUMNS) values.push(insertedValue(tokens))
      tokens = []
      if (token.kind === 'end' || closes) return values
      continue
    }
    if (isSign(token, '(')) depth += 1
    if (isSign(token, ')')) depth -= 1
    if (tokens.length < 2) tokens.push(token)
  }
}

function insertedValue([first, second]: readonly SqlToken[]): string | null {
  if (first === undefined) return null
  if (isSign(first, '-') && second?.kind === 'number') return `-${second.value}`
  return first.kind === 'text' || first.kind === 'number' ? first.value : null
}

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
    if (values.length === columns.length) yield { at, fields: oldFields(columns, values.map(copiedValue)) }
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

function copiedValue(text: string): string | null {
  return text === '\\N' ? null : withoutEscapes(text)
}

/** Of a row only what is imported. */
function oldFields(columns: readonly string[], values: readonly (string | null)[]): SourceRow['fields'] {
  const fields: { [C in OldColumn]?: string | null } = {}
  for (const column of OLD_COLUMNS) fields[column] = values[columns.indexOf(column)] ?? null
  return fields
}
