import { DatabaseError, type Client } from 'pg'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../config/config.ts'
import { storeLabel } from '../config/store-config.ts'
import { quoted, StoreClient, tlsOptions } from '../store/postgres/connection/client.ts'
import { denialReason, serverNames, unreachableReason } from '../store/postgres/connection/errors.ts'
import { codeOf, findingOf, fromPg, kindOf } from '../store/postgres/connection/failure.ts'
import { ImportError, OLD_COLUMNS, type SourceRow } from './source-row.ts'

const NO_RIGHT = '42501'

/**
 * Opens the first program's table in one read-only transaction, which it holds until it is closed: its rows are those of
 * one moment, as often as they are read. `table`: the one that the person named, with or without its schema; null: the
 * only one that has the columns. Throws `usage` where there is no such
 * table or several, `not-configured` where the server does not let us read it, and `store-unavailable` where it does not
 * answer; its rows throw the last two, and the signal's reason.
 */
export async function openOldTable(config: PostgresConfig, table: string | null, signal: AbortSignal) {
  signal.throwIfAborted()
  const client = new StoreClient({ config, ssl: tlsOptions(config) })
  const leave = (): void => client.cut(new Error('The import was interrupted'))
  signal.addEventListener('abort', leave, { once: true })
  const close = async (): Promise<void> => {
    signal.removeEventListener('abort', leave)
    await client.end().catch(() => {})
  }
  const asTableError = (error: unknown): unknown => {
    signal.throwIfAborted()
    return tableError(error, config)
  }
  try {
    await client.connect()
    await client.query(BEGIN)
    const { label, sqlName } = await findTable(client, table, `The database ${storeLabel(config)}`)
    return {
      /** `public.tickets` */
      label,
      /** Numbered from 1 on. */
      async *rows(): AsyncGenerator<SourceRow> {
        try {
          yield* fetchRows(client, sqlName)
        } catch (error) {
          throw asTableError(error)
        }
      },
      close,
    }
  } catch (error) {
    await close()
    throw asTableError(error)
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

async function findTable(
  client: Client,
  asked: string | null,
  place: string,
): Promise<{ label: string; sqlName: string }> {
  const { rows } = await client.query<{ schema: string; name: string; quoted: string }>(TABLES, [
    OLD_COLUMNS,
    asked !== null,
  ])
  const choice = chooseTable(asked, place)
  const taken = rows.filter((row) => choice.takes(row, OLD_COLUMNS))
  const label = choice.result()
  return { label, sqlName: taken.find((row) => tableLabel(row) === label)?.quoted ?? label }
}

const FETCH_SIZE = 1_000

async function* fetchRows(client: Client, sqlName: string): AsyncGenerator<SourceRow> {
  const columns = OLD_COLUMNS.map((column) => `${column}::text AS ${column}`).join(', ')
  await client.query(`DECLARE old_rows NO SCROLL CURSOR FOR SELECT ${columns} FROM ${sqlName}`)
  let at = 0
  for (;;) {
    const { rows } = await client.query<SourceRow['fields']>(`FETCH ${FETCH_SIZE} FROM old_rows`)
    for (const fields of rows) yield { at: (at += 1), fields }
    if (rows.length < FETCH_SIZE) break
  }
  await client.query('CLOSE old_rows')
}

/** What kept the first program's table from being read, as a person reads it; a fault of ours as it is. */
function tableError(error: unknown, config: PostgresConfig): unknown {
  const failure = fromPg(error)
  if (failure instanceof AppError || !(failure instanceof Error)) return failure
  const names = serverNames(config)
  const nothing = (code: 'not-configured' | 'store-unavailable', reason: string, hint: string): AppError =>
    new ImportError(code, `${names.where} ${reason}.`, { hint, cause: failure })
  switch (kindOf(failure)) {
    case 'denied':
      return codeOf(failure) === NO_RIGHT
        ? nothing('not-configured', `does not let us read (${failure.message})`, grant(config))
        : nothing('not-configured', ...denialReason(failure, names))
    case 'unreachable':
      return nothing('store-unavailable', unreachableReason(failure)[0], 'Look after it, then import again.')
    default:
      return failure instanceof DatabaseError
        ? nothing('store-unavailable', `could not do this: ${failure.message} (${codeOf(failure)})`, '')
        : failure
  }
}

/** Whether the server wanted a password, and there was none. */
export function wantsPassword(error: unknown): boolean {
  return findingOf(error instanceof AppError ? error.cause : error) === 'no-password'
}

function grant({ user, database }: PostgresConfig): string {
  return `Have it allowed: GRANT CONNECT ON DATABASE ${quoted(database)}, USAGE ON the table’s schema and SELECT ON the table, to ${quoted(user)}.`
}

/** A table of a database or a dump. */
interface TableName {
  readonly schema: string | null
  readonly name: string
}

/**
 * Which of the tables is to be imported, while they are found one by one. `asked`: the one that the person named, with or
 * without its schema. `place`: where it is looked for.
 */
export function chooseTable(asked: string | null, place: string) {
  const candidates = new Set<string>()
  let taken: string | null = null
  return {
    /** Whether it is this one: the first that has the columns, unless the person named another. */
    takes(table: TableName, columns: readonly string[]): boolean {
      if (!OLD_COLUMNS.every((column) => columns.includes(column))) return false
      const label = tableLabel(table)
      candidates.add(label)
      if (asked !== null && !isNamed(table, asked)) return false
      taken ??= label
      return taken === label
    },
    /** What was taken. Throws `usage` where there was none, or more than one that could be meant. */
    result(): string {
      if (taken === null) throw noTable(asked, place, [...candidates])
      if (asked === null && candidates.size > 1) throw severalTables(place, [...candidates])
      return taken
    },
  }
}

function tableLabel({ schema, name }: TableName): string {
  return schema === null ? name : `${schema}.${name}`
}

function isNamed(table: TableName, asked: string): boolean {
  const wanted = asked.replaceAll('"', '')
  return wanted === tableLabel(table) || wanted === table.name
}

function noTable(asked: string | null, place: string, candidates: readonly string[]): AppError {
  const columns = OLD_COLUMNS.join(', ')
  if (asked === null) {
    return new ImportError('usage', `${place} has no table with the columns ${columns}.`, {
      hint: 'Check that it is of the first program. Where a dump does not name the columns, name the table: --table NAME',
    })
  }
  const hint =
    candidates.length === 0
      ? 'No other table has them, either.'
      : `There is ${candidates.toSorted().join(', ')}.`
  return new ImportError('usage', `${place} has no table ${asked} with the columns ${columns}.`, {
    hint,
  })
}

function severalTables(place: string, candidates: readonly string[]): AppError {
  return new ImportError('usage', `${place} has ${candidates.length} tables that could be meant.`, {
    hint: `Say which: --table ${candidates.toSorted().join(', or --table ')}`,
  })
}
