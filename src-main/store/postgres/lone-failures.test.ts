import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { startFaultProxy } from '../../../test-support/fault-proxy.ts'
import { testConfig } from '../../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../../test-support/store/postgres.ts'
import {
  failureOf,
  testConnection,
  works,
  type TestConnection,
} from '../../../test-support/store/postgres/connection.ts'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

function direct(): Promise<TestConnection> {
  return testConnection(testConfig({ host: server.host, port: server.port, database: 'postgres' }))
}

const SLEEP = 'SELECT pg_sleep(60)'

/** Ends the connection that is at work on a statement. */
async function terminate(statement: string): Promise<void> {
  const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE application_name = 'jira-tpm' AND pid <> pg_backend_pid() AND query LIKE $1`
  await vi.waitFor(async () => expect(await queryOnce(server.url(), end, [`${statement}%`])).toHaveLength(1))
}

test('the listening connection is ended: nobody’s call fails, and everybody is told to look', async () => {
  const connection = await direct()
  const told = vi.fn<() => void>()
  connection.onCommit('site', ['tickets'], told)
  const lasting = new Promise((resolve) => setTimeout(resolve, 2_500)) // until its first heartbeat
  await lasting
  told.mockClear()
  const calls = [1, 2, 3].map((n) => connection.query(`SELECT pg_sleep(0.5), ${n} AS n`))
  await terminate('SELECT pg_sleep(0.5), 1')
  await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(1))
  expect((await Promise.all(calls)).flat()).toMatchObject([{ n: 1 }, { n: 2 }, { n: 3 }])
  expect(connection.healthChanges()).toBe(0)
  await works(connection)
  await vi.waitFor(() => expect(told).toHaveBeenCalledTimes(2))
})

test('a connection at work is ended: its call fails, the store stays up', async () => {
  const connection = await direct()
  const call = failureOf(connection.scan(SLEEP))
  await terminate(SLEEP)
  const { error } = await call
  expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
  expect(error.message).toContain('ended our connection')
  expect(await works(connection)).toBe(true)
  expect(connection.healthChanges()).toBe(0)
})

test('a statement that takes too long fails alone', async () => {
  const connection = await direct()
  const { error } = await failureOf(
    connection.write(async (tx) => {
      await tx.query('SET LOCAL statement_timeout = 50')
      await tx.query(SLEEP)
    }),
  )
  expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
  expect(error.message).toContain('took too long')
  expect(await works(connection)).toBe(true)
  expect(connection.healthChanges()).toBe(0)
})

test('a connection that breaks while it commits: nobody knows, and the same may be given again', async () => {
  const proxy = await startFaultProxy({ host: server.host, port: server.port })
  onTestFinished(() => proxy.close())
  const connection = await testConnection(
    testConfig({ host: '127.0.0.1', port: proxy.port, database: 'postgres' }),
  )
  proxy.setLatency(500)
  const store = (): Promise<void> =>
    connection.write(async (tx) => {
      await tx.query(`INSERT INTO things VALUES (1000000, 'once') ON CONFLICT DO NOTHING`)
    })
  const call = failureOf(store())
  const stored = (): Promise<unknown[]> =>
    queryOnce(server.url(), 'SELECT 1 FROM jira_tpm.things WHERE id = 1000000')
  await vi.waitFor(async () => expect(await stored()).toHaveLength(1), { timeout: 20_000, interval: 20 })
  proxy.cut()
  proxy.heal()
  const { error } = await call
  expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
  expect(error.message).toContain('it is not known whether it did')
  await connection.becomes('up')
  await store()
  expect(await stored()).toHaveLength(1)
})

test('an instance that stands still in a transaction loses it, and its locks, to the others', async () => {
  const [connection, other] = [await direct(), await direct()]
  await works(connection)
  const [locked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const still = failureOf(
    connection.write(async (tx) => {
      await tx.query('SELECT 1 FROM things FOR UPDATE')
      locked.resolve()
      await goOn.promise
      await tx.query('SELECT 1')
    }),
  )
  await locked.promise
  await other.write((tx) => tx.query('SELECT 1 FROM things FOR UPDATE'))
  goOn.resolve()
  expect((await still).error).toMatchObject({ code: 'store-unavailable', retryable: true })
})

test('a process that is held up itself does not take the server for gone', async () => {
  const connection = await direct()
  const call = failureOf(connection.scan(SLEEP))
  await terminate(SLEEP)
  await call // and a look at the server is under way
  const start = performance.now()
  while (performance.now() - start < 3_500);
  expect(await works(connection)).toBe(true)
  expect(connection.healthChanges()).toBe(0)
})
