import { OLD_COLUMNS } from '../columns.ts'
import { cannotImport, damaged, type BadRow, type SourceRow } from '../source-row.ts'
import { createTextCursor, readLine, type TextCursor } from '../text-cursor.ts'
import { chooseTable, tableLabel, type TableChoice, type TableName } from '../old-tables.ts'
import { createSqlReader, type SqlReader } from './sql-token.ts'
import {
  columnDefinitions,
  copiedRows,
  insertedRows,
  nameList,
  skipCopied,
  skipStatement,
  tableName,
  takeWord,
} from './statements.ts'

interface DumpParts {
  /** What the person calls it. */
  readonly name: string
  /** The table that the person named. */
  readonly table: string | null
  /** Hears at the end which table it was. */
  readonly onTable: (label: string) => void
}

/**
 * The rows of the first program's table in a dump as `pg_dump` writes it in text: by COPY, or by INSERT (`--inserts`,
 * `--column-inserts`, `--rows-per-insert`), among whatever other tables. Throws `usage` where it has no such table or
 * several, and `bad-data` where it is cut off.
 */
export async function* readDump(
  pieces: AsyncIterable<string>,
  { name, table, onTable }: DumpParts,
): AsyncGenerator<SourceRow | BadRow> {
  const whole = watchForEnd(pieces)
  const cursor = createTextCursor(whole.pieces, name)
  const dump: Dump = {
    name,
    cursor,
    sql: createSqlReader(cursor, name),
    choice: chooseTable(table, name),
    schema: null,
    columns: new Map(),
  }
  for (let token = await dump.sql.next(); token.kind !== 'end'; token = await dump.sql.next()) {
    if (token.kind !== 'word') await skipUnlessOver(dump, token.value)
    else if (token.value === 'copy') yield* copyRows(dump)
    else if (token.value === 'insert') yield* insertRows(dump)
    else if (token.value === 'create') await noteTable(dump)
    else if (token.value === 'set') await noteSetting(dump)
    else await skipStatement(dump.sql)
  }
  if (whole.isCutOff()) throw damaged(name, 'is cut off: its last line is missing', 'Get it whole.')
  onTable(dump.choice.result())
}

interface Dump {
  readonly name: string
  readonly cursor: TextCursor
  readonly sql: SqlReader
  readonly choice: TableChoice
  /** Where names without a schema are: old dumps set it. */
  schema: string | null
  /** The columns of each table that was created, by its label. */
  readonly columns: Map<string, readonly string[]>
}

async function skipUnlessOver({ sql }: Dump, value: string): Promise<void> {
  if (value !== ';') await skipStatement(sql)
}

/** `COPY public.tickets (a, b) FROM stdin;` */
async function* copyRows(dump: Dump): AsyncGenerator<SourceRow | BadRow> {
  const { sql, cursor, choice, name } = dump
  const { line } = await sql.peek()
  const table = await tableName(sql, dump.schema)
  if (table === null) {
    await skipStatement(sql)
    return
  }
  const columns = (await nameList(sql)) ?? columnsOf(dump, table)
  const fromStdin = (await takeWord(sql, 'from')) !== null && (await takeWord(sql, 'stdin')) !== null
  const options = await sql.peek()
  await skipStatement(sql)
  if (!fromStdin) return
  await readLine(cursor) // what is left of the statement's own line
  if (!choice.takes(table, columns)) {
    await skipCopied(cursor, name)
    return
  }
  if (options.value !== ';' && options.kind !== 'end') {
    throw cannotImport(name, `has a COPY with options in line ${line}`, 'Dump the table with pg_dump.')
  }
  yield* copiedRows(cursor, columns ?? OLD_COLUMNS, name)
}

/** `INSERT INTO public.tickets (a, b) VALUES …` */
async function* insertRows(dump: Dump): AsyncGenerator<SourceRow | BadRow> {
  const { sql, choice } = dump
  await takeWord(sql, 'into')
  const table = await tableName(sql, dump.schema)
  if (table === null) {
    await skipStatement(sql)
    return
  }
  const columns = (await nameList(sql)) ?? columnsOf(dump, table)
  while ((await takeWord(sql, 'overriding', 'system', 'user', 'value')) !== null);
  const hasValues = (await takeWord(sql, 'values')) !== null
  if (hasValues && choice.takes(table, columns)) yield* insertedRows(sql, columns ?? OLD_COLUMNS)
  else await skipStatement(sql)
}

/** Those of the table as it was created; a dump of data alone does not say them. */
function columnsOf({ columns }: Dump, table: TableName): readonly string[] | null {
  return columns.get(tableLabel(table)) ?? null
}

/** `CREATE TABLE public.tickets (…);` A table without a row is found by this alone. */
async function noteTable(dump: Dump): Promise<void> {
  const { sql, choice, columns } = dump
  while ((await takeWord(sql, 'global', 'local', 'temp', 'temporary', 'unlogged', 'foreign')) !== null);
  if ((await takeWord(sql, 'table')) !== null) {
    while ((await takeWord(sql, 'if', 'not', 'exists')) !== null);
    const table = await tableName(sql, dump.schema)
    const names = table === null ? [] : await columnDefinitions(sql)
    if (table !== null && names.length > 0) {
      columns.set(tableLabel(table), names)
      choice.takes(table, names)
    }
  }
  await skipStatement(sql)
}

async function noteSetting(dump: Dump): Promise<void> {
  const { sql } = dump
  const setting = await takeWord(sql, 'standard_conforming_strings', 'search_path')
  if (setting !== null) {
    await sql.next() // =
    const { value } = await sql.peek()
    if (setting === 'search_path') dump.schema = value === '' ? null : value
    else sql.conforming = value !== 'off'
  }
  await skipStatement(sql)
}

const HEADER = /^-- PostgreSQL database dump/m
const FOOTER = /^-- PostgreSQL database (?:cluster )?dump complete/m
const FOOTER_LENGTH = 200

/** pg_dump says of itself that it has come to its end. */
function watchForEnd(pieces: AsyncIterable<string>): { pieces: AsyncIterable<string>; isCutOff(): boolean } {
  let begins: boolean | null = null
  let end = ''
  const watched = async function* (): AsyncGenerator<string> {
    for await (const piece of pieces) {
      if (piece !== '') begins ??= HEADER.test(piece)
      end = (end + piece).slice(-FOOTER_LENGTH)
      yield piece
    }
  }
  return { pieces: watched(), isCutOff: () => begins === true && !FOOTER.test(end) }
}
