import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeCertificate } from '../../../test-support/jira/tls.ts'
import { startTlsFront } from '../../../test-support/preflight/tls-front.ts'
import type { MoodName } from '#jira-sandbox'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let sandbox: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.stop())
beforeEach(async () => {
  await sandbox.setMood('healthy')
  cli = createCliFixture()
})
afterEach(() => cli.close())

interface Finding {
  readonly step: string
  readonly state: string
  readonly message: string
  readonly hint: string
}

interface Doctored {
  readonly code: number
  readonly ok: boolean
  readonly steps: readonly Finding[]
}

async function doctor({
  url,
  email,
  apiToken,
}: Pick<TestSandbox, 'url' | 'email' | 'apiToken'> = sandbox): Promise<Doctored> {
  const env = { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken }
  const { code, stdout, stderr } = await cli.run(['doctor', '--json'], { env })
  expect(stdout + stderr).not.toContain(apiToken)
  return { code, ...(JSON.parse(stdout) as Omit<Doctored, 'code'>) }
}

/** What must be named: the step, words of its sentences, and the exit code. */
type Diagnosis = readonly [mood: MoodName, step: string, words: RegExp, code: number]

const FAULTS: readonly Diagnosis[] = [
  ['login-page', 'server', /web page.*log-in page/s, 1],
  ['login-redirect', 'server', /login page/, 1],
  ['moved-away', 'server', /redirect to/, 1],
  ['rate-limited', 'server', /takes no more requests.*Wait/s, 1],
  ['expired-token', 'identity', /did not accept.*expire/s, 3],
  ['looks-empty', 'identity', /did not accept.*expire/s, 3],
  ['locked-out', 'identity', /locked the account out.*CAPTCHA/s, 3],
  ['no-project', 'project', /sees no project.*Browse projects/s, 3],
  ['other-priorities', 'watched', /High or Highest.*Blocker, Critical/s, 3],
  ['localised-priorities', 'watched', /High or Highest.*Höchste, Hoch/s, 3],
  ['wrong-clock', 'clock', /20 min ahead of/, 0],
  ['no-create-permission', 'create', /may not create.*Create issues/s, 0],
  ['no-delete-permission', 'delete', /may not delete.*Delete issues/s, 0],
  ['no-priority-on-screen', 'priority', /Priority cannot be set.*create screen/s, 0],
  ['demanding-screen', 'priority', /must have fields/, 0],
]

/** These are tried again before they are told, which takes seconds; the preflight's own tests have all of them. */
const SLOW_FAULTS: readonly Diagnosis[] = [
  ['down', 'server', /HTTP 503/, 1],
  ...(process.env['JIRA_TPM_LONG']
    ? ([
        ['gateway-error', 'server', /HTTP 502/, 1],
        ['cut-answers', 'address', /broke the connection/, 1],
        ['silent', 'address', /did not begin to answer/, 1],
      ] as const)
    : []),
]

/** What the doctor says of a step, and how it ends. */
function said({ ok, code, steps }: Doctored, name: string): unknown {
  const step = steps.find((candidate) => candidate.step === name)
  return { ok, code, state: step?.state, text: `${step?.message} ${step?.hint}` }
}

/** Watching may go on with a warning, not with a failure. */
function named([, , words, code]: Diagnosis): unknown {
  const ok = code === 0
  return { ok, code, state: ok ? 'warning' : 'failed', text: expect.stringMatching(words) as string }
}

describe('the fault is named, with what to do', () => {
  test.each(FAULTS)('%s: %s', async (...diagnosis) => {
    await sandbox.setMood(diagnosis[0])
    expect(said(await doctor(), diagnosis[1])).toEqual(named(diagnosis))
  })

  test('what is tried again first, each in a sandbox of its own', async () => {
    const found = SLOW_FAULTS.map(async ([mood, step]) => {
      const own = await startTestSandbox()
      try {
        await own.setMood(mood)
        return said(await doctor(own), step)
      } finally {
        await own.stop()
      }
    })
    expect(await Promise.all(found)).toEqual(SLOW_FAULTS.map(named))
  })

  test('a certificate that nobody vouches for', async () => {
    const url = await startTlsFront(await makeCertificate(), sandbox.url)
    const doctored = await doctor({ ...sandbox, url })
    const diagnosis = ['healthy', 'certificate', /signed by itself.*CA file/s, 1] as const
    expect(said(doctored, 'certificate')).toEqual(named(diagnosis))
  })
})

test.each([
  ['expired-token', 'identity', /did not accept/, 3],
  ['locked-out', 'identity', /locked the account out.*CAPTCHA/s, 3],
  ['login-page', 'server', /web page.*log-in page/s, 1],
  ['scoped-token', 'identity', /./, 0],
] as const)("the workspace's own sandbox in a mood: %s", async (mood, step, words, code) => {
  const controller = new AbortController()
  const { promise: printed, resolve } = Promise.withResolvers<string>()
  const flags = ['sandbox', '--mood', mood, '--history-tickets', '10', '--json']
  const running = cli.run(flags, { signal: controller.signal, onStdout: resolve })
  await Promise.race([printed, running])
  const doctored = await cli.run(['doctor', '--json'])
  controller.abort()
  expect(await running).toMatchObject({ code: 0 })
  const { ok, steps } = JSON.parse(doctored.stdout) as Omit<Doctored, 'code'>
  const found = steps.find((candidate) => candidate.step === step)
  expect([doctored.code, ok, found?.state]).toEqual([code, code === 0, code === 0 ? 'ok' : 'failed'])
  expect(`${found?.message} ${found?.hint}`).toMatch(words)
})

