import { expect, test } from 'vitest'
import { startTestSandbox } from '#jira-sandbox/testing'
import { createEventHub } from '../../../src-shared/contract/client.ts'
import type { UsualNow } from '../../../src-shared/contract/alerts/usual.ts'
import { createCliFixture } from '../../../test-support/commands/cli.ts'
import { atEnd } from '../../../test-support/end.ts'
import { followVerdict } from './verdict.ts'
import { createVerdictLines } from './watch-counts.ts'

const NOW: UsualNow = {
  siteId: 'a',
  zone: 'UTC',
  learnedToMinute: 0,
  learning: null,
  verdict: {
    state: 'usual',
    endMinute: 29_333_334,
    minutes: 5,
    tickets: 1,
    low: 0,
    high: 2,
    mean: 1,
    chance: 0.5,
    onceInDays: 0.1,
    onsetMinute: null,
    smallestStorm: 3,
    rehearsed: 0,
    stateWithoutRuns: 'usual',
  },
}

function inState(state: UsualNow['verdict']['state']): UsualNow {
  return { ...NOW, verdict: { ...NOW.verdict, state } }
}

test('it rings when now turns high, once, and not because it was high before', async () => {
  const hub = createEventHub()
  const told: string[] = []
  let rings = 0
  const leave = await followVerdict(
    { call: async () => ({ ...inState('high'), low: [] }) as never, on: hub.on, onAny: hub.onAny } as never,
    { onVerdict: ({ verdict }) => told.push(verdict.state), onHigh: () => (rings += 1) },
  )
  expect([told, rings]).toEqual([['high'], 0])
  for (const state of ['usual', 'high', 'high', 'unknown'] as const)
    hub.publish('usual.changed', inState(state))
  expect([told.slice(1), rings]).toEqual([['usual', 'high', 'high', 'unknown'], 1])
  leave()
  hub.publish('usual.changed', inState('high'))
  expect(rings).toBe(1)
})

test('a log has a line for each verdict that is another than the last', () => {
  const lines: string[] = []
  const tell = createVerdictLines((line) => lines.push(line), 'UTC')
  for (const state of ['usual', 'usual', 'unknown'] as const) tell(inState(state))
  expect(lines).toEqual([
    '2025-10-09T08:53:00Z  usual: Now 1 in 5 min, usual 0–2. The smallest storm that would be seen within 15 minutes now: ×3.',
    expect.stringContaining('unknown: Now is not known: the newest minutes were not fetched.'),
  ])
})

test('counts says whether now is usual, and each bar what is usual in it, as text, JSON and CSV', async () => {
  const sandbox = await startTestSandbox({ historyWeeks: 4, historyTickets: 0 })
  atEnd(() => sandbox.stop())
  const cli = createCliFixture({ TZ: 'UTC' })
  atEnd(async () => cli.close())
  const { url, email, apiToken } = sandbox
  const run = async (line: string) =>
    cli.run(line.split(' '), { env: { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken } })
  await run('fetch-tickets')
  expect((await run('counts')).stdout).toMatch(/Now \d+ in \d+ min, usual \d+/)
  const old = '--from 2026-01-05T10:00Z --to 2026-01-05T12:00Z'
  expect((await run(`counts ${old}`)).stdout).not.toContain('usual')
  const document = JSON.parse((await run('counts --from -6h --interval 30m --json')).stdout) as {
    readonly verdict: { readonly state: string }
    readonly learning: unknown
    readonly buckets: readonly { readonly usual: { readonly low: number; readonly high: number } | null }[]
  }
  expect(document.learning).toBeNull()
  expect(['usual', 'unusual', 'high']).toContain(document.verdict.state)
  for (const { usual } of document.buckets) expect(usual?.high).toBeGreaterThanOrEqual(usual?.low ?? Infinity)
  const csv = (await run('counts --from -6h --interval 30m --csv')).stdout
  expect(csv.split('\n')[0]).toMatch(/usual from,usual to,verdict$/)
})
