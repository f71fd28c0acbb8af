import { onTestFinished } from 'vitest'
import type { SandboxSettings } from '#jira-sandbox'
import { startTestServer, type TestServer } from '#jira-sandbox/testing'
import type { Jira, SearchQuery } from '../../../src-main/jira/jira.ts'
import { answerJson, createJumpClock, startRawServer, TEST_TOKEN, type RawServer } from '../jira.ts'
import { createDataCenterJira } from '../../../src-main/jira/data-center/data-center.ts'

export const QUERY: SearchQuery = {
  jql: 'project = TPM ORDER BY updated ASC, key ASC',
  pageToken: null,
  pageSize: 100,
  reconcileIds: [],
  property: null,
}

export const MYSELF = {
  name: 'ada',
  key: 'JIRAUSER1',
  displayName: 'Ada',
  timeZone: 'Europe/Berlin',
  emailAddress: null,
}

/** Our client to a server of a test. */
export function dataCenterAt(url: string): Jira {
  return createDataCenterJira({ url, token: TEST_TOKEN, clock: createJumpClock() })
}

/** A raw server that answers by path, 404 elsewhere; every answer is one to `ada`. */
export function startPaths(
  answers: Readonly<Record<string, unknown>>,
  headers: Record<string, string> = {},
): Promise<RawServer> {
  return startRawServer((response, { path }) => {
    const body = answers[path.split('?')[0] ?? '']
    const said = { 'x-ausername': 'ada', ...headers }
    if (body === undefined) answerJson(response, { errorMessages: ['No.'] }, { status: 404, headers: said })
    else answerJson(response, body, { headers: said })
  })
}

/** What a search answers that finds these. */
export function foundIssues(...issues: unknown[]): object {
  return { startAt: 0, maxResults: 100, total: issues.length, issues }
}

/** The sandbox as a Data Center server, closed when the test ends. */
export async function startDataCenter(
  settings: Partial<SandboxSettings> = {},
): Promise<{ server: TestServer; jira: Jira }> {
  const server = await startTestServer({ deployment: 'data-center', contextPath: '/jira', ...settings })
  onTestFinished(() => server.stop())
  const jira = createDataCenterJira({ ...server, token: server.apiToken, clock: createJumpClock() })
  return { server, jira }
}
