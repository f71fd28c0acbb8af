import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { projectFile } from '../runtime/project-files.ts'
import { migrate, readMigrations, type Migration } from './migrate.ts'
import { openConnection, type SqliteDb } from './sqlite/connection.ts'
import { migrationTarget } from './sqlite/migrations.ts'
import { openSqliteStore } from './sqlite/store.ts'
import { AT_0003, expectCarriedOver } from '../../test-support/store/at-0003.ts'
import {
  AT_0021,
  expectSummedAgain,
  expectToBeSummed,
  migration0022,
} from '../../test-support/store/at-0021.ts'
import { AT_0006, expectLedgerCarriedOver } from '../../test-support/store/at-0006.ts'

describe('migrations', () => {
  let folder: string
  let db: SqliteDb
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-migrate-'))
    db = await openConnection(path.join(folder, 'tpm.sqlite'), machineClock)
  })
  afterEach(async () => {
    db.close()
    await rm(folder, { recursive: true })
  })
  const add = (name: string, sql: string): Promise<void> => writeFile(path.join(folder, name), sql)
  const run = (): Promise<number> =>
    migrate(migrationTarget(db, machineClock), readMigrations('sqlite', folder))
  const tables = (): string[] =>
    db
      .statement<{ name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .all()
      .map((row) => row.name)

  test('run in the order of their numbers, each once', async () => {
    await add('0002_second.sql', '-- part: tickets\nINSERT INTO a VALUES (1);')
    await add('0001_first.sql', '-- part: ledger\nCREATE TABLE a (n BIGINT);')
    expect(await run()).toBe(2)
    expect(await run()).toBe(0)
    await add('0003_third.sql', '-- part: ledger\nINSERT INTO a VALUES (2);')
    expect(await run()).toBe(1)
    expect(db.statement('SELECT n FROM a').all()).toEqual([{ n: 1 }, { n: 2 }])
  })

  test('one that fails leaves nothing of itself, and those before it stay', async () => {
    await add('0001_first.sql', '-- part: ledger\nCREATE TABLE a (n BIGINT);')
    await add(
      '0002_second.sql',
      '-- part: ledger\nCREATE TABLE b (n BIGINT);\nINSERT INTO nowhere VALUES (1);',
    )
    await expect(run()).rejects.toThrow('nowhere')
    expect(tables()).toEqual(['a', 'migrations'])
    await add('0002_second.sql', '-- part: ledger\nCREATE TABLE b (n BIGINT);')
    expect(await run()).toBe(1)
    expect(tables()).toEqual(['a', 'b', 'migrations'])
  })

  test('a database of the first version keeps its tickets, its counts and its watermark', async () => {
    for (const name of ['0001_ledger.sql', '0002_tickets.sql'])
      await add(name, await readFile(projectFile('migrations', name), 'utf8'))
    await run()
    const insert = `INSERT INTO tickets (site_id, id, key, project_key, title, priority_id, priority_name, status,
      created_ms, updated_ms, first_seen_ms, left_ms, left_reason) VALUES
      ('a', '1', 'TPM-1', 'TPM', 'One', '2', 'High', 'To Do', 60000, 60000, 60000, NULL, NULL),
      ('a', '2', 'TPM-2', 'TPM', 'Two', '2', 'High', 'To Do', 60000, 60000, 60000, 70000, 'lowered')`
    for (const sql of [
      insert,
      `INSERT INTO minute_counts VALUES ('a', '2', 1, 'TPM', 1, 7)`,
      `INSERT INTO sync_state VALUES ('a', 'all', 80000)`,
      `INSERT INTO site_seq (site_id, seq, reset_seq) VALUES ('a', 7, 3)`,
    ])
      db.statement(sql).run()
    const columns = 'id, key, title, created_ms, updated_ms, first_seen_ms, left_ms, left_reason'
    const before = db.statement(`SELECT ${columns} FROM tickets`).all()
    db.close()

    const store = await openSqliteStore({ file: db.file, clock: machineClock })
    const watched = { projectKey: 'TPM', priorityIds: ['2'] }
    expect(await store.ticketTotal('a', watched)).toBe(1)
    expect(await store.countedIds('a', watched, { fromMs: 0, toMs: 90_000 })).toEqual(['1'])
    const ever = { siteId: 'a', projectKey: 'TPM', fromMs: 0, toMs: 90_000, limit: 9 }
    expect(await store.removedTickets(ever)).toMatchObject([{ id: '2', leftMs: 70_000, reason: 'lowered' }])
    expect(await store.syncState('a', 'all')).toEqual({ watermarkMs: 80_000, censusMs: null })
    expect(await store.firstFetch('a', 'all')).toBeNull()
    // Nobody needs to ask for its counts anew.
    expect([await store.seq('a'), await store.epoch('a')]).toEqual([7, 3])
    await store.close()
    db = await openConnection(db.file, machineClock)
    expect(db.statement(`SELECT ${columns} FROM tickets`).all()).toEqual(before)
  })

  test('a database at 0003 is carried over: days are summed, the sample is told apart', async () => {
    for (const name of ['0001_ledger.sql', '0002_tickets.sql', '0003_first-fetch-and-census.sql'])
      await add(name, await readFile(projectFile('migrations', name), 'utf8'))
    expect(await run()).toBe(3)
    for (const sql of AT_0003) db.statement(sql).run()
    db.close()

    const store = await openSqliteStore({ file: db.file, clock: machineClock })
    db = await openConnection(db.file, machineClock)
    await expectCarriedOver(store, async (sql) => db.statement<Record<string, unknown>>(sql).all())
    await store.close()
  })

  test('a database at 0006 keeps its runs: their slots learn their project, and they go on', async () => {
    const before = readMigrations('sqlite').filter(({ number }) => number <= 6)
    expect(await migrate(migrationTarget(db, machineClock), before)).toBe(before.length)
    for (const sql of AT_0006) db.statement(sql).run()
    db.close()

    const store = await openSqliteStore({ file: db.file, clock: machineClock })
    await expect(expectLedgerCarriedOver(store)).resolves.toBeUndefined()
    await store.close()
  })

  /** Opened as a database of then was left. */
  async function openedFrom0021(later: readonly Migration[]) {
    const before = readMigrations('sqlite').filter(({ number }) => number <= 21)
    const target = migrationTarget(db, machineClock)
    await migrate(target, before)
    for (const sql of AT_0021) db.statement(sql).run()
    for (const migration of later) await target.apply(migration)
    db.close()
    const store = await openSqliteStore({ file: db.file, clock: machineClock })
    onTestFinished(() => store.close())
    db = await openConnection(db.file, machineClock)
    return { store, rows: async (sql: string) => db.statement<Record<string, unknown>>(sql).all() }
  }

  test('a database at 0021 opens without a pass over its tickets', async () => {
    const { store, rows } = await openedFrom0021([])
    await expect(expectToBeSummed(store, rows)).resolves.toBeUndefined()
  })

  test('a database that had the pass is summed again in steps, and is made anew without it', async () => {
    const { store, rows } = await openedFrom0021([migration0022('sqlite')])
    await expect(expectSummedAgain(store, rows)).resolves.toBeUndefined()
  })

  test('a database with a migration that we do not have is from a newer version', async () => {
    await add('0001_first.sql', '-- part: ledger\nCREATE TABLE a (n BIGINT);')
    await add('0002_second.sql', '-- part: ledger\nCREATE TABLE b (n BIGINT);')
    await run()
    await rm(path.join(folder, '0002_second.sql'))
    await expect(run()).rejects.toMatchObject({
      code: 'store-newer',
      message: expect.stringContaining('0002_second') as string,
    })
  })

  test('a database that was made by another text of a migration is refused', async () => {
    await add('0001_first.sql', '-- part: ledger\nCREATE TABLE a (n BIGINT);')
    await run()
    await add('0001_first.sql', '-- part: ledger\nCREATE TABLE a (n TEXT);')
    await add('0002_second.sql', '-- part: ledger\nCREATE TABLE b (n BIGINT);')
    await expect(run()).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(tables()).toEqual(['a', 'migrations'])
  })

  test('turned line ends make no other text', async () => {
    await add('0001_first.sql', '-- part: ledger\nCREATE TABLE a (n BIGINT);\n')
    await run()
    await add('0001_first.sql', '-- part: ledger\r\nCREATE TABLE a (n BIGINT);\r\n')
    expect(await run()).toBe(0)
  })

  test('two processes that start at once make the tables once', async () => {
    const other = await openConnection(db.file, machineClock)
    const migrations = readMigrations('sqlite')
    const made = await Promise.all(
      [db, other].map((one) => migrate(migrationTarget(one, machineClock), migrations)),
    )
    other.close()
    expect(made.reduce((a, b) => a + b)).toBe(migrations.length)
  })

  test('where the engines must differ, each reads its own', async () => {
    await add('0001_first.sql', '-- part: ledger\n')
    await add('0002_second.sqlite.sql', '-- part: ledger\n-- SQLite')
    await add('0002_second.postgres.sql', '-- part: ledger\n-- PostgreSQL')
    expect(readMigrations('sqlite', folder)).toMatchObject([
      { sql: '-- part: ledger\n' },
      { name: 'second', sql: '-- part: ledger\n-- SQLite' },
    ])
    expect(readMigrations('postgres', folder)).toMatchObject([
      { sql: '-- part: ledger\n' },
      { name: 'second', sql: '-- part: ledger\n-- PostgreSQL' },
    ])
  })

  test.each([
    ['a name without number', 'first.sql', '-- part: ledger\n', 'not named like a migration'],
    ['no part', '0001_first.sql', 'CREATE TABLE a (n BIGINT);', 'does not begin with'],
  ])('a file with %s is a fault', async (_what, name, sql, fault) => {
    await add(name, sql)
    expect(() => readMigrations('sqlite', folder)).toThrow(fault)
  })

  test('two files of one number are a fault', async () => {
    await add('0001_first.sql', '-- part: ledger\n')
    await add('0001_other.sql', '-- part: ledger\n')
    expect(() => readMigrations('sqlite', folder)).toThrow('Two migrations have the number 1')
  })
})
