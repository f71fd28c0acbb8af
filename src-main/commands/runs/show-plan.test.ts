import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { planTimes } from '../../../src-shared/domain/run/plan-times.ts'
import { parseProfile } from '../../../src-shared/domain/run/profile.ts'
import { projectFile } from '../../runtime/project-files.ts'
import {
  createCliFixture,
  createTestIo,
  type CliFixture,
  type CliResult,
} from '../../../test-support/commands/cli.ts'
import { resolvedConfigOf } from '../cli/settings.ts'
import { showPlan } from './show-plan.ts'

let cli: CliFixture
beforeEach(() => {
  cli = createCliFixture()
})
afterEach(() => cli.close())

const dryRun = (...argv: string[]): Promise<CliResult> => cli.run(['create-tickets', '--dry-run', ...argv])

interface PlanDocument {
  readonly planned: number
  readonly from: string
  readonly to: string
  readonly minutes: readonly { readonly minute: string; readonly planned: number }[]
  readonly slots: readonly {
    readonly slot: number
    readonly at: string
    readonly priority: string
    readonly project: string | null
    readonly type: string | null
  }[]
}

async function planOf(...argv: string[]): Promise<PlanDocument> {
  const { code, stdout, stderr } = await dryRun('--json', ...argv)
  expect(stderr).toBe('')
  expect(code).toBe(0)
  return JSON.parse(stdout) as PlanDocument
}

/** From its beginning, which each plan has for itself: when it is asked for. */
function timesOf({ from, slots }: PlanDocument): number[] {
  return slots.map(({ at }) => Date.parse(at) - Date.parse(from))
}

test('a plan of watched priorities alone has no other, at the same times', async () => {
  const all = await planOf('--seed', '7')
  const watched = await planOf('--seed', '7', '--only-watched')
  expect(new Set(watched.slots.map(({ priority }) => priority))).toEqual(new Set(['Highest', 'High']))
  expect(timesOf(watched)).toEqual(timesOf(all))
})

describe('a plan for a person', () => {
  test('has each minute, what there is of each priority, and the chart that the dashboard will show', async () => {
    const text = await textOf({ seed: 7, profile: 'spike 10m x6 5m', count: 60, minutes: 30 })
    expect(text).toMatchInlineSnapshot(`
      "60 tickets in 30 minutes · spike 10m x6 5m · seed 7
      A plan, as if it began now. Nothing was created.

               :0  :1  :2  :3  :4  :5  :6  :7  :8  :9   in all
        14:10           ·   2   2   1   2   2   2   ·       11
        14:20   ·   ·   5   2  10  10  10   1   1   ·       39
        14:30   ·   1   1   1   ·   ·   1   2   2   ·        8
        14:40   ·   1   1                                    2

      Priorities: Highest 8, High 13, Medium 28, Low 4, Lowest 7

      What the dashboard will show of it, Highest and High:

      Thu 15 Jan 2026, 14:12–14:43, Europe/Berlin
      21 tickets · 0.70 a minute · peak 6 at 14:26

       6 ┤                            ▒
         ┤                            ▒
       4 ┤                          ▒ ▒
         ┤                          █ ▒
       2 ┤                    ▒   ▒ █ █                     ▒
         ┤  ▒ █               ▒ █ █ █ █   ▒               ▒ ▒
         └──────┬─────────┬─────────┬─────────┬─────────┬─────────┬─────
              14:15     14:20     14:25     14:30     14:35     14:40

      █ Highest 8   ▒ High 13
      "
    `)
  })

  test('has no line wider than the terminal, and says nothing of several where there is one', async () => {
    for (const columns of [80, 120]) {
      const text = await textOf({ seed: 1, count: 5_000, minutes: 1_440 }, columns)
      expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
      expect(text).not.toMatch(/Projects|Types/)
    }
  })
})

