import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest'
import type { PostgresConfig } from '../../config/config.ts'
import { storeText } from '../../config/store-config.ts'
import {
  PASSWORD,
  startGuardedServer,
  type GuardedServer,
} from '../../../test-support/store-check/store-check.ts'
import { createCliFixture, createTestIo, type CliFixture } from '../../../test-support/commands/cli.ts'
import { createConnectFixture, type ConnectFixture } from '../../../test-support/commands/connect.ts'
import { keepStore } from './use-store.ts'
import { askPassword } from './connect-questions.ts'

let server: GuardedServer
let cli: CliFixture
beforeAll(async () => {
  server = await startGuardedServer()
  await server.sql('CREATE DATABASE guarded OWNER owner')
})
afterAll(() => server.stop())
beforeEach(() => {
  cli = createCliFixture()
  mkdirSync(cli.dataDir, { mode: 0o700 })
})
afterEach(() => cli.close())

/** The superuser's, who needs no password. */
function trusted(database = 'tickets'): string {
  return storeText(server.config({ user: 'postgres', password: null, database }))
}

/** A database whose user must give a password, which is not said here. */
function guarded(): PostgresConfig {
  return server.config({ password: null, database: 'guarded' })
}

function kept(): Record<string, unknown> {
  const file = path.join(cli.dataDir, 'config.json')
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {}
}

describe('use-store', { timeout: 60_000 }, () => {
  test('tries a server step by step, and keeps it for every command from then on', async () => {
    const { code, stdout, stderr } = await cli.run(['use-store', trusted(), '--json'])
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^ok {9}host {9}127\.0\.0\.1 is an address/),
      ...['port', 'tls', 'password', 'database', 'version', 'rights', 'tables'].map(
        (step) => expect.stringMatching(new RegExp(`^ok {9}${step}`)) as string,
      ),
    ])
    expect(code).toBe(0)
    const label = `127.0.0.1:${server.port}/tickets`
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'postgres', label, passwordIn: 'none' })
    expect(kept()).toEqual({ store: trusted() })

    const loaded = await cli.run(['load-sample', '--json'])
    expect(loaded.code).toBe(0)
    const { loaded: count } = JSON.parse(loaded.stdout) as { loaded: number }
    const [{ stored } = {}] = await server.sql(
      'SELECT count(*)::int AS stored FROM jira_tpm.tickets',
      'tickets',
    )
    expect(stored).toBe(count)

    const back = await cli.run(['use-store', 'sqlite'])
    expect(back).toMatchObject({
      code: 0,
      stdout: 'Tickets are kept in tpm.sqlite of the data folder from now on.\n',
    })
    expect(kept()).toEqual({})
  })

  test('a step that fails: its sentence, what to do, and nothing is kept', async () => {
    const { code, stdout, stderr } = await cli.run(['use-store', trusted('nowhere')])
    expect(stderr).toMatch(
      /^FAILED {5}database {5}The server has no database nowhere\.\n {24}Check its name/m,
    )
    expect(stderr).toMatch(
      /Not used: The server has no database nowhere\. Nothing was kept\. .*CREATE DATABASE/,
    )
    expect([code, stdout, kept()]).toEqual([3, '', {}])
  })

  test('a server that is out of reach: exit 1', async () => {
    const { code } = await cli.run(['use-store', trusted().replace(`:${server.port}`, ':1')])
    expect([code, kept()]).toEqual([1, {}])
  })

  test('a wrong password from stdin: exit 3, and it shows nowhere', async () => {
    const store = storeText(server.config())
    const stdin = { typed: 'wrong pass word\n', endsStdin: true }
    const { code, stdout, stderr } = await cli.run(['use-store', store, '--password-stdin'], stdin)
    expect(stderr).toContain('does not take this password')
    expect(stdout + stderr).not.toContain('wrong pass word')
    expect([code, kept()]).toEqual([3, {}])
  })

  test('is done also where the Jira cannot be opened, and says what is wrong with that', async () => {
    const env = { JIRA_URL: 'http://127.0.0.1:1', JIRA_USER: 'me@example.com', JIRA_API_KEY: 'token-of-mine' }
    const { code, stdout, stderr } = await cli.run(['use-store', trusted()], { env })
    expect(stdout).toContain('Tickets are kept in')
    expect(stderr).toMatch(/127\.0\.0\.1:1 could not be reached/)
    expect([code, kept()]).toEqual([0, { store: trusted() }])
  })

  test.each(['DATABASE_URL', 'PSQL_HOST'])('is refused where %s says which store is used', async (name) => {
    const env = { [name]: name === 'PSQL_HOST' ? '127.0.0.1' : trusted() }
    const { code, stderr } = await cli.run(['use-store', 'sqlite'], { env })
    expect(stderr).toContain(`${name} says which store is used`)
    expect(code).toBe(2)
  })
})

/** The same, as it is written in config.json. */
function guardedText(): string {
  return storeText(guarded())
}

