import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { DEFAULT_SANDBOX } from '#jira-sandbox'
import { openSqliteStore } from '../store/sqlite/store.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../test-support/store/postgres.ts'
import { runningInstances } from '../workspace/instance.ts'
import { openSandbox } from '../workspace/sandbox-connection.ts'
import {
  createCliFixture,
  type CallOptions,
  type CliFixture,
  type CliResult,
} from '../../test-support/commands/cli.ts'

let server: TestPostgres
let cli: CliFixture
beforeAll(async () => {
  // What it has acknowledged stays, as on a server in use.
  server = await startPostgres({ durable: true })
})
afterAll(() => server.stop())
let databases = 0
let databaseUrl: string
/** A database of its own for each test, on a server that runs, in whatever way the last one left it. */
beforeEach(async () => {
  if (server.pid() === 0) await server.restart()
  const database = `test_${++databases}`
  await queryOnce(server.url(), `CREATE DATABASE ${database}`)
  databaseUrl = server.url(database)
  cli = createCliFixture({ DATABASE_URL: databaseUrl })
  onTestFinished(() => cli.close())
})

/** One for all commands of a test: each finds it by its URL. */
async function keepSandboxOpen(): Promise<void> {
  await cli.run(['fetch-tickets']) // makes the folder
  const config = { dataDir: cli.dataDir, sandbox: DEFAULT_SANDBOX }
  const sandbox = await openSandbox({ config, log: pino({ level: 'silent' }) })
  onTestFinished(() => sandbox.stop())
}

async function json(line: string): Promise<Record<string, unknown>> {
  const result = await cli.run(['--json', ...line.split(' ')])
  expect(result).toMatchObject({ code: 0 })
  return JSON.parse(result.stdout) as Record<string, unknown>
}

function total(document: unknown): number {
  return (document as { buckets: { total: number }[] }).buckets.reduce((sum, bucket) => sum + bucket.total, 0)
}

/** A command that goes on: what it has written so far, and its end. */
function begin(
  line: string,
  options: CallOptions = {},
): { stdout: () => string; end: () => Promise<CliResult>; ended: Promise<CliResult> } {
  const leaving = new AbortController()
  let stdout = ''
  const ended = cli.run(line.split(' '), {
    ...options,
    signal: leaving.signal,
    onStdout: (text) => (stdout += text),
  })
  return {
    stdout: () => stdout,
    ended,
    end: () => {
      leaving.abort()
      return ended
    },
  }
}

describe('a command whose server is out of reach', { timeout: 60_000 }, () => {
  test('fails at once, says why and where, and starts nothing', async () => {
    await server.kill()
    for (const line of [
      'counts',
      'fetch-tickets',
      'create-tickets --count 1',
      'create-table',
      'load-sample',
      'drop-table --yes',
    ]) {
      const { code, stdout, stderr } = await cli.run(['--json', ...line.split(' ')])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toContain(`127.0.0.1:${server.port}`)
      // What stands in for it can show tickets and take a run, but is not the store that is meant.
      const helps = !/table|sample/.test(line)
      expect(stderr.includes('--fallback sqlite')).toBe(helps)
    }
    expect(runningInstances(cli.dataDir)).toEqual([])
  })

  test('with --fallback sqlite works on the file, filled from Jira, and says so; the document is the same', async () => {
    await keepSandboxOpen()
    // All that there is: the last hour moves on meanwhile.
    const usual = await json('counts --from -1d')
    await server.kill()
    const fetched = await cli.run(['fetch-tickets', '--json', '--fallback', 'sqlite'])
    expect(fetched).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('instead, with what was fetched') as string,
    })
    expect(fetched.stderr).not.toContain('Back to')
    expect(JSON.parse(fetched.stdout)).toHaveProperty('cursor')
    const counted = await cli.run(['counts', '--from', '-1d', '--json', '--fallback', 'sqlite'])
    expect(counted.code).toBe(0)
    expect(Object.keys(JSON.parse(counted.stdout) as object)).toEqual(Object.keys(usual))
    expect(total(JSON.parse(counted.stdout))).toBe(total(usual))

    await server.restart()
    const back = await cli.run(['fetch-tickets', '--json', '--fallback', 'sqlite'])
    expect(back).toMatchObject({ code: 0, stderr: expect.not.stringContaining('instead') as string })
  })

  test('never drops the tables of the file in place of those that were meant', async () => {
    await server.kill()
    await cli.run(['fetch-tickets', '--fallback', 'sqlite'])
    const dropped = await cli.run(['drop-table', '--yes', '--fallback', 'sqlite'])
    expect(dropped).toMatchObject({ code: 1, stdout: '' })
    const file = path.join(cli.dataDir, 'tpm.sqlite')
    const store = await openSqliteStore({ file, clock: machineClock })
    onTestFinished(() => store.close())
    expect(await store.dropTables()).toBe(true)
  })
})

async function madeSlots(): Promise<number> {
  const [row] = await queryOnce(
    databaseUrl,
    "SELECT count(*)::int AS made FROM jira_tpm.slots WHERE state = 'created'",
  )
  return Number(row?.['made'])
}

