import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { runningInstances } from '../workspace/instance.ts'
import { createCliFixture, type CliFixture } from './cli-fixture.ts'

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
