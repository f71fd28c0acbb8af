import type { PostgresConfig } from '../../../config/config.ts'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { testDatabase, type TestDatabase } from '../../../../test-support/store/database.ts'
import { startPgbouncer } from '../../../../test-support/store/pgbouncer.ts'
import { whyNoPgbouncer } from '../../../../test-support/store/pgbouncer-bin.ts'
import { queryOnce, queryWith } from '../../../../test-support/store/postgres-query.ts'
import {
  addThing,
  failureOf,
  failureText,
  testConnection,
  type TestConnection,
  works,
} from '../../../../test-support/store/postgres/connection.ts'
import { startPostgres } from '../../../../test-support/store/postgres.ts'
import { pino } from 'pino'
import { machineClock } from '../../../runtime/clock.ts'
import { openPostgresStore } from '../store.ts'
import type { SqlReader } from './connection.ts'

/** As the store is opened: it looks at the tables before they are used. */
function open(
  config: PostgresConfig,
  isPrepared = async (reading: SqlReader): Promise<boolean> => (await reading.query('SELECT 1')).length === 0,
): Promise<TestConnection> {
  return testConnection(config, undefined, isPrepared)
}

describe.skipIf(whyNoPgbouncer() !== null)('PgBouncer', () => {
  test('that pools transactions, with the server’s own address: commits are heard, whoever else uses its sessions', async () => {
    const database = await testDatabase()
    const pooler = await startPgbouncer(database.config, { mode: 'transaction', poolSize: 2 })
    const [one, other] = [await open(pooler.config), await open(pooler.config)]
    const heard = vi.fn<() => void>()
    other.onCommit('site', ['tickets'], heard)
    await Promise.all(Array.from({ length: 40 }, (_, id) => addThing(id % 2 === 0 ? one : other, id)))
    await expect.poll(() => heard.mock.calls.length).toBeGreaterThan(0)
    expect(await other.query('SELECT count(*) AS n FROM things')).toEqual([{ n: 40 }])
    // Another program's session, which has none of our settings left.
    await queryWith(pooler.url, async (query) => {
      for (let n = 0; n < 4; n++) {
        const [left] = await query(
          `SELECT current_setting('search_path') AS path, current_setting('jit') AS jit`,
        )
        expect(left).toEqual({ path: '"$user", public', jit: 'on' })
      }
    })
  })

  test('that pools transactions, without that address: the sentence names DATABASE_DIRECT_URL, and no session is changed', async () => {
    const database = await testDatabase()
    const pooler = await startPgbouncer(database.config, { mode: 'transaction', poolSize: 1 })
    const { error } = await failureOf(open(pooler.alone))
    expect(error).toMatchObject({
      code: 'not-configured',
      hint: expect.stringContaining('DATABASE_DIRECT_URL') as string,
    })
    expect(error.message).toContain('a pooler that gives each transaction another connection')
    const [left] = await queryOnce(pooler.url, `SELECT current_setting('search_path') AS path`)
    expect(left).toEqual({ path: '"$user", public' })
    // Nor is it taken for the server itself.
    const twice = await failureOf(open({ ...pooler.alone, pooler: pooler.place }))
    expect(twice.error).toMatchObject({ code: 'not-configured', message: error.message })
  })

  test('that pools sessions is as the server itself, with that address or without; the last session, too', async () => {
    const database = await testDatabase()
    const pooler = await startPgbouncer(database.config, { mode: 'session', poolSize: 4 })
    for (const config of [pooler.alone, pooler.config]) {
      const heard = vi.fn<() => void>()
      const connection = await open(config)
      connection.onCommit('site', ['tickets'], heard)
      expect(await works(connection)).toBe(true)
      await expect.poll(() => heard.mock.calls.length).toBeGreaterThan(0)
      await connection.close()
    }
    const narrow = await startPgbouncer(database.config, { mode: 'session', poolSize: 1 })
    const last = await open(narrow.alone, async () => true)
    expect(await last.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  test('that pools statements: a sentence says what it has to pool', async () => {
    const database = await testDatabase()
    const pooler = await startPgbouncer(database.config, { mode: 'statement' })
    for (const config of [pooler.alone, pooler.config]) {
      const { error } = await failureOf(open(config))
      expect(error).toMatchObject({
        code: 'not-configured',
        hint: expect.stringContaining('pool_mode') as string,
      })
      expect(error.message).toContain('a pooler that pools statements')
    }
  })

  test('of 5 connections for 50 callers: each is answered or has a sentence within its time, nothing is lost or done twice', async () => {
    const database = await testDatabase()
    const pooler = await startPgbouncer(database.config, { mode: 'transaction', poolSize: 5 })
    const callers = await Promise.all(Array.from({ length: CALLERS }, () => open(pooler.config)))
    await database.query('CREATE TABLE jira_tpm.calls (id BIGINT)')
    const call = (caller: number, id: number): Promise<void> =>
      callers[caller]!.write(async (tx) => {
        await tx.query('INSERT INTO calls VALUES ($1)', [id])
        await tx.query('SELECT pg_sleep(0.02)')
      })
    await Promise.all(Array.from({ length: CALLERS * 4 }, (_, id) => call(id % CALLERS, id)))
    expect(await count(database)).toEqual({ calls: CALLERS * 4, different: CALLERS * 4 })
    const sessions = (): Promise<unknown> =>
      database
        .query(
          "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'jira-tpm'",
        )
        .then(([found]) => found?.['n'])
    // The one that listens stays; those that made the tables are gone.
    await expect.poll(sessions).toBeLessThanOrEqual(CALLERS + 5)

    const store = await openPostgresStore(pooler.config, {
      clock: machineClock,
      log: pino({ level: 'silent' }),
      password: null,
    })
    onTestFinished(() => store.close())

    // All five are held for longer than anybody waits; a lease goes past them.
    const release = await holdAll(pooler.url, 5)
    const asked = callers.map((_, caller) => failureOf(call(caller, 1_000 + caller)))
    expect(await store.takeLease('site', 'sync', 'me', 60_000)).toBe(true)
    for (const { error, ms } of await Promise.all(asked)) {
      expect(error).toMatchObject({ code: 'busy', retryable: true })
      expect(error.message).toMatch(
        /^The pooler at \S+ had no connection to the database free for this within 10 s/,
      )
      expect(ms).toBeLessThan(20_000)
    }
    await release()
    expect(callers.map((one) => one.health().state)).not.toContain('down')
    await Promise.all(callers.map((_, caller) => call(caller, 3_000 + caller)))
    expect(await count(database)).toEqual({ calls: CALLERS * 5, different: CALLERS * 5 })
  })

  test('that leads elsewhere is written to by nobody, and its sentence says so until both lead to the same', async () => {
    const [database, other] = [await testDatabase(), await testDatabase()]
    const strange = await startPostgres()
    onTestFinished(() => strange.stop())
    await queryOnce(strange.url(), `CREATE DATABASE ${database.name}`)
    const pooler = await startPgbouncer(database.config, { mode: 'transaction' })
    const connection = await open(pooler.config)
    expect(await works(connection)).toBe(true)
    await queryOnce(
      strange.url(database.name),
      'CREATE SCHEMA jira_tpm; CREATE TABLE jira_tpm.things (id BIGINT, text TEXT)',
    )
    await pooler.restart(strange)
    await expect
      .poll(() => failureOf(addThing(connection, 1)).then(({ error }) => error.message))
      .toContain('leads to another server')
    await connection.becomes('down')
    expect(failureText(connection)).toContain(
      'The pooler of DATABASE_URL leads to another server or database',
    )
    expect(await queryOnce(strange.url(database.name), 'SELECT * FROM jira_tpm.things')).toEqual([])
    await pooler.restart()
    await connection.becomes('up', 30_000)
    expect(await works(connection)).toBe(true)
    const wrong = { ...pooler.config, pooler: { ...pooler.place, database: other.name } }
    const second = await open(wrong)
    expect(failureText(second)).toContain('leads to another server or database')
  })

  test('that is gone is named, not the server; it goes on by itself', async () => {
    const database = await testDatabase()
    const pooler = await startPgbouncer(database.config, { mode: 'transaction' })
    const connection = await open(pooler.config)
    expect(await works(connection)).toBe(true)
    await pooler.stop()
    await failureOf(addThing(connection, 1))
    await connection.becomes('down')
    await expect.poll(() => failureText(connection)).toContain(`The pooler at 127.0.0.1:${pooler.place.port}`)
    await pooler.restart()
    await connection.becomes('up', 30_000)
    expect(await works(connection)).toBe(true)
  })
})

const CALLERS = 50

async function count(database: TestDatabase): Promise<unknown> {
  return (
    await database.query('SELECT count(*) AS calls, count(DISTINCT id) AS different FROM jira_tpm.calls')
  )[0]
}

/** Has so many of its connections in transactions of another program. */
async function holdAll(url: string, connections: number): Promise<() => Promise<void>> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const begun = Array.from({ length: connections }, () => Promise.withResolvers<void>())
  const held = begun.map((one) =>
    queryWith(url, async (query) => {
      await query('BEGIN')
      one.resolve()
      await promise
      await query('COMMIT')
    }),
  )
  await Promise.all(begun.map((one) => one.promise))
  return async () => {
    resolve()
    await Promise.all(held)
  }
}
