import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCli } from './cli.ts'
import { FAULT_TEXTS } from './faults/fault-texts.ts'
import { MOOD_NAMES } from './faults/moods.ts'

interface Described {
  readonly url: string
  readonly kind: string
  readonly user: string
  readonly apiToken: string
}

let ended: AbortController
let running: Promise<number>[]
let said: { out: string; error: string }

beforeEach(() => {
  ended = new AbortController()
  running = []
  said = { out: '', error: '' }
})
afterEach(async () => {
  ended.abort()
  await Promise.all(running)
})

function run(...args: string[]): Promise<number> {
  const io = {
    out: (text: string) => void (said.out += text),
    error: (text: string) => void (said.error += text),
  }
  const code = runCli(args, io, ended.signal)
  running.push(code)
  return code
}

async function started(...args: string[]): Promise<Described> {
  void run('--json', '--history-tickets', '0', ...args)
  await expect.poll(() => said.out).not.toBe('')
  return JSON.parse(said.out) as Described
}

async function status({ url, user, apiToken }: Described, target: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${user}:${apiToken}`).toString('base64')}`
  return (await fetch(url + target, { headers: { authorization } })).status
}

describe('jira-sandbox', () => {
  test.each(['cloud', 'data-center'])('says where it is and who may log in: %s', async (kind) => {
    const jira = await started('--kind', kind, '--user', 'ann@example.com', '--token', 'secret')
    expect(jira).toMatchObject({
      kind,
      user: kind === 'cloud' ? 'ann@example.com' : 'ann',
      apiToken: 'secret',
      mood: 'healthy',
      faults: [],
    })
    expect(await status(jira, '/rest/api/2/myself')).toBe(200)
    expect(await status({ ...jira, apiToken: 'wrong' }, '/rest/api/2/myself')).toBe(401)
  })

  test('a mood and faults are there from the first request on', async () => {
    const jira = await started('--mood', 'down', '--faults', 'captcha,late:ms=1:path=^/none')
    expect(await status(jira, '/rest/api/2/myself')).toBe(503)
    const authorization = `Basic ${Buffer.from(`${jira.user}:${jira.apiToken}`).toString('base64')}`
    const answer = await fetch(`${jira.url}/sandbox/faults`, { headers: { authorization } })
    const { rules } = (await answer.json()) as { rules: { kind: string }[] }
    expect(rules.map(({ kind }) => kind)).toEqual(['captcha', 'status-503', 'late'])
  })

  test('its projects, its context path and its burst limit are as the call says', async () => {
    const jira = await started(
      '--project',
      'OPS=Operations',
      '--project',
      'DEV',
      '--context-path',
      '/jira',
      '--burst',
      '3',
    )
    expect(jira.url).toMatch(/\/jira$/)
    expect(await status(jira, '/rest/api/2/project/OPS')).toBe(200)
    expect(await status(jira, '/rest/api/2/project/DEV')).toBe(200)
    expect(await status(jira, '/rest/api/2/project/TPM')).toBe(404)
    expect(await status(jira, '/rest/api/2/project/DEV')).toBe(429)
  })

  test('for a person it prints a few lines', async () => {
    void run('--kind', 'data-center', '--token', 'secret', '--mood', 'down', '--faults', 'captcha')
    await expect
      .poll(() => said.out)
      .toMatch(/^The sandbox Jira: http:\/\/127\.0\.0\.1:\d+\n  user       demo\n  password   secret/)
    expect(said.out).toContain('\n  mood       down: it answers 503 to everything\n  fault      captcha: ')
  })

  test('--help and --list', async () => {
    expect(await run('--help')).toBe(0)
    for (const flag of ['--port', '--kind', '--faults', '--mood', '--lag']) expect(said.out).toContain(flag)
    said.out = ''
    expect(await run('--list')).toBe(0)
    for (const name of [...Object.keys(FAULT_TEXTS), ...MOOD_NAMES]) expect(said.out).toContain(`  ${name} `)
  })

  test.each([
    [['--colour', 'red'], "Unknown option '--colour'. Nothing was started."],
    [['--port'], "Option '--port <value>' argument missing. Nothing was started."],
    [['serve'], "Unexpected argument 'serve'"],
    [['--port', '70000'], '--port takes a whole number from 0 to 65535, not "70000". Nothing was started.'],
    [['--kind', 'server'], '--kind takes cloud or data-center, not "server". Nothing was started.'],
    [['--mood', 'sad'], '--mood takes the name of a mood, not "sad". Nothing was started.'],
    [
      ['--faults', 'lately'],
      'There is no fault "lately". Nothing was started. jira-sandbox --list names them.',
    ],
    [['--lag', 'soon'], '--lag takes none, seconds (5s)'],
    [['--user-zone', 'Mars'], '--user-zone takes the name of a time zone, not "Mars". Nothing was started.'],
    [
      ['--project', 'x'],
      '--project takes a key of 2 to 10 capital letters and digits, or KEY=NAME, not "x".',
    ],
    [['--context-path', 'jira'], '--context-path takes a path as /jira, not "jira". Nothing was started.'],
  ])('%j is refused in a sentence', async (args, sentence) => {
    expect(await run(...args)).toBe(2)
    expect(said).toMatchObject({ out: '', error: expect.stringContaining(sentence) })
    expect(said.error).toMatch(/\n$/)
  })

  test('a port that is taken ends it with 1', async () => {
    const { url } = await started()
    expect(await run('--port', new URL(url).port)).toBe(1)
    expect(said.error).toContain('is taken, so the sandbox Jira did not start.')
  })

  test('as a program it runs from its source, and a signal ends it with 0', async () => {
    const bin = path.join(import.meta.dirname, '..', 'bin', 'jira-sandbox.mjs')
    const child = spawn(process.execPath, [bin, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    const [first] = (await once(child.stdout, 'data')) as [Buffer]
    expect(await status(JSON.parse(first.toString()) as Described, '/rest/api/3/myself')).toBe(200)
    child.kill('SIGTERM')
    expect(await exit).toEqual([0, null])
  })
})
