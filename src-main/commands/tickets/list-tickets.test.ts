import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let sandbox: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  sandbox = await startTestSandbox({ historyTickets: 2_000, historyHours: 24 })
  cli = createCliFixture({ TZ: 'UTC' })
})
afterAll(async () => {
  cli.close()
  await sandbox.stop()
})

async function run(line: string): Promise<string> {
  const { url, email, apiToken } = sandbox
  const env = { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken }
  const { code, stdout } = await cli.run(line.split(' '), { env })
  expect(code).toBe(0)
  return stdout
}

interface Document {
  readonly tickets: readonly { readonly id: string; readonly key: string; readonly created: string }[]
  readonly more: boolean
}

test('all tickets of a span, as many as counts has, whatever a page holds', async () => {
  await run('fetch-tickets')
  const { tickets, more } = JSON.parse(await run('tickets --from -2d --limit 5000 --json')) as Document
  const { buckets } = JSON.parse(await run('counts --from -2d --json')) as {
    buckets: { total: number | null; atLeast?: number }[]
  }
  expect(more).toBe(false)
  expect(tickets.length).toBeGreaterThan(500)
  expect(tickets).toHaveLength(buckets.reduce((sum, { total, atLeast }) => sum + (total ?? atLeast ?? 0), 0))
  expect(new Set(tickets.map(({ id }) => id)).size).toBe(tickets.length)
  const times = tickets.map(({ created }) => Date.parse(created))
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  expect(Object.keys(tickets[0] ?? {})).toEqual([
    'id',
    'key',
    'project',
    'title',
    'priority',
    'created',
    'status',
    'updated',
    'type',
    'components',
    'labels',
    'rehearsed',
  ])
})

test('with a text, those whose title or key holds it', async () => {
  const all = (JSON.parse(await run('tickets --from -2d --json')) as Document).tickets
  const key = all[3]?.key ?? ''
  const found = (JSON.parse(await run(`tickets --from -2d --search ${key.toLowerCase()} --json`)) as Document)
    .tickets
  expect(found.map((each) => each.key)).toEqual(
    all.map((each) => each.key).filter((each) => each.includes(key)),
  )
})

test('for a person, a line each; what is cut off is said', async () => {
  const text = await run('tickets --from -2d --limit 3')
  expect(text).toMatch(/^3 tickets created from \S+Z to \S+Z, the newest first, by the clock of UTC:\n/)
  expect(text).toMatch(/\n {2}\d{1,2} [A-Z][a-z]{2} \d\d:\d\d {2}TPM-\d+ +High(est)? +\S/)
  expect(text).toContain('There are more: raise --limit, or narrow the span.')
  expect(await run('tickets --from 2020-01-01 --to 2020-01-02')).toContain('No watched tickets were created')
})
