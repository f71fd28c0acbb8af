import { createServer, type AddressInfo } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { errorText } from '../../../../src-shared/errors/app-error.ts'
import { startFaultProxy, type FaultProxy } from '../../../../test-support/fault-proxy.ts'
import { testConfig } from '../../../../test-support/store/postgres-config.ts'
import { queryOnce, queryWith } from '../../../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../../../test-support/store/postgres.ts'
import { promisedMs } from '../../../../test-support/promised.ts'
import {
  addThing,
  failureOf,
  failureText,
  testConnection,
  works,
  type TestConnection,
} from '../../../../test-support/store/postgres/connection.ts'

const SAFE = 'what was stored before is safe'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres({ settings: { max_connections: 20 } })
})
afterAll(() => server.stop())

async function direct(): Promise<{ connection: TestConnection; told: () => void }> {
  return listening(
    await testConnection(testConfig({ host: server.host, port: server.port, database: 'postgres' })),
  )
}

/** A connection, through a proxy that the test can break. */
async function proxied(): Promise<{ connection: TestConnection; told: () => void; proxy: FaultProxy }> {
  const proxy = await startFaultProxy({ host: server.host, port: server.port })
  onTestFinished(() => proxy.close())
  const config = testConfig({ host: '127.0.0.1', port: proxy.port, database: 'postgres' })
  return { ...listening(await testConnection(config)), proxy }
}

function listening(connection: TestConnection): { connection: TestConnection; told: () => void } {
  const told = vi.fn<() => void>()
  connection.onCommit('site', ['tickets'], told)
  return { connection, told }
}

const CONNECTIONS = `SELECT pid FROM pg_stat_activity WHERE application_name = 'jira-tpm'`

/** Our connections to the server, as far as it knows. */
async function connections(): Promise<number> {
  return (await queryOnce(server.url(), CONNECTIONS)).length
}

async function expectFastFailure(connection: TestConnection, words: string): Promise<void> {
  const { error, ms } = await failureOf(connection.query('SELECT 1'))
  expect(ms).toBeLessThan(promisedMs(50))
  expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
  expect(errorText(error)).toContain(words)
  expect(errorText(error)).toContain(SAFE)
}

/** Up again, everybody told, and no connection of before left beside the four that it may have. */
async function expectBack(connection: TestConnection, told: () => void, withinMs: number): Promise<void> {
  expect(await connection.becomes('up')).toBeLessThan(promisedMs(withinMs))
  await vi.waitFor(() => expect(told).toHaveBeenCalled())
  expect(await works(connection)).toBe(true)
  await vi.waitFor(async () => expect(await connections()).toBeLessThanOrEqual(4))
}

test('a server that is killed and started again', async () => {
  const { connection, told } = await direct()
  const reading = Array.from({ length: 8 }, () => failureOf(connection.scan('SELECT pg_sleep(60)')))
  reading.push(failureOf(connection.query('SELECT pg_sleep(60)')))
  await vi.waitFor(async () => expect(await connections()).toBe(4))
  await server.kill()
  for (const { error } of await Promise.all(reading)) {
    expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
    expect(error.message).toContain(SAFE)
  }
  expect(await connection.becomes('down')).toBeLessThan(promisedMs(1_000))
  await vi.waitFor(() => expect(failureText(connection)).toContain('nothing answers at that address'))
  await expectFastFailure(connection, 'nothing answers at that address')
  const { sinceMs } = connection.health() as { sinceMs: number }
  expect(Math.abs(sinceMs - Date.now())).toBeLessThan(10_000)

  vi.mocked(told).mockClear()
  await server.restart()
  await expectBack(connection, told, 2_000)
})

test('what a transaction had written when the server was killed is not there', async () => {
  const { connection } = await direct()
  const writing = failureOf(
    connection.write(async (tx) => {
      await tx.query(`INSERT INTO things VALUES (1000000, 'lost')`)
      await server.kill()
      await tx.query('SELECT 1')
    }),
  )
  expect((await writing).error).toMatchObject({ code: 'store-unavailable', retryable: true })
  await server.restart()
  await connection.becomes('up')
  expect(await connection.query('SELECT 1 FROM things WHERE id = 1000000')).toEqual([])
})

