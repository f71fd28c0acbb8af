import { chooseTable } from './old-table.ts'
import {
  cannotImport,
  damaged,
  LOAD_IT,
  OLD_COLUMNS,
  type BadRow,
  type OldColumn,
  type SourceRow,
} from './source-row.ts'
import { readLines, wrongLength } from './text-rows.ts'

interface DumpParts {
  /** What the person calls it. */
  readonly name: string
  /** The table that the person named. */
  readonly table: string | null
  /** Called at the end, with the table that it was. */
  readonly onTable: (label: string) => void
}

/** As pg_dump writes the name of a schema, a table or a column. */
const NAME = String.raw`(?:"[^"]*(?:""[^"]*)*"|[^\s"(),.;]+)`
const COPY = new RegExp(String.raw`^COPY (?:(${NAME})\.)?(${NAME}) \((${NAME}(?:, ${NAME})*)\) FROM stdin;$`)
const NAMES = new RegExp(NAME, 'g')
/** Old dumps name the schema once. */
const SEARCH_PATH = new RegExp(`^SET search_path = (${NAME})`)
/** Into what may be the first program's table: it names its columns, or none. */
const INSERT = new RegExp(
  String.raw`^INSERT INTO (?:${NAME}\.)?${NAME} (?:OVERRIDING SYSTEM VALUE )?(?:VALUES|\([^)]*\bticket_id\b)`,
)
const END_OF_ROWS = '\\.'

/** Of one database, and around those of several. */
const HEADER = /^-- PostgreSQL database (?:cluster )?dump$/
const FOOTER = /^-- PostgreSQL database (?:cluster )?dump complete$/

interface CopiedRows {
  readonly columns: readonly string[]
  /** Whether they are of the table that is imported. */
  readonly isTaken: boolean
}

/**
 * The rows of the first program's table in a dump as `pg_dump` writes it by COPY, among whatever other tables. Throws
 * `usage` where it has no such table or several, or rows as INSERT, and `bad-data` where it is cut off.
 */
export async function* readDump(
  pieces: AsyncIterable<string>,
  { name, table, onTable }: DumpParts,
): AsyncGenerator<SourceRow | BadRow> {
  const choice = chooseTable(table, name)
  let schema: string | null = null
  let rows: CopiedRows | null = null
  let isFound = false
  let firstInsert: number | null = null
  /** Dumps whose last line did not come yet. */
  let unfinished = 0
  let at = 0
  for await (const lines of readLines(pieces, { damaged: (...problem) => damaged(name, ...problem) })) {
    for (const line of lines) {
      at += 1
      if (rows !== null) {
        if (line === END_OF_ROWS) rows = null
        else if (rows.isTaken) yield rowOf(line, at, rows.columns)
        continue
      }
      const [, copySchema, copyTable, list] = COPY.exec(line) ?? []
      if (copyTable !== undefined && list !== undefined) {
        const columns = list.match(NAMES)?.map(unquoted) ?? []
        const inSchema = copySchema === undefined ? schema : unquoted(copySchema)
        rows = { columns, isTaken: choice.takes({ schema: inSchema, name: unquoted(copyTable) }, columns) }
        isFound ||= rows.isTaken
      } else if (INSERT.test(line)) firstInsert ??= at
      else if (HEADER.test(line)) unfinished += 1
      else if (FOOTER.test(line)) unfinished -= 1
      else schema = schemaOf(line) ?? schema
    }
  }
  if (rows !== null) throw damaged(name, 'ends in the middle of a table: it is cut off', 'Get it whole.')
  if (unfinished > 0) throw damaged(name, 'is cut off: its last line is missing', 'Get it whole.')
  if (!isFound && firstInsert !== null) throw hasInserts(name, firstInsert)
  onTable(choice.result())
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name
}

function schemaOf(line: string): string | null {
  const [, name] = SEARCH_PATH.exec(line) ?? []
  return name === undefined ? null : unquoted(name)
}

function hasInserts(name: string, line: number): Error {
  return cannotImport(
    name,
    `has its rows as INSERT statements (line ${line}): of a dump only those are read that pg_dump writes by COPY`,
    `Dump it again without --inserts, --column-inserts and --rows-per-insert. Or ${LOAD_IT}`,
  )
}

/** Of a row only what is imported. */
function rowOf(line: string, at: number, columns: readonly string[]): SourceRow | BadRow {
  const values = line.split('\t')
  if (values.length !== columns.length) return wrongLength(at, values.length, `the table ${columns.length}`)
  const fields: { [C in OldColumn]?: string | null } = {}
  for (const column of OLD_COLUMNS) fields[column] = copiedValue(values[columns.indexOf(column)] ?? '')
  return { at, fields }
}

const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS, as far as COPY TO writes it. */
function copiedValue(text: string): string | null {
  if (text === '\\N') return null
  return text.includes('\\')
    ? text.replaceAll(/\\([^])/g, (_escape, sign: string) => LETTERS[sign] ?? sign)
    : text
}
