import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { runningInstances } from '../../workspace/instance.ts'
import { logFolder } from '../../runtime/log.ts'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let cli: CliFixture
const children: ChildProcess[] = []
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  cli.close()
})

test.each([
  ['every address, open', ['--host', '0.0.0.0'], 2, '--behind-proxy'],
  [
    'TLS files that are not there',
    ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'],
    3,
    'cert.pem cannot be read',
  ],
  [
    'an address of another machine',
    ['--host', '192.0.2.1', '--behind-proxy', '--public-url', 'https://x.example'],
    2,
    'no address of this machine',
  ],
])('%s: refused before anything is served', async (_name, flags, code, says) => {
  const result = await cli.run(['serve', '--port', '0', ...flags])
  expect(result).toMatchObject({ code, stdout: '' })
  expect(result.stderr).toContain(says)
  expect(result.stderr).toContain('Nothing was started')
})

test('one JSON document with the public URL; SIGTERM ends it with 0 within two seconds', async () => {
  const env = {
    JIRA_TPM_DATA_DIR: cli.dataDir,
    JIRA_TPM_PORT: '0',
    JIRA_TPM_PUBLIC_URL: 'https://tpm.example.com',
    JIRA_TPM_BEHIND_PROXY: '1',
  }
  const child = spawn(process.execPath, [inject('programs').cli, 'serve', '--json'], {
    cwd: cli.cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  expect(JSON.parse(line)).toEqual({ url: 'https://tpm.example.com', link: null }) // it may go into a log

  const local =
    runningInstances(cli.dataDir).find(({ dashboard }) => dashboard !== null)?.dashboard?.url ?? ''
  expect((await fetch(`${local}/health`)).status).toBe(200)

  const began = performance.now()
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(performance.now() - began).toBeLessThan(2_000)
})

test('who did what is in access.log, and where a container asks for it on stdout as JSON, whichever process did it', async () => {
  const env = { JIRA_TPM_DATA_DIR: cli.dataDir, JIRA_TPM_PORT: '0', JIRA_TPM_ACCESS_LOG_STDOUT: 'true' }
  const child = spawn(process.execPath, [inject('programs').cli, 'serve', '--json'], {
    cwd: cli.cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  const printed: Record<string, unknown>[] = []
  const stdout = createInterface(child.stdout)
  stdout.on('line', (line) => printed.push(JSON.parse(line) as Record<string, unknown>))
  await once(stdout, 'line')
  const { url } = printed[0] as { url: string }
  const made = JSON.parse((await cli.run(['token', 'create', '--scope', 'run', '--json'])).stdout) as {
    id: string
    token: string
  }
  const fetchNow = (): Promise<Response> =>
    fetch(`${url}/api/sync.now`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${made.token}` },
      body: '{}',
    })
  const { status } = await fetchNow()
  expect((await cli.run(['fetch-tickets'])).code).toBe(0)
  await cli.run(['token', 'revoke', made.id])
  const headers = { authorization: `Bearer ${made.token}` }
  await expect.poll(async () => (await fetch(`${url}/api/session`, { headers })).status).toBe(401)
  expect((await fetchNow()).status).toBe(401)

  const call = { event: 'call', method: 'sync.now' }
  const byServer = [
    { ...call, who: made.id, kind: 'token', scope: 'run', status },
    { ...call, who: null, status: 401 },
  ]
  await expect.poll(() => printed.slice(1).map(({ event }) => event)).toHaveLength(4)
  expect(printed.slice(1)).toMatchObject([
    { event: 'token-made', id: made.id },
    byServer[0],
    { event: 'token-revoked', id: made.id },
    byServer[1],
  ])
  child.kill('SIGTERM')
  await once(child, 'exit')
  const text = readFileSync(path.join(logFolder(cli.dataDir), 'access.log'), 'utf8')
  expect(text + JSON.stringify(printed)).not.toContain(made.token)
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toMatchObject([
    { event: 'token-made', who: 'command line', id: made.id },
    byServer[0],
    { ...call, who: 'command line', status: 'ok' },
    { event: 'token-revoked', who: 'command line', id: made.id },
    byServer[1],
  ])
})

/** A command's server in the demo workspace: what it answers to calls. */
async function served(
  argv: readonly string[],
): Promise<(method: string, params?: object) => Promise<unknown>> {
  const child = spawn(process.execPath, [inject('programs').cli, ...argv, '--port', '0', '--json'], {
    cwd: cli.cwd,
    env: { ...process.env, JIRA_TPM_DATA_DIR: cli.dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  const made = await cli.run(['token', 'create', '--scope', 'run', '--json'])
  const { token } = JSON.parse(made.stdout) as { token: string }
  return async (method, params = {}) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
    const response = await fetch(`${url}/api/${method}`, {
      method: 'POST',
      body: JSON.stringify(params),
      headers,
    })
    return response.json()
  }
}

test.each(['serve', 'plot-data'])('%s begins no run by itself in a demo workspace', async (command) => {
  const call = await served([command])
  const hasFetched = { result: { lastSuccessMs: expect.any(Number) as number } }
  await expect.poll(() => call('sync.status')).toMatchObject(hasFetched)
  await call('sync.now')
  expect(await call('runs.list', { limit: 5 })).toMatchObject({ result: { runs: [] } })
})
