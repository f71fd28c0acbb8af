import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { PostgresConfig } from '../config/config.ts'
import {
  PASSWORD,
  startGuardedServer,
  type GuardedServer,
} from '../../test-support/store-check/store-check.ts'
import { testDatabase, type TestDatabase } from '../../test-support/store/database.ts'
import { startPostgres } from '../../test-support/store/postgres.ts'
import { testConfig } from '../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { openSource, type OpenSource } from './import-source.ts'
import { openOldTable } from './old-table.ts'
import { oldFieldsOf, oldTableSql } from '../../test-support/transfer/old-table.ts'
import { fieldsOf, readAll } from '../../test-support/transfer/rows.ts'

const never = new AbortController().signal

async function open(
  config: PostgresConfig,
  { table = null as string | null, signal = never } = {},
): ReturnType<typeof openOldTable> {
  const opened = await openOldTable(config, table, signal)
  onTestFinished(() => opened.close())
  return opened
}

async function fields(
  table: Pick<Awaited<ReturnType<typeof openOldTable>>, 'rows'> | OpenSource,
): Promise<unknown[]> {
  return fieldsOf(await readAll(table.rows()))
}

async function database(sql: string): Promise<TestDatabase> {
  const db = await testDatabase() // with our own tables beside it
  await db.query(sql)
  return db
}

describe('which table', () => {
  test('the only one that has the columns is found by itself, among others', async () => {
    const db = await database(`${oldTableSql()};
      CREATE TABLE users (ticket_id int, ticket_title text);
      CREATE VIEW urgent AS SELECT * FROM tickets`)
    const table = await open(db.config)
    expect(table.label).toBe('public.tickets')
    expect(await fields(table)).toEqual(oldFieldsOf())
    expect(await fields(table)).toEqual(oldFieldsOf())
  })

  test('in any schema, with any name and types, in parts, and more columns', async () => {
    const db = await database(`CREATE SCHEMA "Odd ""one";
      CREATE TABLE "Odd ""one"."My; tickets" (extra int, ticket_title varchar(50), ticket_project char(5),
        ticket_id numeric, ticket_created_date timestamptz, ticket_severity text) PARTITION BY RANGE (ticket_id);
      CREATE TABLE part1 PARTITION OF "Odd ""one"."My; tickets" FOR VALUES FROM (0) TO (10);
      CREATE TABLE part2 PARTITION OF "Odd ""one"."My; tickets" DEFAULT;
      SET TimeZone = 'Asia/Tokyo';
      INSERT INTO "Odd ""one"."My; tickets" VALUES (1, 'a', 'TPM', 5, '2021-03-04 19:11:12.5', 'High');
      INSERT INTO "Odd ""one"."My; tickets" VALUES (1, 'b', 'TPM', 50, '2021-03-04 19:11:12', 'High')`)
    const table = await open(db.config)
    expect(table.label).toBe('Odd "one.My; tickets')
    expect(await fields(table)).toMatchObject([
      { ticket_id: '5', ticket_title: 'a', ticket_created_date: '2021-03-04 10:11:12.5+00' },
      { ticket_id: '50', ticket_title: 'b', ticket_created_date: '2021-03-04 10:11:12+00' },
    ])
  })

  test('of several the person says which; a view only so', async () => {
    const db = await database(`${oldTableSql()}; ${oldTableSql('archive', [])};
      CREATE VIEW urgent AS SELECT * FROM tickets WHERE ticket_severity = 'High'`)
    await expect(open(db.config)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('has 2 tables that could be meant. Nothing was imported.'),
      hint: 'Say which: --table public.archive, or --table public.tickets',
    })
    expect((await open(db.config, { table: 'archive' })).label).toBe('public.archive')
    const urgent = await open(db.config, { table: 'public.urgent' })
    expect(await fields(urgent)).toHaveLength(
      oldFieldsOf().filter((row) => row['ticket_severity'] === 'High').length,
    )
    await expect(open(db.config, { table: 'nowhere' })).rejects.toMatchObject({
      hint: 'There is public.archive, public.tickets, public.urgent.',
    })
  })

  test('none: says so', async () => {
    const db = await testDatabase()
    await expect(open(db.config)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('has no table with the columns ticket_id'),
    })
  })
})