test('a plan where the terminal has nothing but ASCII', async () => {
  const argv = ['create-tickets', '--dry-run', '--seed', '7']
  const { code, stdout } = await cli.run(argv, { env: { LANG: 'C' } })
  expect(code).toBe(0)
  expect(stdout).toContain('100 tickets in 60 minutes')
  expect(stdout).toMatch(/^[\x20-\x7E\n]*$/)
})

describe('a plan in JSON', () => {
  test('has the instant of every slot, which are those of the run', async () => {
    const plan = await planOf('--seed', '7', '--profile', '30m@50,10m@200,20m@50')
    expect(plan).toMatchObject({
      run: null,
      seed: 7,
      planned: 75,
      created: 0,
      profile: '30m@50,10m@200,20m@50',
    })
    const fromMs = Date.parse(plan.from)
    expect(Date.parse(plan.to) - fromMs).toBe(3_600_000)
    const { offsetsMs } = planTimes({ seed: 7, profile: parseProfile('30m@50,10m@200,20m@50') })
    expect(plan.slots.map(({ at }) => Date.parse(at) - fromMs)).toEqual(offsetsMs)
    expect(plan.slots.map(({ slot }) => slot)).toEqual(offsetsMs.map((_, index) => index))
    for (const { minute, planned } of plan.minutes) {
      const startMs = Date.parse(minute)
      const within = plan.slots.filter(
        ({ at }) => Date.parse(at) >= startMs && Date.parse(at) < startMs + 60_000,
      )
      expect(within).toHaveLength(planned)
    }
  })

  test('has projects, types and priorities by name', async () => {
    const plan = await planOf(
      '--projects',
      'OPS=3,TPM',
      '--types',
      'bug=1,Task',
      '--weights',
      'high=1,Low=1',
      '--count',
      '400',
    )
    const share = (is: (slot: PlanDocument['slots'][number]) => boolean): number =>
      plan.slots.filter(is).length / plan.slots.length
    expect(share(({ project }) => project === 'OPS')).toBeCloseTo(0.75, 0.8)
    expect(share(({ type }) => type === 'Bug')).toBeCloseTo(0.5, 0.8)
    expect(share(({ priority }) => priority === 'High') + share(({ priority }) => priority === 'Low')).toBe(1)
    expect((await planOf('--count', '1')).slots).toMatchObject([{ project: 'TPM', type: null }])
  })

  test('takes fractions of minutes', async () => {
    const { from, to } = await planOf('--minutes', '0.5', '--count', '3')
    expect(Date.parse(to) - Date.parse(from)).toBe(30_000)
  })

  test('of a replayed file has its times and priorities', async () => {
    const file = projectFile('data', 'sample-hour.jsonl')
    const plan = await planOf('--replay', file, '--seed', '3')
    const tickets = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, string>)
    const firstMs = Date.parse(tickets[0]?.['created'] ?? '')
    expect(plan).toMatchObject({ planned: 100, profile: 'replay sample-hour.jsonl' })
    expect(plan.slots.map(({ at }) => Date.parse(at) - Date.parse(plan.from))).toEqual(
      tickets.map((ticket) => Date.parse(ticket['created'] ?? '') - firstMs),
    )
    expect(plan.slots.map(({ priority }) => priority)).toEqual(
      tickets.map((ticket) => ticket['priorityName']),
    )
    expect(await planOf('--replay', file, '--count', '30', '--minutes', '5')).toMatchObject({ planned: 30 })
  })

  test('takes a real Jira to have what is asked for, and asks it nothing', async () => {
    const site = [
      '--jira',
      'https://jira.invalid',
      '--project',
      'OPS',
      '--weights',
      'Blocker=1',
      '--types',
      'Incident',
    ]
    const plan = await planOf(...site, '--count', '2')
    expect(plan.slots).toMatchObject([
      { priority: 'Blocker', project: 'OPS', type: 'Incident' },
      { priority: 'Blocker', project: 'OPS', type: 'Incident' },
    ])
    const anywhere = await planOf('--jira', 'https://jira.invalid', '--count', '1')
    expect(anywhere.slots).toMatchObject([{ project: null, type: null }])
  })
})

