import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'
import { hookBody, HOOKS_SECRET, sendHook } from '../../../test-support/server/hooks.ts'
import { makeTestEnvironment } from '../../../test-support/store/store.ts'
import { PATIENCE } from '../../../test-support/sync/sync.ts'
import type { Environment } from '../../config/environment.ts'

// Each role by itself, as `jira-tpm serve` is told: what it says, what it serves, and what it refuses.

let cli: CliFixture
let sandbox: TestSandbox
let environment: Environment
const children: ChildProcess[] = []
beforeEach(async () => {
  cli = createCliFixture()
  sandbox = await startTestSandbox({ historyTickets: 10 })
  // An edge has no token.
  environment = {
    ...(await makeTestEnvironment()),
    JIRA_URL: sandbox.url,
    JIRA_USER: sandbox.email,
    JIRA_PROJECT: 'TPM',
    JIRA_WEBHOOK_SECRET: HOOKS_SECRET,
  }
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  cli.close()
  await sandbox.stop()
})

interface Answer {
  readonly status: number
  readonly body: { readonly ok: boolean; readonly result?: unknown; readonly error?: { message: string } }
}

/** Starts it; returns when it says that it serves. */
async function serve(...flags: readonly string[]) {
  const token = flags.includes('--edge') ? {} : { JIRA_API_KEY: sandbox.apiToken }
  const child = spawn(
    process.execPath,
    [inject('programs').cli, 'serve', '--port', '0', '--json', ...flags],
    {
      cwd: cli.cwd,
      env: { ...process.env, ...environment, ...token, JIRA_TPM_DATA_DIR: cli.dataDir },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  children.push(child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text))
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const said = JSON.parse(line) as { url: string; link: null; hooks?: string }
  const made = await cli.run(['token', 'create', '--scope', 'admin', '--json'], { env: environment })
  const { token: bearer } = JSON.parse(made.stdout) as { token: string }
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${bearer}` }
  return {
    said,
    stderr: () => stderr.replaceAll(/\s+/g, ' '),
    health: async () => (await fetch(`${said.url}/health`)).status,
    call: async (method: string): Promise<Answer> => {
      const answer = await fetch(`${said.url}/api/${method}`, { method: 'POST', headers, body: '{}' })
      return { status: answer.status, body: (await answer.json()) as Answer['body'] }
    },
  }
}

const stored = (one: Awaited<ReturnType<typeof serve>>) => async (): Promise<unknown> =>
  ((await one.call('sync.status')).body.result as { storedTickets?: number } | undefined)?.storedTickets

const hook = (id: number): string => hookBody(id, { site: sandbox.url })

test('one that fetches does all but hooks', { timeout: 60_000 }, async () => {
  const fetcher = await serve()
  expect(fetcher.said).toEqual({ url: expect.stringContaining('http://127.0.0.1:') as string, link: null })
  await expect.poll(stored(fetcher), PATIENCE).toBeGreaterThan(0)
  expect((await fetcher.call('sync.now')).body).toMatchObject({ ok: true })
  expect((await sendHook(`${fetcher.said.url}/hooks/jira`, hook(10_000))).status).not.toBe(204)
})

test(
  'an edge alone serves, says that nobody fetches, and shows what is there once somebody did',
  { timeout: 90_000 },
  async () => {
    const edge = await serve('--edge')
    expect(edge.said).not.toHaveProperty('hooks')
    expect(await edge.health()).toBe(200)
    await expect.poll(edge.stderr, PATIENCE).toContain('No server that fetches has been at this store yet.')
    expect(edge.stderr()).toContain('jira-tpm serve without --edge')
    expect((await edge.call('sync.status')).body).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('No server that fetches') as string },
    })
    await serve()
    await expect.poll(stored(edge), PATIENCE).toBeGreaterThan(0)
    expect((await edge.call('sync.now')).body).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('This server is an edge') as string },
    })
  },
)

test(
  'hooks at an edge alone: none is taken before somebody fetched, and Jira is asked to come again',
  { timeout: 90_000 },
  async () => {
    const edge = await serve('--edge', '--hooks', '--hooks-port', '0')
    const url = edge.said.hooks ?? ''
    const early = await sendHook(url, hook(10_000))
    expect([early.status, early.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await early.text()).toContain('is not open yet')
    await serve()
    await expect.poll(async () => (await sendHook(url, hook(10_000))).status, PATIENCE).toBe(204)
    expect((await edge.call('sync.now')).body.error?.message).toContain('This server is an edge')
  },
)

describe('what does not go together is refused in a sentence, and nothing is started', () => {
  test.each([
    ['a list of roles', ['--roles', 'fetch,edge'], "unknown option '--roles'"],
    [
      'a port of hooks without them',
      ['--hooks-port', '9000'],
      'says where webhooks come, but none are taken',
    ],
    ['an address of hooks at an edge without them', ['--edge', '--hooks-host', '0.0.0.0'], 'Add --hooks.'],
    [
      'hooks that are open to a network and unencrypted',
      ['--edge', '--hooks', '--hooks-host', '0.0.0.0'],
      'where webhooks would come unencrypted',
    ],
  ])('%s', async (_name, flags, says) => {
    const result = await cli.run(['serve', '--port', '0', ...flags], { env: environment })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr.replaceAll(/\s+/g, ' ')).toContain(says)
  })

  test('plot-data has no roles', async () => {
    const result = await cli.run(['plot-data', '--port', '0', '--edge'], { env: environment })
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).toContain("unknown option '--edge'")
  })
})
