import { startTestSandbox } from '#jira-sandbox/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let cli: CliFixture
beforeAll(() => void (cli = createCliFixture({ TZ: 'UTC' })))
afterAll(() => cli.close())

/** A storm of about 30 tickets in four minutes, after eight with hardly any. */
const STORM = ['--profile', 'spike 8m x30 4m', '--count', '32', '--minutes', '15', '--seed', '7', '--json']

async function drill(...more: string[]) {
  const { code, stdout } = await cli.run(['drill', ...STORM, ...more])
  return { code, ...(JSON.parse(stdout) as Record<string, unknown>) }
}

test(
  'without a rule that can ring no ticket is made; with one it rings in time; where that is off it does not',
  { timeout: 120_000 },
  async () => {
    expect(await drill()).toMatchObject({ code: 5, run: null, state: 'missed' })
    await cli.run(['alerts', 'add', '--at-least', '8', '--in', '5m', '--name', 'Storm'])
    const passed = await drill('--expect-alert-within', '5m')
    expect(passed).toMatchObject({ code: 0, state: 'in-time', alarm: { rule: 'Storm' }, created: 32 })
    const { stdout } = await cli.run(['alerts', 'history'])
    expect(stdout).toContain('REHEARSAL')

    await cli.run(['alerts', 'add', '--at-least', '500', '--in', '5m', '--name', 'Never'])
    await cli.run(['alerts', 'off', 'Storm'])
    expect(await drill()).toMatchObject({
      code: 5,
      state: 'missed',
      alarm: null,
      rules: ['Never'],
      created: 32,
    })
    const ordinary = await cli.run(['create-tickets', ...STORM, '--only-watched', '--compress', '60'])
    expect(ordinary.code).toBe(0)
  },
)

test(
  'in a new sandbox, whose last hour has a storm, a rule above the usual rings for that of the drill',
  { timeout: 120_000 },
  async () => {
    const fresh = createCliFixture({ TZ: 'UTC' })
    onTestFinished(() => fresh.close())
    await fresh.run(['alerts', 'add', '--above-usual', '--name', 'Unusual'])
    const { code, stdout } = await fresh.run(['drill', ...STORM, '--expect-alert-within', '5m'])
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { state: 'in-time', alarm: { rule: 'Unusual' } }])
  },
)

test('what is no time, and a real Jira that nobody agreed to, are refused', async () => {
  const bad = await cli.run(['drill', '--expect-alert-within', 'soon'])
  expect([bad.code, bad.stderr]).toEqual([2, expect.stringContaining('--expect-alert-within takes')])
  const real = await cli.run(['drill', '--jira', 'https://jira.example.com'])
  expect(real.code).toBe(2)
})

test(
  'in a real Jira it goes by the clock, after a yes: the alarm comes within its minute, and is a rehearsal',
  { timeout: 120_000 },
  async () => {
    const sandbox = await startTestSandbox()
    onTestFinished(() => sandbox.stop())
    const real = createCliFixture({
      TZ: 'UTC',
      JIRA_URL: sandbox.url,
      JIRA_USER: sandbox.email,
      JIRA_API_KEY: sandbox.apiToken,
    })
    onTestFinished(() => real.close())
    await real.run(['fetch-tickets'])
    await real.run(['alerts', 'add', '--at-least', '5', '--in', '5m', '--name', 'Storm'])
    const storm = ['--profile', 'even', '--count', '12', '--minutes', '0.1', '--seed', '7', '--only-watched']
    const args = ['drill', ...storm, '--expect-alert-within', '1m', '--json']
    const unasked = await real.run(args)
    expect([unasked.code, (await sandbox.truth()).length]).toEqual([2, 0])

    const began = Date.now()
    const { code, stdout } = await real.run([...args, '--yes'])
    expect([code, JSON.parse(stdout)]).toMatchObject([
      0,
      { state: 'in-time', alarm: { rule: 'Storm' }, created: 12 },
    ])
    expect(Date.now() - began).toBeGreaterThan(4_000)
    expect(await sandbox.truth()).toHaveLength(12)
    expect((await real.run(['alerts', 'history'])).stdout).toContain('REHEARSAL')
  },
)
