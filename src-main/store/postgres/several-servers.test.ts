import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { PostgresConfig } from '../../config/config.ts'
import { promisedMs } from '../../../test-support/promised.ts'
import { findPostgres } from '../../../test-support/store/postgres-bin.ts'
import { testConfig } from '../../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../../test-support/store/postgres.ts'
import {
  addThing,
  failureOf,
  failureText,
  testConnection,
  works,
  type TestConnection,
} from '../../../test-support/store/postgres/connection.ts'

const SAFE = 'what was stored before is safe'

type Server = Pick<TestPostgres, 'host' | 'port'>

/** The database of several servers, in that order. */
function several(first: Server, ...others: Server[]): PostgresConfig {
  const place = ({ host, port }: Server): Server => ({ host, port })
  return { ...testConfig({ ...place(first), database: 'postgres' }), others: others.map((one) => place(one)) }
}

function label({ host, port }: Server): string {
  return `${host}:${port}`
}

async function promote(server: TestPostgres): Promise<void> {
  await queryOnce(server.url(), 'SELECT pg_promote()')
}

async function hasThing(server: TestPostgres, id: number): Promise<boolean> {
  return (await queryOnce(server.url(), 'SELECT 1 FROM jira_tpm.things WHERE id = $1', [id])).length === 1
}

async function says(connection: TestConnection, text: string | RegExp): Promise<void> {
  await vi.waitFor(() => expect(failureText(connection)).toMatch(text), 30_000)
}

const found = [18, 15].flatMap((major) => findPostgres(major) ?? [])

describe.each(found)('servers of $version', ({ bin }) => {
  let primary: TestPostgres
  let standby: TestPostgres
  beforeEach(async () => {
    primary = await startPostgres({ bin })
    await primary.kill()
    standby = await startPostgres({ bin, standbyOf: primary })
    await primary.restart()
  })
  afterEach(async () => {
    await Promise.all([primary.stop(), standby.stop()])
  })

  test('the one that takes writes is used, wherever it is in the address, also after a fail-over, and no older one again', async () => {
    const connection = await testConnection(several(standby, primary))
    await addThing(connection, 1)
    expect(await hasThing(primary, 1)).toBe(true)
    await vi.waitFor(async () => expect(await hasThing(standby, 1)).toBe(true), 30_000)

    await primary.kill()
    await says(connection, `${label(primary)} cannot be reached: nothing answers`)
    expect(failureText(connection)).toMatch(/^None of the servers of PostgreSQL at/)
    expect(failureText(connection)).toContain(`${label(standby)} is a standby`)
    expect(failureText(connection)).toContain(SAFE)

    await promote(standby)
    expect(await connection.becomes('up')).toBeLessThan(promisedMs(2_000))
    expect(connection.log.at(-1)).toEqual({
      fields: { store: `${label(standby)}/postgres` },
      text: 'the store is back',
    })
    await addThing(connection, 2)
    expect(await hasThing(standby, 2)).toBe(true)

    // It comes back with what it knew, and takes writes: it is an older primary.
    await primary.restart()
    expect(await works(connection)).toBe(true)
    await standby.kill()
    await says(connection, 'another server has been the primary since')
    expect(failureText(connection)).toContain(`PostgreSQL at ${label(primary)}/postgres takes writes`)
    const { error } = await failureOf(addThing(connection, 3))
    expect(error).toMatchObject({ code: 'store-unavailable', retryable: true })
    expect(await hasThing(primary, 3)).toBe(false)
    await standby.restart()
    await connection.becomes('up')
    await addThing(connection, 4)
    expect([await hasThing(primary, 4), await hasThing(standby, 4)]).toEqual([false, true])
  })

  test('of two that claim to be the primary the newer is used, from the first', async () => {
    await promote(standby)
    const connection = await testConnection(several(primary, standby))
    await addThing(connection, 1)
    expect(await hasThing(standby, 1)).toBe(true)
  })

  test('a plain login may see which is which', async () => {
    await queryOnce(primary.url(), 'CREATE ROLE plain LOGIN; ALTER DATABASE postgres OWNER TO plain')
    const rolesThere = (): Promise<unknown[]> =>
      queryOnce(standby.url(), `SELECT 1 FROM pg_roles WHERE rolname = 'plain'`)
    await vi.waitFor(async () => expect(await rolesThere()).toHaveLength(1), 30_000)
    const connection = await testConnection({ ...several(standby, primary), user: 'plain' })
    expect(await works(connection)).toBe(true)
  })
})

