import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { PostgresDraft, StoreCheck } from '../../src-shared/contract/store.ts'
import { createApp, type App } from '../app/app.ts'
import { readConfig, type ConfigSources } from '../config/read-config.ts'
import { startTestSandbox } from '#jira-sandbox/testing'
import { createSecrets } from '../secrets/secrets.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../../test-support/secrets/secrets.ts'
import {
  PASSWORD,
  startGuardedServer,
  type GuardedServer,
} from '../../test-support/store-check/store-check.ts'
import { testFolder } from '../../test-support/end.ts'

const log = pino({ level: 'silent' })
let server: GuardedServer
let dataDir: string
let keychain: MemoryKeychain
beforeAll(async () => {
  server = await startGuardedServer()
})
afterAll(() => server.stop())
beforeEach(async () => {
  dataDir = testFolder()
  keychain = createMemoryKeychain()
  await server.sql('DROP DATABASE tickets WITH (FORCE)')
  await server.sql('CREATE DATABASE tickets OWNER owner')
})

function open(sources: Partial<ConfigSources> = {}): App {
  const read = () => readConfig({ flags: { dataDir }, env: {}, cwd: dataDir, ...sources })
  const secrets = createSecrets({ dataDir, log, keychain })
  const app = createApp(read(), { log, readConfig: read, secrets, background: false })
  onTestFinished(() => app.stop())
  return app
}

function draft(changes: Partial<PostgresDraft> = {}): PostgresDraft {
  const { host, port } = server
  const filledIn = { host, port, database: 'tickets', user: 'owner', password: PASSWORD } as const
  return { kind: 'postgres', ...filledIn, tls: 'disable', caFile: null, ...changes }
}

/** What is shown of it, once it is kept. */
function shown(): unknown {
  const { password: _password, ...store } = draft()
  return store
}

function workspaceText(): string {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'latin1'))
    .join('\n')
}

const sqlite = { kind: 'sqlite', label: 'tpm.sqlite' }

describe('using a PostgreSQL server', () => {
  test('goes over to it at once, and the next start finds it', async () => {
    const app = open()
    expect(await app.client.call('settings.store', {})).toEqual({
      store: sqlite,
      passwordIn: 'none',
      fixedBy: null,
    })
    const changed = vi.fn()
    app.hub.on('session.changed', changed)
    const check = await app.client.call('settings.useStore', draft())
    expect(check.state).toBe('green')
    expect(changed).toHaveBeenCalled()
    expect((await app.client.call('session.get', {})).store.kind).toBe('postgres')
    const { inserted } = await app.client.call('sync.now', {})
    expect(inserted).toBeGreaterThan(0)
    const [{ stored } = {}] = await server.sql(
      'SELECT count(*)::int AS stored FROM jira_tpm.tickets',
      'tickets',
    )
    expect(stored).toBe(inserted)
    await app.stop()

    const again = open()
    expect(await again.client.call('settings.store', {})).toEqual({
      store: shown(),
      passwordIn: 'keychain',
      fixedBy: null,
    })
    expect((await again.client.call('sync.now', {})).inserted).toBe(0)
  })

  test('keeps the password in the keychain alone, and tells it nobody', async () => {
    const app = open()
    const told: string[] = []
    app.hub.onAny((event, payload) => told.push(JSON.stringify([event, payload])))
    const answers = [
      await app.client.call('settings.useStore', draft()),
      await app.client.call('settings.store', {}),
      await app.client.call('session.get', {}),
    ]
    expect([...keychain.entries]).toEqual([[`postgres owner@127.0.0.1:${server.port}/tickets`, PASSWORD]])
    expect(JSON.stringify(answers) + told.join('')).not.toContain(PASSWORD)
    expect(workspaceText()).not.toContain(PASSWORD)
  })

  test('tells each step, and keeps nothing where one fails', async () => {
    const app = open()
    const told: StoreCheck[] = []
    app.hub.on('store-check.changed', (check) => told.push(check))
    const check = await app.client.call('settings.useStore', draft({ password: 'wrong pass word' }))
    expect(check.state).toBe('red')
    expect(told[0]?.state).toBe('running')
    expect(told.at(-1)).toEqual(check)
    expect(await app.client.call('settings.store', {})).toMatchObject({ store: sqlite })
    expect((await app.client.call('session.get', {})).store.kind).toBe('sqlite')
    expect(keychain.entries.size).toBe(0)
  })

  test('without a password takes the one that is kept for this server, database and user', async () => {
    const app = open()
    await app.client.call('settings.useStore', draft())
    expect((await app.client.call('settings.useStore', draft({ password: null }))).state).toBe('green')
    const { steps } = await app.client.call('settings.useStore', draft({ password: null, database: 'other' }))
    expect(steps.find(({ state }) => state === 'failed')).toMatchObject({ id: 'password' })
  })

  test('a password that was changed at the server is replaced', async () => {
    const app = open()
    await app.client.call('settings.useStore', draft())
    await server.sql("ALTER ROLE owner PASSWORD 'another pass word'")
    onTestFinished(() => server.sql(`ALTER ROLE owner PASSWORD '${PASSWORD}'`).then(() => {}))
    await app.client.call('settings.useStore', draft({ password: 'another pass word' }))
    await app.client.call('sync.now', {})
    expect([...keychain.entries.values()]).toEqual(['another pass word'])
  })

  test('a keychain that is locked keeps everything as it was', async () => {
    const app = open()
    keychain.trouble = 'locked'
    await expect(app.client.call('settings.useStore', draft())).rejects.toMatchObject({
      code: 'secrets-unavailable',
    })
    expect(await app.client.call('settings.store', {})).toMatchObject({ store: sqlite })
  })

  test('a check alone changes nothing', async () => {
    const app = open()
    expect((await app.client.call('settings.checkStore', draft())).state).toBe('green')
    expect(await app.client.call('settings.store', {})).toMatchObject({ store: sqlite })
    expect(keychain.entries.size).toBe(0)
    expect(await server.sql("SELECT to_regnamespace('jira_tpm') AS made", 'tickets')).toEqual([
      { made: null },
    ])
  })
})

