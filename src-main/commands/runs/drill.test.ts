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
