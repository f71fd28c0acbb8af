import type { Client } from 'pg'
import type { PostgresConfig } from '../config/config.ts'
import { storeLabel } from '../config/store-config.ts'
import { createClient, createSockets, tlsOptions } from '../store/postgres/connection/client.ts'
import { OLD_COLUMNS } from './columns.ts'
import { chooseTable, tableLabel } from './old-tables.ts'
import type { SourceRow } from './source-row.ts'
import { tableError } from './table-error.ts'

/** The first program's table in a running database, as it was when it was opened. */
export interface OldTable {
  /** `public.tickets` */
  readonly label: string
  /** All its rows, numbered from 1 on; as often as it is called, the same ones. */
  rows(): AsyncGenerator<SourceRow>
  close(): Promise<void>
}

interface TableParts {
  /** The one that the person named, with or without its schema; null: the only one that has the columns. */
  readonly table: string | null
  readonly signal: AbortSignal
}

/**
 * Opens the table in one read-only transaction, which it holds until it is closed. Throws `usage` where there is no such
 * table or several, `not-configured` where the server does not let us read it, and `store-unavailable` where it does not
 * answer; its rows throw the last two, and the signal's reason.
 */
export async function openOldTable(config: PostgresConfig, { table, signal }: TableParts): Promise<OldTable> {
  signal.throwIfAborted()
  const sockets = createSockets()
  const client = createClient({ config, ssl: tlsOptions(config), sockets })
  client.on('error', () => {}) // what is under way fails by itself
  const leave = (): void => sockets.cut(new Error('The import was interrupted'))
  signal.addEventListener('abort', leave, { once: true })
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', leave)
    await client.end().catch(() => {})
  }
  const told = (error: unknown): unknown => {
    signal.throwIfAborted()
    return tableError(error, config)
  }
  try {
    await client.connect()
    await client.query(BEGIN)
    const { label, quoted } = await findTable(client, table, `The database ${storeLabel(config)}`)
    return {
      label,
      async *rows() {
        try {
          yield* fetchRows(client, quoted)
        } catch (error) {
          throw told(error)
        }
      },
      close,
    }
  } catch (error) {
    await close()
    throw told(error)
  }
}

/** Its two readings are of one moment. Nothing in them depends on how the server is set up, or on how long they take. */
const BEGIN = [
  'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  'SET LOCAL statement_timeout = 0',
  'SET LOCAL idle_in_transaction_session_timeout = 0',
  'SET LOCAL synchronize_seqscans = off',
  "SET LOCAL TimeZone = 'UTC'",
  "SET LOCAL DateStyle = 'ISO'",
].join('; ')

/** Partitions are read with their table; a view only where the person named it. */
const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS quoted
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE (c.relkind IN ('r', 'p', 'f') OR ($2 AND c.relkind IN ('v', 'm')))
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid)
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND (SELECT count(*) FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attname = ANY($1)) = ${OLD_COLUMNS.length}
  ORDER BY 1, 2`

interface FoundTable {
  readonly schema: string
  readonly name: string
  /** As SQL has it. */
  readonly quoted: string
}

async function findTable(
  client: Client,
  asked: string | null,
  place: string,
): Promise<{ label: string; quoted: string }> {
  const { rows } = await client.query<FoundTable>(TABLES, [OLD_COLUMNS, asked !== null])
  const choice = chooseTable(asked, place)
  const taken = rows.filter((row) => choice.takes(row, OLD_COLUMNS))
  const label = choice.result()
  return { label, quoted: taken.find((row) => tableLabel(row) === label)?.quoted ?? label }
}

const ROWS_A_FETCH = 1_000

async function* fetchRows(client: Client, quoted: string): AsyncGenerator<SourceRow> {
  const columns = OLD_COLUMNS.map((column) => `${column}::text AS ${column}`).join(', ')
  await client.query(`DECLARE old_rows NO SCROLL CURSOR FOR SELECT ${columns} FROM ${quoted}`)
  let at = 0
  for (;;) {
    const { rows } = await client.query<SourceRow['fields']>(`FETCH ${ROWS_A_FETCH} FROM old_rows`)
    for (const fields of rows) yield { at: (at += 1), fields }
    if (rows.length < ROWS_A_FETCH) break
  }
  await client.query('CLOSE old_rows')
}
