import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { errorText } from '../../../src-shared/errors/app-error.ts'
import { testConfig } from '../../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../../test-support/store/postgres.ts'
import { promisedMs } from '../../../test-support/promised.ts'
import {
  addThing,
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

function connect(): Promise<TestConnection> {
  return testConnection(testConfig({ host: server.host, port: server.port, database: 'postgres' }))
}

async function expectReadOnly(connection: TestConnection): Promise<void> {
  await vi.waitFor(
    () =>
      expect(connection.health()).toMatchObject({
        failure: { what: expect.stringContaining('takes no writes') as string },
      }),
    15_000,
  )
  const { error, ms } = await failureOf(addThing(connection, 100))
  expect(ms).toBeLessThan(promisedMs(50))
  expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
  expect(errorText(error)).toContain('what was stored before is safe')
  expect(errorText(error)).toContain('primary')
}

test('a fail-over to a standby that is promoted later', async () => {
  const connection = await connect()
  await addThing(connection, 1)
  const told = vi.fn<() => void>()
  connection.onCommit('site', ['tickets'], told)

  await server.kill()
  server.write('standby.signal', '')
  await server.restart()
  await expectReadOnly(connection)

  told.mockClear()
  await queryOnce(server.url(), 'SELECT pg_promote()')
  const backMs = await connection.becomes('up')
  expect(backMs).toBeLessThan(promisedMs(2_000))
  await vi.waitFor(() => expect(told).toHaveBeenCalled())
  await addThing(connection, 2)
})

test('a standby at the first opening: there, but down, until it is promoted', async () => {
  await server.kill()
  server.write('standby.signal', '')
  await server.restart()
  const connection = await connect()
  await expectReadOnly(connection)
  await queryOnce(server.url(), 'SELECT pg_promote()')
  await connection.becomes('up')
  expect(await works(connection)).toBe(true)
})

test('a server that is switched to read-only while we are connected, and back', async () => {
  const connection = await connect()
  await addThing(connection, 4)
  await queryOnce(server.url(), 'ALTER SYSTEM SET default_transaction_read_only = on')
  await queryOnce(server.url(), 'SELECT pg_reload_conf()')
  await vi.waitFor(async () => {
    expect(await queryOnce(server.url(), 'SHOW default_transaction_read_only')).toEqual([
      { default_transaction_read_only: 'on' },
    ])
  })
  await connection.becomes('down', 3_500) // nobody has written: a heartbeat shows it
  await expectReadOnly(connection)
  await queryOnce(server.url(), 'ALTER SYSTEM RESET default_transaction_read_only')
  await queryOnce(server.url(), 'SELECT pg_reload_conf()')
  const backMs = await connection.becomes('up')
  expect(backMs).toBeLessThan(promisedMs(2_000))
  await addThing(connection, 6)
})
