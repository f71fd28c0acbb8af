import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import type { CountsSplit } from '../../../src-shared/contract/fields.ts'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let sandbox: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  sandbox = await startTestSandbox({ historyTickets: 2_000, historyHours: 24 })
  cli = createCliFixture({ TZ: 'UTC' })
  await run('fetch-tickets')
})
afterAll(async () => {
  cli.close()
  await sandbox.stop()
})

async function run(line: string): Promise<string> {
  const { url, email, apiToken } = sandbox
  const env = { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken }
  const words = line.match(/(?:'[^']*'|[^\s'])+/g) ?? []
  const { code, stdout } = await cli.run(
    words.map((word) => word.replaceAll("'", '')),
    { env },
  )
  expect(code).toBe(0)
  return stdout
}

interface Counts {
  readonly buckets: readonly { readonly total: number | null; readonly atLeast?: number }[]
  readonly split?: CountsSplit
}

async function counted(flags: string): Promise<{ total: number; split: CountsSplit | undefined }> {
  const { buckets, split } = JSON.parse(
    await run(`counts --from -30h --interval 1h --json ${flags}`),
  ) as Counts
  return { total: buckets.reduce((sum, { total, atLeast }) => sum + (total ?? atLeast ?? 0), 0), split }
}

async function keys(command: string): Promise<string[]> {
  const { tickets } = JSON.parse(await run(`${command} --json`)) as { tickets: { key: string }[] }
  return tickets.map(({ key }) => key).toSorted()
}

test('the parts of a split are what is counted of each value alone, and as many as are listed', async () => {
  const { total, split } = await counted('--split type')
  const values = (split?.parts ?? []).filter(({ kind }) => kind === 'value')
  expect(values.map(({ value }) => value)).toEqual(expect.arrayContaining(['Task', 'Service request']))
  expect(values.reduce((sum, part) => sum + part.total, 0)).toBe(total)
  for (const { value, total: ofValue } of values) {
    expect((await counted(`--only 'type=${value}'`)).total).toBe(ofValue)
    expect(await keys(`tickets --from -30h --limit 5000 --only 'type=${value}'`)).toHaveLength(ofValue)
  }
})

test('what is left out and what is left are together what there is, also by priority', async () => {
  const { total } = await counted('--split type')
  for (const condition of ['type=Bug', 'component=Checkout', 'label=customer', 'priority=High']) {
    const [only, others] = [
      await counted(`--only ${condition}`),
      await counted(`--only ${condition.replace('=', '!=')}`),
    ]
    expect(only.total).toBeGreaterThan(0)
    expect(only.total + others.total, condition).toBe(total)
  }
  expect(await keys('tickets --from -30h --limit 5000 --only priority!=High --only type!=Bug')).toEqual(
    await keys(
      `tickets --from -30h --limit 5000 --only priority=Highest --only type=Task --only type=Incident --only 'type=Service request'`,
    ),
  )
})

test('values of one field are alternatives, fields are not; Jira finds the same', async () => {
  const only = '--only component=Checkout --only component=Search --only type=Bug --only rehearsed=no'
  const jql = 'priority in (High, Highest) AND component in (Checkout, Search) AND type = Bug'
  const found = await keys(`tickets --from -30h --limit 5000 ${only}`)
  expect(found.length).toBeGreaterThan(10)
  expect((await counted(only)).total).toBe(found.length)
  const exported = await run(`export --format jsonl --from -30h ${only}`)
  const lines = exported
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { key: string; priorityName: string })
  expect(lines.map(({ key }) => key).toSorted()).toEqual(found)
  expect(await sandboxKeys(jql)).toEqual(found)
})

async function sandboxKeys(jql: string): Promise<string[]> {
  const { url, email, apiToken } = sandbox
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`
  const found: string[] = []
  let nextPageToken: string | undefined
  do {
    const response = await fetch(`${url}/rest/api/3/search/jql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify({ jql, fields: ['summary'], nextPageToken }),
    })
    const page = (await response.json()) as { issues: { key: string }[]; nextPageToken?: string }
    found.push(...page.issues.map(({ key }) => key))
    nextPageToken = page.nextPageToken
  } while (nextPageToken !== undefined)
  return found.toSorted()
}

test('a person reads the split below the chart; of reporters how many, and never who', async () => {
  const text = await run('counts --from -30h --only label=customer --split reporter')
  expect(text).toMatch(/Counted are only label=customer\.\nBy reporter: \d people/)
  expect(text).not.toMatch(/Service desk|Monitoring|5b10|@/)
  expect(await run('counts --from -30h --split component')).toMatch(
    /By component: \w.* \d+, .*\(a ticket may have several\)/,
  )
})

test.each([
  ['counts --only colour=red', /--only takes a field and its value, as project=OPS, not "colour=red"/],
  ['tickets --only rehearsed=maybe', /of rehearsed say yes or no/],
  ['counts --split colour', /--split takes project, type/],
  ['counts --csv --split type', /--csv has the bars by priority/],
])('%s is refused with what to say instead', async (line, sentence) => {
  const { code, stderr } = await cli.run(line.split(' '), { env: { JIRA_URL: sandbox.url } })
  expect(code).toBe(2)
  expect(stderr).toMatch(sentence)
})