test("types of tickets are looked up where runs make theirs: in one of the sandbox's projects", async () => {
  const { steps } = JSON.parse((await cli.run(['doctor', '--json'])).stdout) as Omit<Doctored, 'code'>
  const messageOf = (step: string) => steps.find((one) => one.step === step)?.message
  expect(messageOf('project')).toMatch(/^Every one that the account sees: .*TPM/)
  expect(messageOf('issue-type')).toBe('Bug, in TPM.')
  expect(messageOf('create')).toBe('The account may create tickets in TPM.')
})

describe('all is well', () => {
  test.each(['healthy', 'scoped-token', 'severity'] as const)('%s', async (mood) => {
    await sandbox.setMood(mood)
    const { ok, code, steps } = await doctor()
    expect([ok, code]).toEqual([true, 0])
    // Of a token in the environment no last day is known.
    expect(steps.filter(({ state }) => state !== 'ok').map(({ step }) => step)).toEqual(['token'])
  })
})

test('on a terminal the lines come as the steps end; what to do is below', async () => {
  await sandbox.setMood('expired-token')
  const env = { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email, JIRA_API_KEY: sandbox.apiToken }
  const heard: string[] = []
  const { code, stdout } = await cli.run(['doctor'], {
    env,
    isTTY: true,
    onStdout: (text) => heard.push(text),
  })
  expect(heard.length).toBeGreaterThan(10)
  expect(stdout).toMatch(/^ok {9}data folder {2}/)
  expect(stdout).toMatch(/FAILED {5}identity .*\n {24}Check the e-mail/)
  expect(stdout).toMatch(/not tried {2}project\n/)
  expect(code).toBe(3)
})

test('no token anywhere: the step secrets says so, and Jira is asked nothing', async () => {
  const { code, stdout } = await cli.run(['doctor', '--json'], {
    env: { JIRA_URL: sandbox.url, JIRA_USER: sandbox.email },
  })
  const { steps } = JSON.parse(stdout) as Doctored
  expect(steps.find(({ state }) => state === 'failed')).toMatchObject({ step: 'secrets' })
  expect(steps.filter(({ state }) => state === 'not-tried')).toHaveLength(13)
  expect(code).toBe(3)
})

test('a token that ends soon is reported by every command, on stderr', async () => {
  const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  mkdirSync(cli.dataDir)
  const file = { jira: sandbox.url, user: sandbox.email, tokenExpires: soon }
  writeFileSync(path.join(cli.dataDir, 'config.json'), JSON.stringify(file))
  const env = { JIRA_API_KEY: sandbox.apiToken }
  const { code, stderr } = await cli.run(['counts', '--json'], { env })
  expect(stderr).toContain(`3 more days, until ${soon}`)
  expect(code).toBe(0)
})

describe('files', () => {
  test.skipIf(process.platform === 'win32')(
    'a folder that others may look into, and a file of tokens that they may read, are named with what to do',
    async () => {
      await cli.run(['token', 'create'])
      const kept = said(await doctor(), 'data-folder')
      expect(kept).toMatchObject({ state: 'ok', text: `${cli.dataDir} ` })
      chmodSync(path.join(cli.dataDir, 'tokens.json'), 0o644)
      const text = expect.stringMatching(/: open to others are tokens\.json\. .*chmod -R go=/) as string
      expect(said(await doctor(), 'data-folder')).toMatchObject({ ok: true, code: 0, state: 'warning', text })
      chmodSync(cli.dataDir, 0o755)
      writeFileSync(path.join(cli.dataDir, 'notes'), '')
      chmodSync(path.join(cli.dataDir, 'notes'), 0o640)
      const { steps } = await doctor()
      const folder = steps.find(({ step }) => step === 'data-folder')
      expect(folder?.message).toMatch(
        /is open to other accounts of this machine, and in it .*notes, tokens\.json/,
      )
    },
  )

  test.each(['', '{"audience":"x"}'])(
    'a broken file of tokens, %j, is told, and what to do',
    async (content) => {
      await cli.run(['token', 'create'])
      expect(said(await doctor(), 'tokens')).toMatchObject({
        ok: true,
        text: 'This data folder has a key that signs tokens; they are in the store: jira-tpm token list. ',
      })
      writeFileSync(path.join(cli.dataDir, 'tokens.json'), content)
      const text = expect.stringMatching(
        /is not a file of the key that signs tokens\. No token is made here; .* Put back/,
      ) as string
      expect(said(await doctor(), 'tokens')).toEqual({ ok: false, code: 3, state: 'failed', text })
    },
  )
})