describe('a command whose server goes away under it', { timeout: 60_000 }, () => {
  test('create-tickets waits, and makes the rest when it is back', async () => {
    await keepSandboxOpen()
    const creating = begin('create-tickets --json --jira sandbox --count 16 --minutes 0.1')
    await vi.waitFor(async () => expect(await madeSlots()).toBeGreaterThan(1), {
      timeout: 20_000,
      interval: 100,
    })
    await server.kill()
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await server.restart()
    const { code, stdout, stderr } = await creating.ended
    expect(stderr).toContain('can be used again')
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 0, planned: 16, created: 16 })
    await json('fetch-tickets')
    expect(await json('audit')).toMatchObject({ planned: 16, created: 16, ok: true })
  })

  test('fetch-tickets --watch goes on by itself', async () => {
    const watching = begin('fetch-tickets --watch --json')
    const lines = (): number => watching.stdout().split('\n').length
    await vi.waitFor(() => expect(lines()).toBeGreaterThan(1), { timeout: 20_000 })
    await server.kill()
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    await server.restart()
    const before = lines()
    await vi.waitFor(() => expect(lines()).toBeGreaterThan(before), { timeout: 15_000 })
    const { code, stderr } = await watching.end()
    expect(code).toBe(0)
    expect(stderr).toContain(`127.0.0.1:${server.port}`)
    expect(stderr).toContain('can be used again')
  })
})

/** A dashboard on a terminal, and the browser of the person there, who opened the link that it printed. */
async function beginDashboard(env: CallOptions['env'] = {}) {
  const serving = begin('plot-data --port 0 --json', { stdoutIsTTY: true, env })
  await vi.waitFor(() => expect(serving.stdout()).toContain('url'), { timeout: 20_000 })
  const { url, link } = JSON.parse(serving.stdout()) as { url: string; link: string }
  const post = (name: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: url, ...headers },
      body: JSON.stringify(body),
    })
  const code = new URL(link).hash.replace('#code=', '')
  const traded = await post('session', { code })
  const cookie = traded.headers.get('set-cookie')?.split(';')[0] ?? ''
  return {
    ...serving,
    opened: traded.status,
    openAgain: async (): Promise<number> => (await post('session', { code })).status,
    call: async (method: string, params: unknown = {}): Promise<unknown> =>
      (await post(method, params, { cookie })).json(),
  }
}

describe('plot-data whose server refuses', { timeout: 60_000 }, () => {
  test('serves the settings that can mend it, and says once what is wrong', async () => {
    mkdirSync(cli.dataDir)
    const store = server.url().replace(/[^/]*$/, 'nowhere')
    writeFileSync(path.join(cli.dataDir, 'config.json'), JSON.stringify({ store }))
    const env = { DATABASE_URL: undefined }
    const { opened, openAgain, call, end } = await beginDashboard(env)
    expect([opened, await openAgain()]).toEqual([200, 401])
    expect(await call('settings.get')).toMatchObject({ ok: true })
    const failure = { what: expect.stringContaining('has no database nowhere') as string }
    await vi.waitFor(async () => expect(await call('store.status')).toMatchObject({ result: { failure } }), {
      timeout: 20_000,
      interval: 100,
    })
    // Another store is set in the browser, which stays signed in: what let it in is in that store now.
    expect(await call('settings.useStore', { kind: 'sqlite' })).toMatchObject({ ok: true })
    await vi.waitFor(
      async () =>
        expect(await call('store.status')).toMatchObject({ result: { kind: 'sqlite', failure: null } }),
      { timeout: 20_000, interval: 100 },
    )
    const { stdout } = await cli.run(['token', 'list', '--json'], { env })
    expect(JSON.parse(stdout)).toMatchObject({ tokens: [{ kind: 'link', scope: 'admin', state: 'opened' }] })
    expect(await openAgain()).toBe(401)
    const { code, stderr } = await end()
    expect(stderr.split('has no database nowhere')).toHaveLength(2)
    expect(code).toBe(0)
  })
})

describe('plot-data whose server is not there yet', { timeout: 60_000 }, () => {
  test('lets in by its own link, serves what there is, says what is wrong, and shows all once it comes', async () => {
    await server.kill()
    const { opened, openAgain, call, end } = await beginDashboard()
    expect([opened, await openAgain()]).toEqual([200, 401])
    expect(await call('store.status')).toMatchObject({
      ok: true,
      result: { kind: 'postgres', failure: { code: 'store-unavailable' }, canFallBack: true },
    })
    expect(await call('settings.get')).toMatchObject({ ok: true })
    const token = await cli.run(['token', 'create'])
    expect(token).toMatchObject({ code: 1, stdout: '' })
    expect(token.stderr).toContain(`127.0.0.1:${server.port}`)

    await server.restart()
    const isWhole = async (): Promise<void> => {
      expect(await call('store.status')).toMatchObject({ result: { failure: null } })
      const { result } = (await call('sync.status')) as { result: { storedTickets: number } }
      expect(result.storedTickets).toBeGreaterThan(0)
    }
    await vi.waitFor(isWhole, { timeout: 20_000, interval: 100 })
    const { tokens } = (await json('token list')) as { tokens: { id: string }[] }
    expect(tokens).toMatchObject([{ kind: 'link', scope: 'admin', state: 'opened' }])
    expect(await openAgain()).toBe(401)
    await cli.run(['token', 'revoke', tokens[0]?.id ?? ''])
    await vi.waitFor(async () => expect(await call('store.status')).toMatchObject({ ok: false }), {
      timeout: 5_000,
      interval: 50,
    })
    const { code, stderr } = await end()
    expect(code).toBe(0)
    expect(stderr).toContain('can be used again')
    const log = readFileSync(path.join(cli.dataDir, 'logs', 'jira-tpm.log'), 'utf8').split('\n')
    expect(log.filter((line) => line.includes('"level":50'))).toEqual([
      expect.stringContaining('"msg":"the command failed"'), // that of the token
    ])
  })
})
