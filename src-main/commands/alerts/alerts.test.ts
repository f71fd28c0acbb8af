import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let cli: CliFixture
beforeAll(async () => {
  cli = createCliFixture({ TZ: 'UTC' })
  await cli.run(['fetch-tickets'])
}, 60_000)
afterAll(() => cli.close())

async function alerts(line: string) {
  const { code, stdout, stderr } = await cli.run(['alerts', ...line.split(' ').filter((word) => word !== '')])
  return { code, stdout, stderr }
}

async function json(line: string): Promise<Record<string, unknown>> {
  return JSON.parse((await alerts(`${line} --json`)).stdout) as Record<string, unknown>
}

test('a rule is added, listed, silenced, switched off and on, and removed', { timeout: 60_000 }, async () => {
  expect((await alerts('')).stdout).toContain('There is no rule yet.')
  expect(await json('add --at-least 8 --in 10m --priority highest --name Storm')).toMatchObject({
    name: 'Storm',
    condition: { kind: 'at-least', tickets: 8, minutes: 10 },
    scope: { priority: expect.any(String) as string },
    on: true,
  })
  expect((await alerts('add --above-usual --often week')).stdout).toBe(
    '“Above the usual, by chance once a week” is added, and on.\n',
  )
  const { stdout } = await alerts('list')
  expect(stdout).toMatch(/^rule +now +since +alarm +of\n/)
  expect(stdout).toMatch(/\nStorm +unknown +At least 8 tickets in 10 min +Highest\n/)
  expect(stdout).toContain('No instance evaluates the rules')
  expect((await alerts('silence Storm --for 1h')).stdout).toMatch(
    /^“Storm” disturbs nobody until .* \(UTC\)\.\n$/,
  )
  expect((await alerts('silence --until-usual')).stdout).toBe(
    'All 2 rules disturb nobody until things are as usual again.\n',
  )
  expect((await alerts('silence --end')).stdout).toBe('All 2 rules are no longer silenced.\n')
  expect((await alerts('off Storm')).stdout).toBe('“Storm” is off.\n')
  expect(await json('list')).toMatchObject({
    away: null,
    rules: [{ name: 'Storm', phase: 'off' }, { on: true }],
  })
  expect((await alerts('on Storm')).code).toBe(0)
  expect((await alerts('test Storm')).stdout).toMatch(
    /^“Storm” is no alarm now\. It would say:\n\d+ Highest ticket/,
  )
  expect((await alerts('remove Storm')).stdout).toContain('“Storm” is removed.')
  expect((await alerts('history')).stdout).toBe('There was no alert yet.\n')
  expect(await json('history')).toEqual({ alerts: [] })
})

test('each kind of rule can be added', { timeout: 60_000 }, async () => {
  for (const [asked, condition] of [
    ['--at-least 8 --in 5m', { kind: 'at-least', tickets: 8, minutes: 5 }],
    ['--above-usual', { kind: 'above-usual', often: 'month' }],
    ['--nothing-fetched 2m', { kind: 'nothing-fetched', minutes: 2 }],
    ['--too-quiet', { kind: 'too-quiet' }],
  ] as const) {
    const { id, ...added } = await json(`add ${asked} --name Kind`)
    expect(added).toMatchObject({ name: 'Kind', condition, on: true })
    expect((await json('list'))['rules']).toContainEqual(expect.objectContaining({ id, condition }))
    expect((await alerts('remove Kind')).code).toBe(0)
  }
})

test(
  'what a rule would have done is told before there is one, each time with its link',
  { timeout: 60_000 },
  async () => {
    const { stdout } = await alerts('replay --at-least 3 --in 5m')
    expect(stdout).toMatch(
      /^Would have fired \d+ times in 4 weeks\.\n {2}\d+ \w+ \d\d:\d\d, .* at once: #from=/,
    )
    const { fired } = await json('replay --at-least 1000 --in 24h --weeks 1')
    expect(fired).toEqual([])
  },
)

test.each([
  ['add', 'It is not said when the rule is an alarm.'],
  ['add --too-quiet --at-least 3', 'A rule is an alarm for one reason.'],
  ['add --at-least 0', '--at-least takes a whole number from 1 to 1000000, not "0".'],
  ['add --at-least 3 --in 25h', '--in takes whole minutes from 1m to 24h, not "25h".'],
  ['add --too-quiet --in 5m', '--in goes with --at-least alone.'],
  ['add --too-quiet --project GONE', 'shows no project GONE.'],
  ['add --too-quiet --priority Trivial', 'The priority Trivial is not watched.'],
  ['silence', 'Say once for how long.'],
  ['silence --for 1h --until-usual', 'Say once for how long.'],
  ['replay', 'It is not said which rule.'],
])('%s is refused: %s', async (line, said) => {
  const { code, stdout, stderr } = await alerts(line)
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain(said)
})

test('a rule that is not there is told', async () => {
  expect(await alerts('off Nothing')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no rule “Nothing”.') as string,
  })
})
