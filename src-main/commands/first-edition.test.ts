import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../test-support/commands/cli.ts'

/** Workspaces and the documents printed of them, made by the program as of 2026-11-30, before its parts were renamed. */
const FIRST_EDITION = path.resolve(import.meta.dirname, '../../test-support/first-edition')
const DONE = 'rhohrwdm'
const PAUSED = 'od53bctw'
const SPAN = ['--from', '2026-12-01T11:50Z', '--to', '2026-12-01T12:25Z']

interface Bucket {
  readonly start: string
  readonly total: number | null
  readonly byPriority: readonly { readonly count: number | null }[]
}

interface Counts {
  readonly buckets: readonly Bucket[]
}

let cli: CliFixture
beforeEach(() => {
  cli = createCliFixture({ TZ: 'UTC' })
})
afterEach(() => cli.close())

function open(workspace: 'demo' | 'connected'): void {
  fs.cpSync(path.join(FIRST_EDITION, workspace), cli.dataDir, { recursive: true })
}

function printed(name: string): string {
  return fs.readFileSync(path.join(FIRST_EDITION, 'documents', name), 'utf8')
}

/** Whether the fixture's last fetch was after it. */
function isKnown({ start }: Bucket): boolean {
  return start < '2026-12-01T12:20:00Z'
}

describe('a workspace of the first edition', () => {
  test.each([
    ['left-tickets.json', ['left-tickets', ...SPAN]],
    ['audit.json', ['audit', '--run', DONE]],
  ])('gives %s as it was', async (name, command) => {
    open('demo')
    const result = await cli.run([...command, '--json'])
    expect(result.stderr).toBe('')
    expect(result.stdout).toBe(printed(name))
  })

  test('gives counts.json as it was, but for what it claimed of the time after its last fetch', async () => {
    open('demo')
    const result = await cli.run(['counts', ...SPAN, '--json'])
    expect(result.stderr).toBe('')
    const { buckets, ...rest } = JSON.parse(result.stdout) as Counts
    const before = JSON.parse(printed('counts.json')) as Counts
    // Added since: what is usual, of which nothing is learned until a program that fetches has summed the old tickets.
    const verdict = expect.objectContaining({ state: 'unknown', mean: null }) as unknown
    const learning = expect.objectContaining({ tickets: 0 }) as unknown
    expect({ ...rest, buckets: [] }).toEqual({ ...before, buckets: [], zone: 'UTC', verdict, learning })
    expect(buckets.filter(isKnown)).toEqual(
      before.buckets.filter(isKnown).map((bucket) => ({ ...bucket, known: true, usual: null })),
    )
    expect(buckets.filter((bucket) => !isKnown(bucket))).toEqual(
      before.buckets
        .filter((bucket) => !isKnown(bucket))
        .map(({ total, byPriority, ...bucket }) => ({
          ...bucket,
          known: false,
          usual: null,
          total: null,
          atLeast: total,
          byPriority: byPriority.map((one) => ({ ...one, count: null })),
        })),
    )
  })

  test('gives runs.json as it was, but for the slots that the paused run has missed since', async () => {
    open('demo')
    const { runs } = JSON.parse((await cli.run(['runs', '--json'])).stdout) as { runs: { missed: number }[] }
    const before = JSON.parse(printed('runs.json')) as { runs: { missed: number }[] }
    expect(runs).toEqual(before.runs.map((run, at) => ({ ...run, mix: 'all', missed: runs[at]?.missed })))
    expect(runs[1]?.missed).toBe(0)
  })

  test('exports tickets.jsonl as it was', async () => {
    open('demo')
    const file = path.join(cli.cwd, 'tickets.jsonl')
    expect(await cli.run(['export', file])).toMatchObject({ code: 0 })
    expect(fs.readFileSync(file, 'utf8')).toBe(printed('tickets.jsonl'))
  })

  test('exports tickets.csv as it was, with columns behind for what it did not know', async () => {
    open('demo')
    const file = path.join(cli.cwd, 'tickets.csv')
    expect(await cli.run(['export', file])).toMatchObject({ code: 0 })
    const [head = '', ...rows] = fs.readFileSync(file, 'utf8').trimEnd().split('\n')
    const [headBefore = '', ...before] = printed('tickets.csv').trimEnd().split('\n')
    expect(head).toBe(`${headBefore},issueType,components,labels,rehearsed,reporter`)
    expect(rows).toEqual(before.map((row) => `${row},,,,,`))
  })

  test('its paused run is stopped, and the other one cleaned up, by this edition', async () => {
    open('demo')
    expect(await cli.run(['stop'])).toMatchObject({ code: 0 })
    const { runs } = JSON.parse((await cli.run(['runs', '--json'])).stdout) as {
      runs: { run: string; state: string; created: number }[]
    }
    expect(runs).toMatchObject([
      { run: PAUSED, state: 'stopped', created: 3 },
      { run: DONE, state: 'done', created: 40 },
    ])
    expect(await cli.run(['clean-up', '--run', DONE, '--yes'])).toMatchObject({ code: 0 })
  })

  test('one that is connected to a Jira which does not answer shows its runs', async () => {
    open('connected')
    const { jira, user } = JSON.parse(
      fs.readFileSync(path.join(cli.dataDir, 'config.json'), 'utf8'),
    ) as Record<string, string>
    const env = { JIRA_URL: jira, JIRA_USER: user, JIRA_API_KEY: 'not-a-token' }
    const result = await cli.run(['runs', '--json'], { env })
    expect(result.stderr).toBe('')
    const before = JSON.parse(printed('connected-runs.json')) as { runs: object[] }
    expect(JSON.parse(result.stdout)).toEqual({
      ...before,
      runs: before.runs.map((run) => ({ ...run, mix: 'all' })),
    })
  })
})
