import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { makeTestEnvironment } from '../../../test-support/store/store.ts'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'

/** A sandbox that is somebody's real Jira, as far as we can tell. */
let sandbox: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  await sandbox.setMood('healthy')
  cli = createCliFixture(await makeTestEnvironment())
})
afterEach(() => cli.close())

type CallOptions = Parameters<CliFixture['run']>[1]

/** Two tickets in the first second of six: the seed is chosen so. */
const RUN = ['create-tickets', '--count', '2', '--minutes', '0.1', '--seed', '89']

function create(flags: readonly string[], options: CallOptions = {}): Promise<CliResult> {
  return cli.run([...RUN, ...flags], { env: realJira(), ...options })
}

function realJira(): Record<string, string> {
  return { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken }
}

function inBoth(...flags: string[]): string[] {
  return ['create-tickets', '--projects', 'AAA,tpm=2', ...flags]
}

async function made(): Promise<number> {
  return (await sandbox.truth()).length
}

describe('create-tickets in a real Jira asks once', () => {
  test('without a terminal and without --yes: exit 2, nothing is made', async () => {
    const { code, stdout, stderr } = await create(['--json'])
    expect(stderr).toContain('Add --yes')
    expect([code, stdout, await made()]).toEqual([2, '', 0])
  })

  test('a no: nothing is made, exit 0', async () => {
    const { code, stdout, stderr } = await create([], {
      isTTY: true,
      answers: [[/Create 2 tickets in/, 'n']],
    })
    const { host } = new URL(sandbox.url)
    expect(stderr).toContain(`Create 2 tickets in TPM on ${host}?`)
    expect([code, stdout, await made()]).toEqual([0, '', 0])
  })

  test('Ctrl-C at the question is a no', async () => {
    const { stderr } = await create([], { isTTY: true, answers: [[/Create 2 tickets in/, '\u0003']] })
    expect(stderr).toContain('No ticket was made.')
    expect(await made()).toBe(0)
  })

  test.each([
    ['no-create-permission', /can create no type of ticket.*Create issues/s],
    ['no-priority-on-screen', /Priority cannot be set/],
    ['demanding-screen', /must have fields/],
  ] as const)('%s: told before anybody is asked, exit 3', async (mood, words) => {
    await sandbox.setMood(mood)
    const { code, stdout, stderr } = await create([], { isTTY: true })
    expect(stderr).toMatch(words)
    expect(stderr).not.toContain('Create 2 tickets')
    expect([code, stdout, await made()]).toEqual([3, '', 0])
  })

  test('that they cannot be deleted again is said before the question', async () => {
    await sandbox.setMood('no-delete-permission')
    const { stderr } = await create([], { isTTY: true, answers: [[/Create 2 tickets in/, 'n']] })
    expect(stderr).toMatch(/may not delete tickets.*Create 2 tickets/s)
  })

  test('--yes answers for scripts', async () => {
    const { code, stdout } = await create(['--yes', '--json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ planned: 2, created: 2 })
    expect(await made()).toBe(2)
  })

  test.each([
    ['Escape', '\u001B'],
    ['Ctrl-C', '\u0003'],
  ])('%s makes nothing: exit 130', async (_key, typed) => {
    const before = await made()
    const { code, stderr } = await create([], { isTTY: true, answers: [[/Create 2 tickets in/, typed]] })
    expect(stderr).toContain('No ticket was made.')
    expect([code, await made()]).toEqual([130, before])
  })

  test('a yes', async () => {
    const before = await made()
    const { code } = await create([], { isTTY: true, answers: [[/Create 2 tickets in/, 'y']] })
    expect([code, await made()]).toEqual([0, before + 2])
  })
})

/** Questions that only a check asks, of all that went to the Jira. */
async function checksIn(...flags: string[]): Promise<{ code: number; checks: number; requests: number }> {
  const asked: string[] = []
  const front = createServer((request, response) => {
    asked.push(request.url ?? '')
    request.pipe(
      httpRequest(
        `${sandbox.url}${request.url}`,
        { method: request.method ?? '', headers: request.headers },
        (answer) => answer.pipe(response.writeHead(answer.statusCode ?? 0, answer.headers)),
      ),
    )
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void (front.closeAllConnections(), front.close()))
  const { port } = front.address() as AddressInfo
  const env = { ...realJira(), JIRA_URL: `http://127.0.0.1:${port}` }
  const { code } = await cli.run([...RUN, '--yes', ...flags], { env })
  const checks = asked.filter((path) => path.startsWith('/rest/api/3/mypermissions')).length
  return { code, checks, requests: asked.length }
}

describe('what is asked of it', () => {
  test.each([[[]], [['--project', 'tpm']]])('with %j it is checked once, not twice', async (flags) => {
    const { code, checks, requests } = await checksIn(...flags)
    console.log(`create-tickets of 2 tickets: ${requests} requests, ${checks} check`)
    expect([code, checks]).toEqual([0, 1])
  })
})

describe('several projects and none named', () => {
  const projects = [
    { key: 'AAA', name: 'Apples' },
    { key: 'TPM', name: 'Tickets per minute' },
  ]
  beforeEach(() => sandbox.setSettings({ projects }))

  test('at a terminal it is asked which', async () => {
    const { stderr } = await create([], {
      isTTY: true,
      answers: [
        [/Which project/, '\u001B[B\r'],
        [/Create 2 tickets in/, 'n'],
      ],
    })
    expect(stderr).toContain('Create 2 tickets in TPM on')
  })

  test('without one it must be named', async () => {
    const before = await made()
    const { code, stderr } = await create(['--yes'])
    expect(stderr).toMatch(/--project KEY.*AAA, TPM/)
    expect([code, await made()]).toEqual([2, before])
  })
})

describe('several projects that are named', () => {
  const projects = [
    { key: 'AAA', name: 'Apples' },
    { key: 'TPM', name: 'Tickets per minute' },
  ]
  beforeEach(() => sandbox.setSettings({ projects }))
  test('are named in one question, with the number that the profile has of its own', async () => {
    const before = await made()
    const { code, stderr } = await cli.run(inBoth('--profile', '1m@120,1m@240'), {
      env: realJira(),
      isTTY: true,
      answers: [[/Create 6 tickets in/, 'n']],
    })
    expect(stderr).toContain(`Create 6 tickets in AAA, TPM on ${new URL(sandbox.url).host}?`)
    expect([code, await made()]).toEqual([0, before])
  })

  test('get their tickets after a yes, and each its own', async () => {
    const before = await made()
    const flags = [
      '--count',
      '12',
      '--minutes',
      '0.1',
      '--seed',
      '7',
      '--types',
      'Task,Bug',
      '--yes',
      '--json',
    ]
    const { code, stdout } = await cli.run(inBoth(...flags), { env: realJira() })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ planned: 12, created: 12 })
    const tickets = (await sandbox.truth()).slice(before)
    expect(tickets).toHaveLength(12)
    expect(new Set(tickets.map(({ projectKey }) => projectKey))).toEqual(new Set(['AAA', 'TPM']))
  })

  test('are not begun where one of them is not to be seen', async () => {
    const before = await made()
    const argv = ['create-tickets', '--projects', 'TPM,NIX', '--yes']
    const { code, stderr } = await cli.run(argv, { env: realJira() })
    expect(stderr).toContain('NIX')
    expect([code > 0, await made()]).toEqual([true, before])
  })
})

test('the sandbox never asks', async () => {
  const line = 'create-tickets --jira sandbox --count 1 --minutes 1 --compress 600 --json'
  expect(await cli.run(line.split(' '))).toMatchObject({ code: 0 })
})
