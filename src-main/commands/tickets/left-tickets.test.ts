import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { startSite } from '../../../test-support/sync/site.ts'
import { makeTestEnvironment } from '../../../test-support/store/store.ts'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'

let sandbox: TestSandbox
let cli: CliFixture
beforeAll(async () => {
  sandbox = await startTestSandbox()
  cli = createCliFixture(await makeTestEnvironment())
})
afterAll(async () => {
  cli.close()
  await sandbox.stop()
})

async function run(
  line: string,
  { url, email, apiToken }: Pick<TestSandbox, 'url' | 'email' | 'apiToken'> = sandbox,
): Promise<string> {
  const env = { JIRA_URL: url, JIRA_USER: email, JIRA_API_KEY: apiToken }
  const { code, stdout, stderr } = await cli.run(line.split(' '), { env })
  expect([code, stderr.replace('Fetching …\n', '')]).toEqual([0, ''])
  return stdout
}

function fields(summary: string): object {
  return { project: { key: 'TPM' }, issuetype: { id: '10001' }, summary, priority: { id: '2' } }
}

test('nothing has left: it says so', async () => {
  await sandbox.add(fields('Stays'))
  await run('fetch-tickets')
  expect(await run('left-tickets')).toMatch(/^Every ticket created from .* that was watched still is\.\n$/)
  expect(JSON.parse(await run('left-tickets --json'))).toMatchObject({ tickets: [], more: false })
})

test('a ticket whose priority was lowered is listed with the reason', async () => {
  const { id, key } = await sandbox.add(fields('Calms down'))
  await run('fetch-tickets')
  await sandbox.edit(id, { priority: { id: '4' } })
  await run('fetch-tickets')

  const document = JSON.parse(await run('left-tickets --json')) as { tickets: object[] }
  expect(Object.keys(document)).toEqual(['from', 'to', 'tickets', 'more'])
  expect(document.tickets).toMatchObject([
    { id, key, project: 'TPM', title: 'Calms down', reason: 'lowered' },
  ])
  expect(Object.keys(document.tickets[0] ?? {})).toEqual([
    'id',
    'key',
    'project',
    'title',
    'priority',
    'created',
    'left',
    'reason',
  ])
  expect(await run('left-tickets')).toContain(`${key}  no longer at a watched value  Calms down`)
  expect(JSON.parse(await run('left-tickets --json --to 2020-01-01'))).toMatchObject({ tickets: [] })
})

test('a title cannot make the terminal do anything; in JSON it is as it was written', async () => {
  const title = 'Clears\u001B[2J the\u009B8m screen, \u202Edrawkcab, \u001B]0;title\u0007'
  const { id } = await sandbox.add(fields(title))
  await run('fetch-tickets')
  await sandbox.edit(id, { priority: { id: '4' } })
  await run('fetch-tickets')
  const [text, json] = [await run('left-tickets'), await run('left-tickets --json')]
  expect(text).toContain('Clears\u{FFFD}[2J the\u{FFFD}8m screen, \u{FFFD}drawkcab, \u{FFFD}]0;title')
  for (const printed of [text, json]) expect(printed).not.toMatch(/[^\n\P{Cc}]|\p{Cf}/u)
  const { tickets } = JSON.parse(json) as { tickets: object[] }
  expect(tickets).toContainEqual(expect.objectContaining({ id, title }))
})

test('a ticket that was deleted is noticed by single fetches, too, once a census missed it twice', async () => {
  const { sandbox: site, advance } = await startSite()
  const { id } = await site.add(fields('Deleted'))
  await site.add(fields('Stays'))
  const day = new Date(site.clock.now()).toISOString().slice(0, 10)
  await run('fetch-tickets', site)
  await site.remove(id)
  for (let round = 0; round < 2; round++) {
    advance(11 * 60_000)
    await run('fetch-tickets', site)
  }
  const left = JSON.parse(await run(`left-tickets --json --from ${day}T00:00Z --to ${day}T23:59Z`, site)) as {
    tickets: object[]
  }
  expect(left.tickets).toMatchObject([{ id, reason: 'deleted' }])
})
