import Database from 'better-sqlite3'
import { beforeAll, describe, expect, test } from 'vitest'
import { MIGRATIONS_TABLE, readMigrations } from '../migrate.ts'
import { testDatabase, type TestDatabase } from '../../../test-support/store/database.ts'

/** A column: its name, its type, and NOT NULL where it takes none. */
type Columns = Record<string, string>

/** What of a table both engines have. */
interface Table {
  readonly columns: Columns
  readonly primaryKey: readonly string[]
  /** By name: the columns, and WHERE for those that hold some rows only. */
  readonly indexes: Record<string, string>
}

type Tables = Record<string, Table>

/** Differences that are meant, with the reason. */
const MEANT = {
  /** PostgreSQL keeps none of the indexes that SQLite makes for a primary key under a name of its own. */
  ownIndex: /^sqlite_autoindex_/,
} as const

describe('both engines', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })

  test('have the same tables, columns, keys and indexes', async () => {
    const inSqlite = sqliteTables()
    expect(Object.keys(inSqlite)).toContain('tickets')
    expect(await postgresTables(database)).toEqual(inSqlite)
  })

  test('order text keys by their bytes', async () => {
    const otherwise = await database.query(
      `SELECT DISTINCT c.relname, a.attname FROM pg_index i
       JOIN pg_class c ON c.oid = i.indrelid
       JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey::int2[])
       WHERE c.relnamespace = 'jira_tpm'::regnamespace AND a.atttypid = 'text'::regtype
         AND a.attcollation <> '"C"'::regcollation`,
    )
    expect(otherwise).toEqual([])
  })
})

function sqliteTables(): Tables {
  const db = new Database(':memory:')
  try {
    db.exec(MIGRATIONS_TABLE)
    for (const { sql } of readMigrations('sqlite')) db.exec(sql)
    const names = db
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'migrations'`)
      .pluck()
      .all() as string[]
    return Object.fromEntries(names.map((name) => [name, sqliteTable(db, name)]))
  } finally {
    db.close()
  }
}

function sqliteTable(db: Database.Database, table: string): Table {
  const columns = db
    .prepare<unknown[], { name: string; type: string; notnull: number; pk: number }>(
      'SELECT * FROM pragma_table_info(?)',
    )
    .all(table)
  const indexes = db
    .prepare<unknown[], { name: string; partial: number }>('SELECT * FROM pragma_index_list(?)')
    .all(table)
    .filter(({ name }) => !MEANT.ownIndex.test(name))
  const columnsOf = (index: string): string =>
    (db.prepare('SELECT name FROM pragma_index_info(?) ORDER BY seqno').pluck().all(index) as string[]).join()
  return {
    columns: Object.fromEntries(
      columns.map(({ name, type, notnull }) => [name, `${type}${notnull ? ' NOT NULL' : ''}`]),
    ),
    primaryKey: columns
      .filter(({ pk }) => pk > 0)
      .toSorted((a, b) => a.pk - b.pk)
      .map(({ name }) => name),
    indexes: Object.fromEntries(
      indexes.map(({ name, partial }) => [name, `${columnsOf(name)}${partial ? ' WHERE' : ''}`]),
    ),
  }
}

async function postgresTables(database: TestDatabase): Promise<Tables> {
  const columns = (await database.query(
    `SELECT table_name AS table, column_name AS name, upper(data_type) AS type, is_nullable = 'NO' AS "notNull"
     FROM information_schema.columns
     WHERE table_schema = 'jira_tpm' AND table_name NOT IN ('migrations', 'migration_lock') ORDER BY ordinal_position`,
  )) as { table: string; name: string; type: string; notNull: boolean }[]
  const indexes = (await database.query(
    `SELECT t.relname AS table, x.relname AS name, i.indisprimary AS primary, i.indpred IS NOT NULL AS partial,
       (SELECT array_agg(a.attname::text ORDER BY place)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS key (column_number, place)
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = key.column_number) AS columns
     FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
     WHERE t.relnamespace = 'jira_tpm'::regnamespace AND t.relname NOT IN ('migrations', 'migration_lock')`,
  )) as { table: string; name: string; primary: boolean; partial: boolean; columns: string[] }[]
  const names = [...new Set(columns.map(({ table }) => table))]
  return Object.fromEntries(
    names.map((name) => {
      const own = indexes.filter(({ table }) => table === name)
      return [
        name,
        {
          columns: Object.fromEntries(
            columns
              .filter(({ table }) => table === name)
              .map((one) => [one.name, `${one.type}${one.notNull ? ' NOT NULL' : ''}`]),
          ),
          primaryKey: own.find(({ primary }) => primary)?.columns ?? [],
          indexes: Object.fromEntries(
            own
              .filter(({ primary }) => !primary)
              .map((one) => [one.name, `${one.columns.join()}${one.partial ? ' WHERE' : ''}`]),
          ),
        },
      ]
    }),
  )
}