test('what is written meanwhile is not seen: both readings are of one moment', async () => {
  const db = await database(oldTableSql())
  const table = await open(db.config)
  expect(await fields(table)).toHaveLength(oldFieldsOf().length)
  await db.query(
    `INSERT INTO tickets VALUES (1, 'High', 'x', 'x', 'x'); DELETE FROM tickets WHERE ticket_id > 10005`,
  )
  expect(await fields(table)).toEqual(oldFieldsOf())
})

test('more rows than are fetched at once; what is read is not written', async () => {
  const db = await database(`${oldTableSql('tickets', [])};
    INSERT INTO tickets SELECT n, 'High', '2021-03-04', 'Ticket ' || n, 'TPM' FROM generate_series(1, 3000) n`)
  const table = await open(db.config)
  const rows = await readAll(table.rows())
  expect(rows.map(({ at }) => at)).toEqual(Array.from({ length: 3_000 }, (_, index) => index + 1))
  const [{ readonly } = {}] = await db.query(
    `SELECT count(*)::int AS readonly FROM pg_locks WHERE mode = 'AccessShareLock' AND relation = 'tickets'::regclass`,
  )
  expect(readonly).toBe(1)
})

describe('who may read it', () => {
  let server: GuardedServer
  beforeAll(async () => {
    server = await startGuardedServer()
    await server.sql(`${oldTableSql()}; ALTER TABLE tickets OWNER TO owner`, 'tickets')
  })
  afterAll(() => server.stop())

  async function openAsking(given: Partial<PostgresConfig>, answer: string | null): Promise<OpenSource> {
    const askPassword = vi.fn<() => Promise<string | null>>(async () => answer)
    const config = server.config(given)
    const source = await openSource({ kind: 'table', config, table: null, askPassword }, never)
    onTestFinished(() => source.close())
    expect(askPassword).toHaveBeenCalledTimes(given.password === null ? 1 : 0)
    return source
  }

  test('the password is asked for where none is known', async () => {
    expect(await fields(await openAsking({}, null))).toEqual(oldFieldsOf())
    expect(await fields(await openAsking({ password: null }, PASSWORD))).toEqual(oldFieldsOf())
  })

  test.each([
    ['nobody to ask', { password: null }, null, 'wants a password for the user owner'],
    ['a wrong one', { password: null }, 'wrong pass word', 'does not take this password'],
    ['no such database', { database: 'nowhere' }, null, 'has no database nowhere'],
    ['no right to read', { user: 'guest' }, null, 'does not let us read'],
    ['no entry', { user: 'outsider' }, null, 'does not let the user outsider in'],
  ])('%s', async (_what, given, answer, message) => {
    const failure = await openAsking(given, answer)
      .then(fields)
      .catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'not-configured', message: expect.stringContaining(message) })
    expect(failure).toMatchObject({ message: expect.stringMatching(/Nothing was imported\.$/) })
    expect(JSON.stringify(failure)).not.toContain('pass word')
  })
})

describe('a server that goes away', () => {
  test('is reported, also in the middle', async () => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const { host, port } = server
    const config = testConfig({ host, port, database: 'postgres' })
    await queryOnce(
      server.url(),
      `${oldTableSql('tickets', [])};
       INSERT INTO tickets SELECT n, 'High', 'x', 'x', 'x' FROM generate_series(1, 3000) n`,
    )
    const table = await open(config)
    const rows = table.rows()
    await rows.next()
    await server.kill()
    await expect(readAll(rows)).rejects.toMatchObject({ code: 'store-unavailable' })
    await expect(open(config)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('nothing answers at that address. Nothing was imported.'),
    })
  })

  test('or stalls: it can be left', async () => {
    const server = await startPostgres()
    onTestFinished(() => server.stop())
    const { host, port } = server
    await queryOnce(server.url(), oldTableSql())
    const leaving = new AbortController()
    const table = await open(testConfig({ host, port, database: 'postgres' }), { signal: leaving.signal })
    server.stall()
    const reading = readAll(table.rows())
    leaving.abort(new Error('Ctrl-C'))
    await expect(reading).rejects.toThrow('Ctrl-C')
    server.continue()
  })
})
