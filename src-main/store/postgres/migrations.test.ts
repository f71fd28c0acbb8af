import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { describe, expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { projectFile } from '../../runtime/project-files.ts'
import { migrate, readMigrations, type Migration } from '../migrate.ts'
import type { Store } from '../store.ts'
import { AT_0003, expectCarriedOver } from '../../../test-support/store/at-0003.ts'
import {
  AT_0021,
  expectSummedAgain,
  expectToBeSummed,
  migration0022,
} from '../../../test-support/store/at-0021.ts'
import { AT_0006, expectLedgerCarriedOver } from '../../../test-support/store/at-0006.ts'
import { page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { testDatabase, type TestDatabase } from '../../../test-support/store/database.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { SCHEMA } from './connection/client.ts'
import { migrationTarget } from './migrations.ts'
import { openPostgresStore } from './store.ts'
import { testConnection } from '../../../test-support/store/postgres/connection.ts'

const INSTANCES = process.env['JIRA_TPM_LONG'] ? 20 : 10

/** A store that is closed with the test. */
async function open(config: PostgresConfig): Promise<Store> {
  const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
  const store = await openPostgresStore(config, parts)
  onTestFinished(() => store.close())
  return store
}

/** Runs the migrations of a folder. */
function run(database: TestDatabase, folder: string): Promise<number> {
  return runAll(database, readMigrations('postgres', folder))
}

async function runAll({ config }: TestDatabase, migrations: readonly Migration[]): Promise<number> {
  const db = await testConnection(config, async () => {})
  try {
    return await db.alone((session) =>
      migrate(migrationTarget({ session, label: 'the test', clock: machineClock }), migrations),
    )
  } finally {
    await db.close()
  }
}

/** A role that may log in, and nothing else; gone with the test. */
async function makeRole(database: TestDatabase, suffix: string): Promise<string> {
  const role = `${database.name}_${suffix}`
  await database.query(`CREATE ROLE ${role} LOGIN`)
  onTestFinished(async () => {
    await database.query(`DROP OWNED BY ${role}`)
    await database.query(`DROP ROLE ${role}`)
  })
  return role
}

/** Statements about our tables. */
function rowsOf({ url }: TestDatabase): (sql: string) => ReturnType<typeof queryOnce> {
  return (sql) => queryOnce(`${url}?options=-c%20search_path%3D${SCHEMA}`, sql)
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-migrate-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

async function tablesIn(database: TestDatabase, schema: string): Promise<unknown[]> {
  const rows = await database.query('SELECT tablename FROM pg_tables WHERE schemaname = $1 ORDER BY 1', [
    schema,
  ])
  return rows.map((row) => row['tablename'])
}

/** Opened as a database of then was left. */
async function openedFrom0021(later: readonly Migration[]) {
  const database = await testDatabase({ empty: true })
  const before = readMigrations('postgres').filter(({ number }) => number <= 21)
  await runAll(database, before)
  const rows = rowsOf(database)
  for (const sql of AT_0021) await rows(sql)
  await runAll(database, [...before, ...later])
  return { store: await open(database.config), rows }
}

describe('migrations on PostgreSQL', () => {
  test(`${INSTANCES} instances that start at once make the tables once`, async () => {
    const database = await testDatabase({ empty: true })
    const stores = await Promise.all(Array.from({ length: INSTANCES }, () => open(database.config)))
    const ours = readMigrations('postgres').map(({ number }) => ({ number }))
    expect(await database.query('SELECT number FROM jira_tpm.migrations ORDER BY number')).toEqual(ours)
    await Promise.all(stores.map((store, n) => store.applyPage(page([ticket(String(n))]))))
    expect(await stores[0]?.ticketTotal(SITE, WATCHED)).toBe(INSTANCES)
  })

  test(`${INSTANCES} that make the dropped tables anew at once make them once`, async () => {
    const { config } = await testDatabase()
    const stores = await Promise.all(Array.from({ length: INSTANCES }, () => open(config)))
    const dropped = await Promise.all(stores.map((store) => store.dropTables()))
    expect(dropped.filter(Boolean)).toHaveLength(1)
    const made = await Promise.all(stores.map((store) => store.createTables()))
    expect(made.filter(Boolean)).toHaveLength(1)
    expect(await stores[0]?.ticketTotal(SITE, WATCHED)).toBe(0)
  })

  test('one that fails leaves nothing of itself, and those before it stay', async () => {
    const database = await testDatabase({ empty: true })
    const folder = await emptyFolder()
    const add = (name: string, sql: string): Promise<void> => writeFile(path.join(folder, name), sql)
    await add('0001_first.sql', '-- part: ledger\nCREATE TABLE a (n BIGINT);')
    await add(
      '0002_second.sql',
      '-- part: ledger\nCREATE TABLE b (n BIGINT); INSERT INTO nowhere VALUES (1);',
    )
    await expect(run(database, folder)).rejects.toThrow('nowhere')
    expect(await tablesIn(database, 'jira_tpm')).toEqual(['a', 'migration_lock', 'migrations'])
    await add('0002_second.sql', '-- part: ledger\nCREATE TABLE b (n BIGINT);')
    expect(await run(database, folder)).toBe(1)
    expect(await tablesIn(database, 'jira_tpm')).toEqual(['a', 'b', 'migration_lock', 'migrations'])
  })

  test('a database that a newer version has used is refused and stays as it is', async () => {
    const database = await testDatabase()
    await database.query(
      `INSERT INTO jira_tpm.migrations VALUES (9999, 'from-the-future', 'tickets', 'x', 1, NULL)`,
    )
    await expect(open(database.config)).rejects.toMatchObject({
      code: 'store-newer',
      message: expect.stringContaining('9999_from-the-future') as string,
    })
  })

  test('a database of version 0003 keeps what it has', async () => {
    const database = await testDatabase({ empty: true })
    const folder = await emptyFolder()
    for (const name of ['0001_ledger.sql', '0002_tickets.sql', '0003_first-fetch-and-census.sql'])
      await writeFile(path.join(folder, name), await readFile(projectFile('migrations', name)))
    await run(database, folder)
    const rows = rowsOf(database)
    for (const sql of AT_0003) await rows(sql)
    const carriedOver = expectCarriedOver(await open(database.config), rows)
    await expect(carriedOver).resolves.toBeUndefined()
  })

  test('a database of version 0006 keeps its runs: their slots learn their project, and they go on', async () => {
    const database = await testDatabase({ empty: true })
    await runAll(
      database,
      readMigrations('postgres').filter(({ number }) => number <= 6),
    )
    const rows = rowsOf(database)
    for (const sql of AT_0006) await rows(sql)
    await expect(expectLedgerCarriedOver(await open(database.config))).resolves.toBeUndefined()
  })

  test('a database at 0021 opens without a pass over its tickets', async () => {
    const { store, rows } = await openedFrom0021([])
    await expect(expectToBeSummed(store, rows)).resolves.toBeUndefined()
  })

  test('a database that had the pass is summed again in steps, and is made anew without it', async () => {
    const { store, rows } = await openedFrom0021([migration0022('postgres')])
    await expect(expectSummedAgain(store, rows)).resolves.toBeUndefined()
  })
})

describe('a database that others use, too', () => {
  test("another program's tables are not ours, whatever they are called", async () => {
    const database = await testDatabase({ empty: true })
    const theirs = ['migrations', 'runs', 'site_seq', 'tickets']
    for (const table of theirs) {
      await database.query(`CREATE TABLE public.${table} (their_id SERIAL PRIMARY KEY, note TEXT NOT NULL)`)
      await database.query(`INSERT INTO public.${table} (note) VALUES ('theirs')`)
    }
    const store = await open(database.config)
    await store.applyPage(page([ticket('1')]))
    await store.dropTables()
    await store.createTables()
    expect(await tablesIn(database, 'public')).toEqual(theirs)
    for (const table of theirs)
      expect(await database.query(`SELECT * FROM public.${table}`)).toEqual([{ their_id: 1, note: 'theirs' }])
  })

  test("another program's schema of our name is refused and stays as it is", async () => {
    const database = await testDatabase({ empty: true })
    await database.query('CREATE SCHEMA jira_tpm')
    for (const theirs of ['things', 'migrations']) {
      await database.query(`CREATE TABLE jira_tpm.${theirs} (id BIGINT)`)
      await expect(open(database.config)).rejects.toMatchObject({ code: 'store-not-a-database' })
    }
    expect(await tablesIn(database, 'jira_tpm')).toEqual(['migrations', 'things'])
  })

  test('a role that may not use what is there is reported where it learns which right it lacks', async () => {
    const database = await testDatabase()
    const role = await makeRole(database, 'colleague')
    const config = { ...database.config, user: role }
    const refused = {
      code: 'not-configured',
      message: expect.stringContaining(`does not allow the user ${role}`) as string,
      hint: expect.stringContaining('jira-tpm doctor') as string,
    }
    await expect(open(config)).rejects.toMatchObject(refused)
    await database.query(`GRANT USAGE ON SCHEMA jira_tpm TO ${role}`)
    await expect(open(config)).rejects.toMatchObject(refused)
    await database.query(`GRANT SELECT ON ALL TABLES IN SCHEMA jira_tpm TO ${role}`)
    const store = await open(config)
    await expect(store.applyPage(page([ticket('1')]))).rejects.toMatchObject(refused)
    await expect(store.dropTables()).rejects.toMatchObject(refused)
    await store.close()
  })

  test('a role that may make no schema uses the one that was made for it', async () => {
    const database = await testDatabase({ empty: true })
    const role = await makeRole(database, 'app')
    const config = { ...database.config, user: role }
    await expect(open(config)).rejects.toMatchObject({ code: 'not-configured' })
    await database.query(`CREATE SCHEMA jira_tpm AUTHORIZATION ${role}`)
    const store = await open(config)
    expect(await store.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
    await store.dropTables()
    expect(await store.createTables()).toBe(true)
    await store.close()
  })
})
