import { createServer, type AddressInfo, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { makeCertificate, writeTestFile, type KeyPair } from '../../../test-support/jira/tls.ts'
import { testConfig } from '../../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../../test-support/store/postgres.ts'
import { promisedMs } from '../../../test-support/promised.ts'
import { failureOf, testConnection, works } from '../../../test-support/store/postgres/connection.ts'

const PASSWORD = 'correct-horse'
const WRONG = 'wrong-battery'

const RULES = `
local   all all             trust
host    all with_password   127.0.0.1/32 scram-sha-256
hostssl all only_encrypted  127.0.0.1/32 trust
host    all only_encrypted  127.0.0.1/32 reject
host    all shut_out        127.0.0.1/32 reject
host    all all             127.0.0.1/32 trust
`

let server: TestPostgres
let authority: KeyPair

beforeAll(async () => {
  authority = await makeCertificate({ names: ['Test Authority'], isAuthority: true })
  const own = await makeCertificate({ names: ['localhost'], issuer: authority })
  server = await startPostgres()
  server.write('server.crt', own.cert)
  server.write('server.key', own.key)
  server.write('pg_hba.conf', RULES)
  await server.restart({ ssl: 'on' })
  const statements = [
    `CREATE ROLE with_password LOGIN PASSWORD '${PASSWORD}'`,
    'CREATE ROLE only_encrypted LOGIN SUPERUSER',
    'CREATE ROLE shut_out LOGIN',
    'CREATE ROLE without_rights LOGIN',
    'CREATE DATABASE with_password OWNER with_password',
    `CREATE DATABASE ascii ENCODING 'SQL_ASCII' TEMPLATE template0`,
  ]
  for (const sql of statements) await queryOnce(server.url(), sql)
})
afterAll(() => server.stop())

function config(changes: Partial<PostgresConfig> = {}): PostgresConfig {
  return { ...testConfig({ host: '127.0.0.1', port: server.port, database: 'postgres' }), ...changes }
}

/** What opening fails with, as the person reads it. */
async function refusal(changes: Partial<PostgresConfig>): Promise<{ code: string; text: string }> {
  const { error } = await failureOf(testConnection(config(changes)))
  expect(error.retryable).toBe(false)
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(WRONG)
  return { code: error.code, text: errorText(error) }
}

describe('who may come in', () => {
  const account = { user: 'with_password', database: 'with_password' }

  test('the right password is taken', async () => {
    expect(await works(await testConnection(config({ ...account, password: PASSWORD })))).toBe(true)
  })

  test.each([
    ['a wrong password', WRONG, 'does not take this password for the user with_password'],
    ['no password', null, 'wants a password for the user with_password, and none is set'],
    ['an empty password', '', 'password'],
  ])('%s is refused, and said nowhere', async (_, password, words) => {
    const { code, text } = await refusal({ ...account, password })
    expect(code).toBe('not-configured')
    expect(text).toContain(words)
  })

  test.each([
    [
      'a database that is not there',
      { database: 'nowhere' },
      ['has no database nowhere', 'CREATE DATABASE nowhere OWNER postgres'],
    ],
    ['a user that is not there', { user: 'nobody' }, ['does not let the user nobody in', 'pg_hba.conf']],
    [
      'a user whom the rules shut out',
      { user: 'shut_out' },
      ['does not let the user shut_out in', 'pg_hba.conf'],
    ],
    [
      'plain text where the rules want TLS',
      { user: 'only_encrypted' },
      ['does not let the user only_encrypted in', 'Switch TLS on'],
    ],
    [
      'a user who may make no tables',
      { user: 'without_rights' },
      ['does not allow the user without_rights', 'jira-tpm doctor'],
    ],
    ['a database that cannot hold every text', { database: 'ascii' }, ['SQL_ASCII', "ENCODING 'UTF8'"]],
  ] as [string, Partial<PostgresConfig>, string[]][])('%s', async (_, changes, words) => {
    const { code, text } = await refusal(changes)
    expect(code).toBe('not-configured')
    for (const word of words) expect(text).toContain(word)
  })

  test('what the tables’ maker says is thrown as it is, and nothing stays connected', async () => {
    const newer = new AppError('store-newer', 'newer')
    await expect(testConnection(config(), () => Promise.reject(newer))).rejects.toBe(newer)
    const fault = new RangeError('a fault')
    await expect(testConnection(config(), () => Promise.reject(fault))).rejects.toBe(fault)
    const left = await queryOnce(
      server.url(),
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'jira-tpm' AND state <> 'idle'`,
    )
    expect(left).toEqual([])
  })

  test('a password that is changed meanwhile: down, and up again when it is back', async () => {
    const connection = await testConnection(config({ ...account, password: PASSWORD }))
    await queryOnce(server.url(), `ALTER ROLE with_password PASSWORD 'another'`)
    await queryOnce(
      server.url(),
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'with_password'`,
    )
    await vi.waitFor(() => expect(connection.health()).toMatchObject({ failure: { code: 'not-configured' } }))
    const { error } = await failureOf(connection.query('SELECT 1'))
    expect(error.message).toContain('does not take this password')
    await queryOnce(server.url(), `ALTER ROLE with_password PASSWORD '${PASSWORD}'`)
    expect(await connection.becomes('up', 10_500)).toBeGreaterThan(5_000)
    expect(await works(connection)).toBe(true)
    expect(connection.log.length).toBeGreaterThan(1)
    expect(inspect(connection.log, { depth: 10, showHidden: true })).not.toContain(PASSWORD)
  })
})

describe('TLS', () => {
  const encrypted = `SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`

  test.each([
    ['verify-full', 'localhost'],
    ['verify-ca', '127.0.0.1'],
  ] as const)('%s takes a certificate of the CA file’s authority, for %s', async (tls, host) => {
    const connection = await testConnection(config({ tls, host, caFile: await caFile() }))
    expect(await connection.query(encrypted)).toEqual([{ ssl: true }])
  })

  test('require encrypts, whoever answers; disable does not', async () => {
    expect(await (await testConnection(config({ tls: 'require' }))).query(encrypted)).toEqual([{ ssl: true }])
    expect(await (await testConnection(config({ tls: 'disable' }))).query(encrypted)).toEqual([
      { ssl: false },
    ])
  })

  test('verify-full refuses a certificate for another host', async () => {
    const { text } = await refusal({ tls: 'verify-full', host: '127.0.0.1', caFile: await caFile() })
    expect(text).toContain('is not trusted: its certificate is for another host (localhost)')
  })

  test.each(['verify-full', 'verify-ca'] as const)('%s refuses an unknown authority', async (tls) => {
    const { code, text } = await refusal({ tls, host: 'localhost' })
    expect(code).toBe('not-configured')
    expect(text).toContain('is not trusted')
    expect(text).toContain('CA file')
  })

  test('a CA file that is not there is named', async () => {
    const { code, text } = await refusal({ tls: 'verify-full', caFile: '/nowhere/ca.pem' })
    expect([code, text]).toEqual(['not-configured', expect.stringContaining('/nowhere/ca.pem is not there')])
  })

  test('a server without TLS is told apart', async () => {
    await server.restart({ ssl: 'off' })
    try {
      const { text } = await refusal({ tls: 'require' })
      expect(text).toContain('does not offer TLS')
    } finally {
      await server.restart({ ssl: 'on' })
    }
  })

  test('calls under way fail at once when it is closed, and its connections are gone', async () => {
    const connection = await testConnection(config({ tls: 'require' }))
    const call = failureOf(connection.query('SELECT pg_sleep(60)'))
    expect(await works(connection)).toBe(true)
    await connection.close()
    expect((await call).error.message).toContain('is closed')
  })

  test('a server that is killed and comes back', async () => {
    const connection = await testConnection(config({ tls: 'require' }))
    const call = failureOf(connection.query('SELECT pg_sleep(60)'))
    expect(await works(connection)).toBe(true)
    await server.kill()
    await connection.becomes('down')
    expect((await call).error.code).toBe('store-unavailable')
    await server.restart()
    await connection.becomes('up')
    expect(await works(connection)).toBe(true)
  })
})

describe('no server to speak of', () => {
  test.each([
    [
      'a name that is not known',
      { host: 'nowhere.invalid' },
      /its name is not known|names cannot be looked up/,
    ],
    ['a port that nobody listens at', { port: 1 }, /nothing answers at that address/],
    ['a socket that is not there', { host: '/nowhere' }, /there is no such socket/],
  ] as [string, Partial<PostgresConfig>, RegExp][])('%s: there, but down', async (_, changes, words) => {
    const connection = await testConnection(config(changes))
    expect(connection.health()).toMatchObject({
      state: 'down',
      failure: { code: 'store-unavailable', retryable: true },
    })
    const { error, ms } = await failureOf(connection.query('SELECT 1'))
    expect(error.message).toMatch(words)
    expect(ms).toBeLessThan(promisedMs(50))
  })

  test.each([
    ['hangs up', (socket: Socket) => socket.end()],
    ['resets', (socket: Socket) => socket.resetAndDestroy()],
    [
      'speaks HTTP',
      (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ],
    ['speaks SSH', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
    [
      'speaks MySQL',
      (socket: Socket) => socket.end(Buffer.from('4a0000000a352e372e3330000800000000', 'hex')),
    ],
    ['speaks Redis', (socket: Socket) => socket.once('data', () => socket.end('-ERR unknown command\r\n'))],
  ] as [string, (socket: Socket) => void][])(
    'one that %s is no PostgreSQL, and no reason to crash',
    async (_, greet) => {
      for (const tls of ['disable', 'require'] as const) {
        const connection = await testConnection(config({ port: await babbler(greet), tls }))
        expect(connection.health()).toMatchObject({
          failure: {
            what: expect.stringMatching(/broke the connection|does not answer as PostgreSQL does/) as string,
          },
        })
      }
    },
  )

  test('tables are made at the first contact', async () => {
    await server.kill()
    const connection = await testConnection(config())
    expect(connection.health().state).toBe('down')
    await server.restart()
    await connection.becomes('up')
    expect(await works(connection)).toBe(true)
  })
})

/** A server that says something to whoever comes, or to what he says. */
async function babbler(greet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const other = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
    greet(socket)
  })
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    other.close()
    for (const socket of sockets) socket.destroy()
  })
  return (other.address() as AddressInfo).port
}

function caFile(): Promise<string> {
  return writeTestFile('authority.pem', authority.cert)
}
