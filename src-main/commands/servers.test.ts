import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { promisedMs } from '../../test-support/promised.ts'
import { runningInstances } from '../workspace/instance.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../test-support/commands/cli.ts'

let cli: CliFixture
const children: ChildProcess[] = []
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  cli.close()
})

interface Running {
  /** The first document that it printed. */
  readonly document: Record<string, string>
  end(): Promise<CliResult>
}

/** A command that goes on until Ctrl-C, in this process. */
async function start(argv: readonly string[]): Promise<Running> {
  const controller = new AbortController()
  const { promise: printed, resolve } = Promise.withResolvers<string>()
  const running = cli.run([...argv, '--json'], { signal: controller.signal, onStdout: resolve })
  const first = await Promise.race([printed, running])
  if (typeof first !== 'string') throw new Error(`it ended: ${first.stderr}`)
  return {
    document: JSON.parse(first) as Record<string, string>,
    end: () => {
      controller.abort()
      return running
    },
  }
}

/** A process of its own, until it has written something. */
async function startProcess(argv: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, [inject('programs').cli, ...argv], {
    cwd: cli.cwd,
    env: { ...process.env, JIRA_TPM_DATA_DIR: cli.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data')])
  return child
}

describe('sandbox', () => {
  test('says where it is and how to sign in; a second one names the first; Ctrl-C ends it with 0', async () => {
    const sandbox = await start(['sandbox', '--history-tickets', '5'])
    const { url = '', email = '', apiToken = '' } = sandbox.document
    const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`
    expect((await fetch(`${url}/rest/api/3/myself`, { headers: { authorization } })).status).toBe(200)

    const second = await cli.run(['sandbox'])
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(url) as string })
    expect(await sandbox.end()).toMatchObject({ code: 0, stderr: '' })
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('in a mood: its Jira is in it, and a second sandbox still finds the first', async () => {
    const sandbox = await start(['sandbox', '--mood', 'expired-token'])
    const { url = '', email = '', apiToken = '', mood } = sandbox.document
    expect(mood).toBe('expired-token')
    const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`
    expect((await fetch(`${url}/rest/api/3/myself`, { headers: { authorization } })).status).toBe(401)
    const second = await cli.run(['sandbox', '--mood', 'healthy'])
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(url) as string })
    expect(await sandbox.end()).toMatchObject({ code: 0 })
  })

  test('the moods are listed, and nothing is started for that', async () => {
    const { code, stdout } = await cli.run(['sandbox', '--mood', 'list', '--json'])
    expect(code).toBe(0)
    const { moods } = JSON.parse(stdout) as { moods: { name: string; what: string }[] }
    expect(moods).toContainEqual({ name: 'down', what: 'answers 503 to everything' })
    expect(runningInstances(cli.dataDir)).toEqual([])
    expect((await cli.run(['sandbox', '--mood', 'list'])).stdout).toContain('down')
  })

  test('as a Jira by its URL: fetched with the right token, exit 3 and nothing moved with a wrong one', async () => {
    const sandbox = await start(['sandbox', '--history-tickets', '5'])
    const { url = '', email = '', apiToken = '' } = sandbox.document
    const env = { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken }
    const fetched = await cli.run(['fetch-tickets', '--json'], { env })
    expect(fetched.code).toBe(0)

    const wrong = { env: { ...env, JIRA_API_KEY: 'wrong' } }
    expect(await cli.run(['fetch-tickets', '--json'], wrong)).toMatchObject({ code: 3, stdout: '' })
    const doctor = await cli.run(['doctor', '--json'], wrong)
    expect(doctor.code).toBe(3)
    const { ok, steps } = JSON.parse(doctor.stdout) as {
      ok: boolean
      steps: { step: string; state: string }[]
    }
    expect(ok).toBe(false)
    expect(steps.find(({ state }) => state === 'failed')?.step).toBe('identity')
    expect(doctor.stdout + doctor.stderr).not.toContain('"wrong"')

    const compressed = await cli.run(['-c', '--count', '1', '--minutes', '1', '--compress', '60'], { env })
    expect(compressed).toMatchObject({ code: 2, stderr: expect.stringMatching(/Jira stamps/i) as string })
    const planned = await cli.run(['-c', '--dry-run', '--compress', '60'], { env })
    expect(planned).toMatchObject({ code: 2, stdout: '' })
    await sandbox.end()
  })
})

describe('plot-data', () => {
  test('serves browsers by the link and programs by the token until Ctrl-C; a second one on the port names the first', async () => {
    const dashboard = await start(['plot-data', '--port', '0'])
    const { url = '' } = dashboard.document
    const { stdout: link } = await cli.run(['token', 'link', '--scope', 'admin'])
    expect(link).toMatch(new RegExp(`^${url}/#code=`))
    const trade = await fetch(`${url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: new URL(link.trim()).hash.replace('#code=', '') }),
    })
    expect(await trade.json()).toEqual({ ok: true, result: { scope: 'admin' } })
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ ok: true })

    const { stdout: token } = await cli.run(['token', 'create'])
    const call = await fetch(`${url}/api/session.get`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token.trim()}`,
        'content-type': 'application/json',
      },
      body: '{}',
    })
    expect(await call.json()).toMatchObject({ ok: true, result: { site: { kind: 'sandbox' } } })

    const second = await cli.run(['-p', '--port', new URL(url).port])
    expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining(`at ${url}`) as string })
    expect(await dashboard.end()).toMatchObject({ code: 0 })
  })
})

test.each(['plot-data', 'serve'])(
  '%s into a pipe prints no link, says how to make one, and makes none',
  async (command) => {
    const controller = new AbortController()
    const { promise: printed, resolve } = Promise.withResolvers<string>()
    const running = cli.run([command, '--port', '0'], { signal: controller.signal, onStdout: resolve })
    expect(await printed).toMatch(
      /^The dashboard: http:\/\/127\.0\.0\.1:\d+\nA link that lets a browser in: jira-tpm token link --scope admin\. /,
    )
    expect((await cli.run(['token', 'list'])).stdout).toContain('There is no token')
    controller.abort()
    const { stdout, stderr } = await running
    expect(stdout + stderr).not.toContain('code=')
  },
)

describe('fetch-tickets --watch', () => {
  test('a line a fetch until Ctrl-C, then exit 0', async () => {
    const watching = await start(['fetch-tickets', '--watch'])
    expect(Number(watching.document['inserted'])).toBeGreaterThan(0)
    const { code, stdout } = await watching.end()
    expect(code).toBe(0)
    for (const line of stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('cursor')
  })
})

describe('Ctrl-C in a process of its own', () => {
  test('sandbox: exit 0 within two seconds', async () => {
    const child = await startProcess(['sandbox'])
    const startedMs = performance.now()
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(performance.now() - startedMs).toBeLessThan(promisedMs(2_000))
  })

  test('create-tickets: the run is paused and says so, exit 130 within two seconds', async () => {
    const child = await startProcess(['create-tickets', '--count', '100', '--minutes', '60'])
    let stderr = ''
    child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()))
    const startedMs = performance.now()
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([130, null])
    expect(performance.now() - startedMs).toBeLessThan(promisedMs(2_000))
    expect(stderr).toMatch(/Run \w+ is paused: \d+ of 100 tickets/)
  })
})
