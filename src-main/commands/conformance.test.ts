import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import { projectFile } from '../runtime/project-files.ts'
import { startTestSandbox } from '#jira-sandbox/testing'
import { createCliFixture } from '../../test-support/commands/cli.ts'
import { startValidatingProxy } from '../../test-support/commands/validating-proxy.ts'

const OPENAPI = path.resolve(projectFile(), '..', 'shared', 'data', 'jira-cloud-openapi.json')
const hasOpenApi = existsSync(OPENAPI)
if (!hasOpenApi)
  console.warn(`SKIPPED: Jira's OpenAPI document is not at ${OPENAPI}, so nothing is checked against it.`)

/** The endpoints that a day with a Jira Cloud site needs: the test means nothing if they were not called. */
const NEEDED = [
  'GET /rest/api/3/myself',
  'GET /rest/api/3/project/search',
  'GET /rest/api/3/mypermissions',
  'GET /rest/api/3/issue/createmeta/TPM/issuetypes',
  'GET /rest/api/3/issue/createmeta/TPM/issuetypes/10001',
  'POST /rest/api/3/search/jql',
  'POST /rest/api/3/issue',
  'POST /rest/api/3/issue/bulkfetch',
  'POST /rest/api/3/search/approximate-count',
]

test.skipIf(!hasOpenApi)(
  'everything that the program sends to Jira Cloud, and the sandbox answers, is what Jira’s own document allows',
  { timeout: 120_000 },
  async () => {
    const sandbox = await startTestSandbox({ historyTickets: 250, historyHours: 2 })
    onTestFinished(() => sandbox.stop())
    const proxy = await startValidatingProxy(OPENAPI, sandbox.url)
    const cli = createCliFixture()
    onTestFinished(() => cli.close())
    const env = {
      JIRA_URL: proxy.url,
      JIRA_USER: sandbox.email,
      JIRA_API_KEY: sandbox.apiToken,
      JIRA_PROJECT: 'TPM',
    }

    for (const argv of [
      ['doctor'],
      ['fetch-tickets'],
      ['create-tickets', '--count', '6', '--minutes', '0.1', '--yes'],
      ['fetch-tickets'],
      ['audit'],
      ['clean-up', '--yes'],
    ]) {
      const result = await cli.run(argv, { env })
      expect(result, argv.join(' ')).toMatchObject({ code: 0 })
    }

    // What a large site and a census need besides.
    const { signal } = new AbortController()
    const jira = createCloudJira({ ...sandbox, url: proxy.url, clock: machineClock })
    const { ids } = await jira.searchIds(
      { jql: 'project = TPM ORDER BY created ASC', pageToken: null },
      signal,
    )
    expect(await jira.byIds(ids.slice(0, 120), signal)).toHaveLength(120)
    expect(await jira.approximateCount('project = TPM', signal)).toBe(250)
    expect(await jira.deleteTicket('4711', signal)).toBe(false)

    expect(proxy.violations).toEqual([])
    expect(proxy.checked).toEqual(expect.arrayContaining(NEEDED))
    expect(new Set(proxy.checked.filter((call) => call.startsWith('DELETE /rest/api/3/issue/'))).size).toBe(
      6 + 1,
    )

    // The proxy does notice what is not allowed.
    await fetch(`${proxy.url}/rest/api/3/search/jql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jql: 'project = TPM', startAt: 0 }),
    })
    expect(proxy.violations).toMatchObject([{ request: 'POST /rest/api/3/search/jql' }])
  },
)