describe('on a machine without a keychain', { timeout: 60_000 }, () => {
  test('the password is taken from PSQL_PW, by this command and all after it', async () => {
    const env = { PSQL_PW: PASSWORD }
    const used = await cli.run(['use-store', guardedText(), '--json'], { env })
    expect(used).toMatchObject({ code: 0 })
    expect(JSON.parse(used.stdout)).toMatchObject({ kind: 'postgres', passwordIn: 'environment' })
    expect(kept()).toEqual({ store: guardedText() })
    expect(await cli.run(['load-sample'], { env })).toMatchObject({ code: 0 })
    expect(await cli.run(['load-sample'])).toMatchObject({ code: 3 })
    expect(JSON.stringify(kept()) + used.stdout + used.stderr).not.toContain(PASSWORD)
  })

  test('one that is given cannot be kept: nothing is, and it is said what works', async () => {
    // Nobody answers there, whatever the machine has.
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'unix:path=/nowhere')
    onTestFinished(() => void vi.unstubAllEnvs())
    const stdin = { typed: PASSWORD, endsStdin: true }
    const { code, stderr } = await cli.run(['use-store', guardedText(), '--password-stdin'], stdin)
    expect([code, kept()]).toEqual([3, {}])
    expect(stderr).toContain('PSQL_PW')
  })
})

describe('the password', () => {
  let fixture: ConnectFixture
  beforeEach(() => {
    fixture = createConnectFixture(cli.dataDir)
  })

  /** As the command does it, with a keychain of the test's. */
  async function use(io: Parameters<typeof createTestIo>[1], passwordStdin = false): Promise<string> {
    const { io: terminal, written } = createTestIo(cli.cwd, io)
    const store = guarded()
    const password = await askPassword(terminal, store, passwordStdin)
    await keepStore(terminal, fixture.client, { ...store, password })
    return written.stderr
  }

  test('from stdin goes into the keychain, all else into config.json', async () => {
    const stderr = await use({ typed: `${PASSWORD}\r\n`, endsStdin: true }, true)
    expect([...fixture.keychain.values()]).toEqual([PASSWORD])
    expect(fixture.config().store).toEqual(guarded())
    expect(JSON.stringify(kept()) + stderr).not.toContain(PASSWORD)
  })

  test('typed at a terminal is not shown; Enter takes the one that is kept', async () => {
    const stderr = await use({ isTTY: true, answers: [[/Password of owner/, `${PASSWORD}\r`]] })
    expect(stderr).not.toContain(PASSWORD)
    expect([...fixture.keychain.values()]).toEqual([PASSWORD])
    await use({ isTTY: true, answers: [[/Password of owner/, '\r']] })
    await use({})
    expect([...fixture.keychain.values()]).toEqual([PASSWORD])
  })

  test('that is wanted and nowhere: says so', async () => {
    await expect(use({})).rejects.toMatchObject({
      code: 'not-authenticated',
      message: expect.stringContaining('wants a password for the user owner, and none is set') as string,
    })
  })

  test('an empty stdin is none', async () => {
    await expect(use({ typed: '\n', endsStdin: true }, true)).rejects.toMatchObject({ code: 'usage' })
  })

  test('Ctrl-C at the question: cancelled, nothing is kept', async () => {
    const leaving = use({ isTTY: true, answers: [[/Password of owner/, '\u0003']] })
    await expect(leaving).rejects.toMatchObject({ code: 'cancelled' })
    expect(kept()).toEqual({})
  })
})

describe('doctor', { timeout: 60_000 }, () => {
  interface Doctored {
    readonly ok: boolean
    readonly steps: readonly { readonly step: string; readonly state: string; readonly message: string }[]
  }

  test('goes through the server step by step in place of the file', async () => {
    const config = JSON.stringify({ store: trusted() })
    writeFileSync(path.join(cli.dataDir, 'config.json'), config, { mode: 0o600 })
    const { code, stdout } = await cli.run(['doctor', '--json'])
    const { ok, steps } = JSON.parse(stdout) as Doctored
    expect(steps.slice(0, 11).map(({ step }) => step)).toEqual([
      'data-folder',
      'tokens',
      'host',
      'port',
      'tls',
      'password',
      'database',
      'version',
      'rights',
      'tables',
      'secrets',
    ])
    expect(steps.slice(0, 10).map(({ state }) => state)).toEqual(Array(10).fill('ok'))
    expect([ok, code]).toEqual([true, 0])
  })

  test('names what is wrong, with its exit code, and goes on to the Jira', async () => {
    const env = { DATABASE_URL: trusted('nowhere') }
    const { code, stdout } = await cli.run(['doctor'], { env })
    expect(stdout).toMatch(/^FAILED {5}database {5}The server has no database nowhere\.\n {24}Check/m)
    expect(stdout).toMatch(/^not tried {2}tables$/m)
    expect(stdout).toMatch(/^ok {9}identity/m)
    expect(code).toBe(3)
  })
})
