import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createCliFixture, type CliFixture, type CliResult } from '../../../test-support/commands/cli.ts'

let sandbox: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  sandbox = await startTestSandbox({ historyTickets: 2_000, historyHours: 30 })
  cli = createCliFixture({ TZ: 'UTC' })
  await run('fetch-tickets')
})
afterAll(async () => {
  cli.close()
  await sandbox.stop()
})

async function run(line: string): Promise<CliResult> {
  const { url, email, apiToken } = sandbox
  return cli.run(line.split(' '), { env: { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken } })
}

interface Bucket {
  readonly start: string
  readonly total: number | null
  readonly compared?: { readonly total: number | null; readonly state: string }
}

const HOUR_MS = 3_600_000
const hour = (hoursAgo: number): string =>
  new Date((Math.floor(Date.now() / HOUR_MS) - hoursAgo) * HOUR_MS).toISOString().replace('.000', '')

async function buckets(line: string): Promise<readonly Bucket[]> {
  const { code, stdout } = await run(`${line} --json`)
  expect(code).toBe(0)
  return (JSON.parse(stdout) as { buckets: readonly Bucket[] }).buckets
}

test.each([
  ['before', 2],
  ['yesterday', 24],
])('compared with %s each bar has the count of the same bar of that span', async (compare, hours) => {
  const [from, to] = [hour(4), hour(2)]
  const shown = await buckets(`counts --from ${from} --to ${to} --interval 10m --compare ${compare}`)
  const other = await buckets(`counts --from ${hour(4 + hours)} --to ${hour(2 + hours)} --interval 10m`)
  expect(shown).toHaveLength(12)
  expect(shown.map(({ compared }) => compared)).toEqual(other.map(({ total }) => ({ total, state: 'known' })))
  expect(other.some(({ total }) => Number(total) > 0)).toBe(true)

  const then = other.reduce((sum, { total }) => sum + Number(total), 0)
  const text = await run(`counts --from ${from} --to ${to} --compare ${compare}`)
  expect(text.stdout).toMatch(new RegExp(String.raw`^${then} then \(×\d`, 'm'))
  const csv = await run(`counts --from ${from} --to ${to} --interval 10m --compare ${compare} --csv`)
  const [head = '', ...rows] = csv.stdout.trim().split('\n')
  expect(head.split(',').at(-1)).toBe('then')
  expect(rows.map((row) => Number(row.split(',').at(-1)))).toEqual(other.map(({ total }) => total))
})

test('what was compared with nothing has no column for it; what is no comparison is refused, and so is --watch', async () => {
  const plain = await run(`counts --from ${hour(4)} --to ${hour(2)} --csv`)
  expect(plain.stdout.split('\n')[0]).not.toContain('then')
  const wrong = await run('counts --compare tomorrow')
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('“tomorrow” is nothing to compare with.')
  const watched = await run('counts --compare 7d --watch')
  expect(watched.code).toBe(2)
  expect(watched.stderr).toContain('not with --watch')
})