test('a server that stands still and goes on', async () => {
  const { connection, told } = await direct()
  expect(await works(connection)).toBe(true)
  server.stall()
  const calls = Array.from({ length: 8 }, () => failureOf(connection.query('SELECT 1')))
  await connection.becomes('down')
  for (const { error, ms } of await Promise.all(calls)) {
    expect(ms).toBeLessThan(promisedMs(6_000))
    expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
    expect(error.message).toContain(SAFE)
  }
  await expectFastFailure(connection, 'has stopped answering')

  vi.mocked(told).mockClear()
  server.continue()
  await expectBack(connection, told, 6_500)
})

test('a network that swallows everything', async () => {
  const { connection, told, proxy } = await proxied()
  expect(await works(connection)).toBe(true)
  proxy.blackhole()
  const calls = [failureOf(connection.query('SELECT 1')), failureOf(addThing(connection, 1_000_001))]
  await connection.becomes('down')
  for (const { error, ms } of await Promise.all(calls)) {
    expect(ms).toBeLessThan(promisedMs(6_000))
    expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
  }
  await expectFastFailure(connection, 'answer')

  vi.mocked(told).mockClear()
  proxy.heal()
  await expectBack(connection, told, 6_500)
  expect(proxy.connections()).toBeLessThanOrEqual(3)
})

test('connections that are all cut at once while the server goes on', async () => {
  const { connection, told, proxy } = await proxied()
  const call = failureOf(connection.scan('SELECT pg_sleep(60)'))
  await vi.waitFor(() => expect(proxy.connections()).toBe(2))
  vi.mocked(told).mockClear()
  proxy.cut()
  const { error } = await call
  expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
  expect(error.message).toContain(SAFE)
  await vi.waitFor(() => expect(told).toHaveBeenCalled())
  expect(await works(connection)).toBe(true)
})

test('a server that has no connection left', async () => {
  const { connection, told } = await direct()
  const others = await takeAllConnections()
  const ours = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jira-tpm'`
  const words = 'as many clients as it takes are connected'
  await vi.waitFor(async () => {
    await others[0]?.query(ours)
    others.push(...(await takeAllConnections())) // unless it was faster
    expect(failureText(connection)).toContain(words)
  }, 20_000)
  await expectFastFailure(connection, words)

  vi.mocked(told).mockClear()
  await Promise.all(others.map((client) => client.end()))
  await expectBack(connection, told, 2_000)
})

test('a server that has one connection left for us: calls take turns', async () => {
  const { connection } = await direct()
  expect(await works(connection)).toBe(true)
  const others = await takeAllConnections()
  await Promise.all(Array.from({ length: 6 }, () => connection.query('SELECT pg_sleep(0.05)')))
  expect(connection.healthChanges()).toBe(0)
  await Promise.all(others.map((client) => client.end()))
})

/** Connects until the server takes nobody any more. */
async function takeAllConnections(): Promise<Client[]> {
  const clients: Client[] = []
  for (;;) {
    const client = new Client(server.url()).on('error', () => {})
    try {
      await client.connect()
    } catch {
      return clients
    }
    clients.push(client)
  }
}

test('a server that takes connections and never answers', async () => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void silent.close())
  const { port } = silent.address() as AddressInfo
  const start = performance.now()
  const connection = await testConnection(testConfig({ host: '127.0.0.1', port, database: 'postgres' }))
  expect(performance.now() - start).toBeLessThan(promisedMs(6_000))
  await expectFastFailure(connection, 'did not answer within 5 s')
})

test('a server that must be looked at while all connections are at work for long: by no connection more', async () => {
  const { connection } = await direct()
  const work = [1, 2, 3].map(() => connection.scan('SELECT pg_sleep(8)'))
  const over = new AbortController()
  const all = Promise.all([connection.query('SELECT pg_sleep(4)'), ...work]).then(() => over.abort())
  let most = 0
  await queryWith(server.url(), async (query) => {
    while (!over.signal.aborted) {
      most = Math.max(most, (await query(CONNECTIONS)).length)
      // As after tables were dropped and made anew.
      await query("NOTIFY jira_tpm, ''")
    }
  })
  await all
  expect(most).toBe(4)
  expect(connection.healthChanges()).toBe(0)
  expect(await works(connection)).toBe(true)
})