describe('going back to the file', () => {
  test('finds what it had, and leaves the server as it is', async () => {
    const app = open()
    expect((await app.client.call('sync.now', {})).inserted).toBeGreaterThan(0)
    await app.client.call('settings.useStore', draft())
    const message = `The password that was kept for owner at 127.0.0.1:${server.port}/tickets is forgotten.`
    expect(await app.client.call('settings.useStore', { kind: 'sqlite' })).toEqual({
      state: 'green',
      steps: [{ id: 'password', state: 'ok', message, hint: '' }],
    })
    expect(keychain.entries.size).toBe(0)
    expect(await app.client.call('settings.useStore', { kind: 'sqlite' })).toEqual({
      state: 'green',
      steps: [],
    })
    expect(await app.client.call('settings.store', {})).toMatchObject({ store: sqlite })
    expect((await app.client.call('sync.now', {})).inserted).toBe(0)
  })
})

test('a keychain that is locked does not keep anybody from the file, and what stays in it is said', async () => {
  const app = open()
  await app.client.call('settings.useStore', draft())
  keychain.trouble = 'locked'
  const { state, steps } = await app.client.call('settings.useStore', { kind: 'sqlite' })
  expect([state, steps]).toMatchObject([
    'green',
    [
      {
        id: 'password',
        state: 'warning',
        message: expect.stringContaining('could not be deleted') as string,
      },
    ],
  ])
  expect(await app.client.call('settings.store', {})).toMatchObject({ store: sqlite })
})

describe('is refused', () => {
  test.each([
    { by: '--store', sources: { flags: { store: 'sqlite:own.sqlite' } } },
    { by: 'DATABASE_URL', sources: { env: { DATABASE_URL: 'postgres://me:pass-word@127.0.0.1:1/x' } } },
    { by: 'PSQL_HOST', sources: { env: { PSQL_HOST: '127.0.0.1', PSQL_PORT: '1', PSQL_PW: 'pass-word' } } },
  ])('where it is fixed by $by', async ({ by, sources }) => {
    const { flags, ...rest } = sources as Partial<ConfigSources>
    const app = open({ ...rest, flags: { dataDir, ...flags } })
    await expect(app.client.call('settings.useStore', draft())).rejects.toThrow(by)
    const settings = await app.client.call('settings.store', {})
    expect(settings).toMatchObject({ fixedBy: by, passwordIn: by === '--store' ? 'none' : 'environment' })
    expect(JSON.stringify(settings)).not.toContain('pass-word')
  })

  test('while a run is under way in a real Jira', async () => {
    const site = await startTestSandbox()
    onTestFinished(() => site.stop())
    const env = { JIRA_URL: site.url, JIRA_USER: site.email, JIRA_API_KEY: site.apiToken }
    const app = open({ env })
    const confirmedSite = (await app.client.call('session.get', {})).site.id
    await app.client.call('runs.start', { count: 50, minutes: 5, confirmedSite })
    await expect(app.client.call('settings.useStore', draft())).rejects.toMatchObject({ code: 'busy' })
  })
})

test('a run of the sandbox is paused, and waits in the store that it is in', async () => {
  const app = open()
  await app.client.call('runs.start', { count: 50, minutes: 5 })
  expect((await app.client.call('settings.useStore', draft())).state).toBe('green')
  expect(await app.client.call('runs.current', {})).toBeNull()
  await app.client.call('settings.useStore', { kind: 'sqlite' })
  expect(await app.client.call('runs.current', {})).toMatchObject({ state: 'paused', planned: 50 })
})