test('--png draws the plan', async () => {
  const { code, stdout } = await dryRun('--png', 'plan.png', '--seed', '7')
  const file = path.join(cli.cwd, 'plan.png')
  expect(code).toBe(0)
  expect(stdout).toContain(`The chart as a picture: ${file}`)
  expect(readFileSync(file).subarray(1, 4).toString()).toBe('PNG')
  expect(existsSync(cli.dataDir)).toBe(false)
})

describe('what cannot be planned: exit 2 or 1, one sentence, nothing touched', () => {
  test.each([
    ['--profile', 'stedy', 2, '"stedy" at character 1 is no profile'],
    ['--profile', 'spike 30m x5 10q', 2, '"10q" at character 14 is no duration'],
    ['--profile', 'spike 90m', 2, 'begins at minute 90, and the run is 60 minutes long'],
    ['--types', 'Story', 2, 'The project TPM has no issue type "Story"'],
    ['--types', 'Bug=1,,', 2, '--types takes names, not "Bug=1,,"'],
    ['--projects', 'OPS=x', 2, '--projects takes names, not "OPS=x"'],
    ['--projects', 'OPS=1,OPS=2', 2, '--projects names "OPS" twice'],
    ['--weights', 'Urgent=1', 2, 'The project TPM has no priority "Urgent"'],
    ['--replay', 'nowhere.csv', 2, 'nowhere.csv is not there'],
    ['--replay', 'folder', 2, 'folder is a folder'],
    ['--replay', 'latin1.csv', 1, 'latin1.csv is not text in UTF-8'],
    ['--replay', 'bad.csv', 1, 'Line 3: created is "soon", which is no date and time'],
    [
      '--replay',
      'foreign.csv',
      2,
      'The file has Blocker; the project has Highest, High, Medium, Low, Lowest',
    ],
    ['--replay', 'years.csv', 2, 'arrived over 366 days, and a run takes 24 hours at most'],
  ])('%s %s', async (flag, value, code, words) => {
    mkdirSync(path.join(cli.cwd, 'folder'))
    write('latin1.csv', Buffer.from('created,priority\n2026-01-15T14:00Z,Höchste\n', 'latin1'))
    write('bad.csv', 'created,priority\n2026-01-15T14:00Z,High\nsoon,High\n')
    write('foreign.csv', 'created,priority\n2026-01-15T14:00Z,Blocker\n')
    write('years.csv', 'created\n2024-01-01T00:00Z\n2025-01-01T00:00Z\n')
    const result = await dryRun(flag, value)
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(words) })
    expect(result.stderr.trim()).not.toContain('\n')
    expect(existsSync(cli.dataDir)).toBe(false)
  })

  test.each([
    [['--profile', 'ramp', '--replay', 'x.csv'], '--profile and --replay contradict each other'],
    [['--project', 'OPS', '--projects', 'TPM'], '--project and --projects contradict each other'],
  ])('%j', async (argv, words) => {
    expect(await dryRun(...argv)).toMatchObject({ code: 2, stderr: expect.stringContaining(words) })
  })

  test('--png without --dry-run', async () => {
    const result = await cli.run(['create-tickets', '--png', 'plan.png'])
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('--png draws the plan') })
  })
})

async function textOf(options: Parameters<typeof showPlan>[1], columns = 80): Promise<string> {
  const { io, written } = createTestIo(cli.cwd)
  const config = { ...resolvedConfigOf(io, {}), zone: 'Europe/Berlin' }
  const startMs = Date.parse('2026-01-15T13:12:30Z')
  await showPlan({ ...io, columns }, options, { config, startMs })
  return written.stdout
}

function write(name: string, content: string | Buffer): void {
  writeFileSync(path.join(cli.cwd, name), content)
}