describe('what is wrong with several servers', () => {
  let primary: TestPostgres
  beforeEach(async () => {
    primary = await startPostgres()
  })
  afterEach(() => primary.stop())

  async function start(how: 'standbyOf' | 'cloneOf'): Promise<TestPostgres> {
    await primary.kill()
    const other = await startPostgres({ [how]: primary })
    onTestFinished(() => other.stop())
    await primary.restart()
    return other
  }

  test('a newer primary that appears while the former still takes writes: it is gone over to', async () => {
    const standby = await start('standbyOf')
    const connection = await testConnection(several(primary, standby))
    await addThing(connection, 1)
    await vi.waitFor(async () => expect(await hasThing(standby, 1)).toBe(true), 30_000)
    await promote(standby)
    await connection.becomes('down', 40_000)
    expect(JSON.stringify(connection.log)).toContain(`${label(standby)} has taken its place as the primary`)
    await connection.becomes('up')
    await addThing(connection, 2)
    expect([await hasThing(primary, 2), await hasThing(standby, 2)]).toEqual([false, true])
  })

  test('two that claim to be the primary, and neither is newer: none is written to until one is stopped', async () => {
    const clone = await start('cloneOf')
    const connection = await testConnection(several(primary, clone))
    await says(connection, 'neither is newer')
    expect(failureText(connection)).toContain(`${label(primary)} and ${label(clone)}`)
    expect(failureText(connection)).toContain(SAFE)
    await clone.kill()
    await connection.becomes('up')
    expect(await works(connection)).toBe(true)
    expect(
      await queryOnce(primary.url(), `SELECT to_regclass('jira_tpm.things') IS NOT NULL AS made`),
    ).toEqual([{ made: true }])
  })

  test('servers of different databases', async () => {
    const stranger = await startPostgres()
    onTestFinished(() => stranger.stop())
    const connection = await testConnection(several(primary, stranger))
    await says(connection, 'are not copies of one')
    expect(await queryOnce(primary.url(), `SELECT to_regclass('jira_tpm.things') AS made`)).toEqual([
      { made: null },
    ])
    // Once one is in use, no other database is taken for it.
    await stranger.kill()
    await connection.becomes('up')
    await stranger.restart()
    await primary.kill()
    await says(connection, 'keeps another database than the one that was in use')
    expect(await queryOnce(stranger.url(), `SELECT to_regclass('jira_tpm.things') AS made`)).toEqual([
      { made: null },
    ])
  })

  test('all are read-only, from the first and for a while', async () => {
    const standby = await start('standbyOf')
    const readOnly = async (value: 'on' | 'off'): Promise<void> => {
      await queryOnce(primary.url(), `ALTER SYSTEM SET default_transaction_read_only = ${value}`)
      await queryOnce(primary.url(), 'SELECT pg_reload_conf()')
    }
    await readOnly('on')
    const connection = await testConnection(several(primary, standby))
    await says(connection, /None of the servers .* takes writes now/)
    expect(failureText(connection).match(/is a standby, or set to read-only/g)).toHaveLength(2)
    await readOnly('off')
    expect(await connection.becomes('up')).toBeLessThan(promisedMs(2_000))
    await addThing(connection, 1)
    await readOnly('on')
    await connection.becomes('down')
    await readOnly('off')
    expect(await connection.becomes('up')).toBeLessThan(promisedMs(2_000))
    await addThing(connection, 2)
  })

  test('one that swallows everything does not hold up the way to a new primary', async () => {
    const standby = await start('standbyOf')
    const silent = createServer((socket) => void socket.on('error', () => {}))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as AddressInfo
    const connection = await testConnection(several({ host: '127.0.0.1', port }, primary, standby))
    await addThing(connection, 1)
    await vi.waitFor(async () => expect(await hasThing(standby, 1)).toBe(true), 30_000)
    await primary.kill()
    await connection.becomes('down')
    await promote(standby)
    expect(await connection.becomes('up')).toBeLessThan(promisedMs(2_000))
    expect(await works(connection)).toBe(true)
  })

  test('a password that none of them takes is no outage', async () => {
    const standby = await start('standbyOf')
    const config = { ...several(primary, standby), user: 'nobody' }
    await expect(testConnection(config)).rejects.toMatchObject({
      code: 'not-configured',
      message: expect.stringContaining('None of the servers') as string,
    })
  })
})
