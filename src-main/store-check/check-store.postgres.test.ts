import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { StoreCheck } from '../../src-shared/contract/store.ts'
import { STORE_STEPS } from '../../src-shared/contract/store.ts'
import { findPostgres } from '../../test-support/store/postgres-bin.ts'
import {
  check,
  PASSWORD,
  startGuardedServer,
  trouble,
  type GuardedServer,
} from '../../test-support/store-check/store-check.ts'

const found = [18, 15].flatMap((major) => findPostgres(major) ?? [])

describe.each(found)('a server of $version', ({ bin, major }) => {
  let server: GuardedServer
  beforeAll(async () => {
    server = await startGuardedServer({ bin, settings: { log_min_messages: 'debug1' } })
  })
  afterAll(() => server.stop())

  test('where all is well each step says so, as it ends, and nothing is written', async () => {
    const changes: StoreCheck[] = []
    const done = await check(server.config(), { onChange: (now) => changes.push(now) })
    expect(done.state).toBe('green')
    expect(done.steps.map(({ id, state }) => [id, state])).toEqual(STORE_STEPS.map((id) => [id, 'ok']))
    expect(done.steps.map(({ message }) => message)).toEqual([
      '127.0.0.1 is an address: there is no name to look up.',
      `A PostgreSQL server answers at 127.0.0.1:${server.port}.`,
      'No TLS: what is said does not leave this machine.',
      'The user owner is let in with the password.',
      'There is a database tickets.',
      expect.stringMatching(new RegExp(String.raw`^PostgreSQL ${major}\.\d+`)),
      'The user owner may make the schema jira_tpm.',
      'There are no tables yet: they are made when this store is first used.',
    ])
    expect(changes).toHaveLength(2 * STORE_STEPS.length + 1)
    expect(changes[0]?.steps.map(({ state }) => state)).toEqual(['running', ...Array(7).fill('waiting')])
    expect(changes.at(-1)).toEqual(done)
    expect(await server.sql("SELECT to_regnamespace('jira_tpm') AS made", 'tickets')).toEqual([
      { made: null },
    ])
  })

  test('a password that is wrong; what comes after it is not tried', async () => {
    const done = await check(server.config({ password: 'wrong pass word' }))
    expect(done.state).toBe('red')
    expect(done.steps.slice(3)).toEqual([
      {
        id: 'password',
        state: 'failed',
        message: 'The server does not take this password for the user owner.',
        hint: expect.any(String) as string,
      },
      ...STORE_STEPS.slice(4).map((id) => ({ id, state: 'not-tried', message: '', hint: '' })),
    ])
    expect(JSON.stringify(done)).not.toContain('wrong pass word')
  })

  test.each([
    [
      'no password where one is wanted',
      { password: null },
      /^password failed: .*wants a password for the user owner, and none is set/,
    ],
    [
      'a user that it does not know',
      { user: 'guest', password: 'x' },
      /^password failed: .*does not take this password/,
    ],
    [
      'no line for a user in pg_hba.conf',
      { user: 'outsider' },
      /^password failed: .*does not let the user outsider in .*pg_hba\.conf/,
    ],
    [
      'a line for TLS only',
      { user: 'careful' },
      /^password failed: .*does not let the user careful in.*Switch TLS on/,
    ],
    [
      'no such database',
      { database: 'Tickets 2' },
      /^database failed: .*no database Tickets 2\..*CREATE DATABASE "Tickets 2" OWNER owner;/,
    ],
    ['no connection left', { user: 'crowd' }, /^password failed: .*no connection left.*max_connections/],
    [
      'a server without TLS',
      { tls: 'verify-full' },
      /^tls failed: The server does not offer TLS\..*sslmode=disable/,
    ],
  ] as const)('%s', async (_name, changes, said) => {
    expect(await trouble(server.config(changes))).toMatch(said)
  })

  test('a password that nobody asked for is reported as not tried', async () => {
    const done = await check(server.config({ user: 'postgres' }))
    expect(done.steps[3]?.message).toBe(
      'The user postgres is let in without a password. The one that is set was not asked for.',
    )
  })

  test('by its socket', async () => {
    const done = await check(server.config({ host: server.socketDir }))
    expect(done.state).toBe('green')
    expect(done.steps[0]?.message).toContain(`${server.socketDir}/.s.PGSQL.${server.port} is a socket`)
    expect(await trouble(server.config({ host: server.socketDir, port: 1 }))).toMatch(
      /^host failed: There is no socket .*unix_socket_directories/,
    )
  })

  test('leaves no connection behind, after a goodbye, and its password in no answer', async () => {
    await server.restart()
    const done = await check(server.config())
    expect(done.state).toBe('green')
    expect(JSON.stringify(done)).not.toContain(PASSWORD)
    await vi.waitFor(async () =>
      expect(await server.sql("SELECT 1 FROM pg_stat_activity WHERE application_name = 'jira-tpm'")).toEqual(
        [],
      ),
    )
    expect(server.log()).toContain('ready to accept connections')
    expect(server.log()).not.toMatch(/unexpected EOF/i)
  })
})
