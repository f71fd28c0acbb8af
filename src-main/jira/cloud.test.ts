import { describe, expect, test } from 'vitest'
import { AppError, errorText, toWireError } from '../../src-shared/errors/app-error.ts'
import { createCloudJira } from './cloud.ts'
import type { SearchQuery } from './jira.ts'
import { answerJson, createJumpClock, jiraAt, startRawServer, TEST_TOKEN, type Behaviour } from './testing.ts'

const never = new AbortController().signal
const QUERY: SearchQuery = {
  jql: 'updated >= 0',
  pageToken: null,
  pageSize: 100,
  reconcileIds: [],
  property: null,
}

test('identity takes null for what Jira keeps private', async () => {
  const user = {
    accountId: 'a1',
    displayName: 'Ada',
    timeZone: 'Asia/Kathmandu',
    emailAddress: null,
    locale: null,
  }
  const server = await startRawServer((response) => answerJson(response, user))
  expect(await jiraAt(server.url).identity(never)).toEqual({
    accountId: 'a1',
    displayName: 'Ada',
    timeZone: 'Asia/Kathmandu',
  })
})

test('lists are read to their end, page after page', async () => {
  const all = ['Highest', 'High', 'Medium', 'Low', 'Lowest'].map((name, i) => ({ id: String(i + 1), name }))
  const server = await startRawServer((response, { path }) => {
    const startAt = Number(new URL(path, server.url).searchParams.get('startAt'))
    const values = all.slice(startAt, startAt + 2)
    answerJson(response, {
      values,
      startAt,
      maxResults: 2,
      total: all.length,
      isLast: startAt + 2 >= all.length,
    })
  })
  expect(await jiraAt(server.url, { listPageSize: 2 }).priorities(never)).toEqual(all)
  expect(server.requests).toHaveLength(3)
})

test('creatable types have the priorities of their create screen, none where it has no such field', async () => {
  const field = {
    key: 'priority',
    fieldId: 'priority',
    name: 'Priority',
    required: false,
    operations: ['set'],
  }
  const server = await startRawServer((response, { path }) => {
    if (path.startsWith('/rest/api/3/issue/createmeta/A%2FB/issuetypes?')) {
      const issueTypes = [
        { id: '1', name: 'Task', subtask: false },
        { id: '2', name: 'Sub-task', subtask: true },
      ]
      return answerJson(response, { issueTypes, startAt: 0, maxResults: 50, total: 2 })
    }
    const fields = path.includes('/issuetypes/1')
      ? [{ ...field, allowedValues: [{ id: '2', name: 'High', iconUrl: 'x' }] }]
      : []
    answerJson(response, { fields, startAt: 0, maxResults: 50, total: fields.length })
  })
  expect(await jiraAt(server.url).creatable('A/B', never)).toEqual([
    { id: '1', name: 'Task', subtask: false, priorities: [{ id: '2', name: 'High' }] },
    { id: '2', name: 'Sub-task', subtask: true, priorities: [] },
  ])
})

test('an approximate count is Jira’s number', async () => {
  const server = await startRawServer((response) => answerJson(response, { count: 153 }))
  expect(await jiraAt(server.url).approximateCount('updated >= 0', never)).toBe(153)
})

const echo: Behaviour = (response, { headers }) => {
  const said = `You sent ${headers.authorization} and ${TEST_TOKEN}`
  answerJson(response, { errorMessages: [said] }, { status: 400, headers: { location: TEST_TOKEN } })
}

describe('the token', () => {
  const credentials = Buffer.from(`ada@example.com:${TEST_TOKEN}`).toString('base64')
  const behaviours: [string, Behaviour][] = [
    ['an echoing refusal', echo],
    [
      'a type that echoes',
      (response) => response.writeHead(200, { 'content-type': `text/${TEST_TOKEN}` }).end(),
    ],
    ['a ticket that echoes', (response) => answerJson(response, { issues: [{ key: TEST_TOKEN }] })],
    ['a 401', (response) => response.writeHead(401).end(TEST_TOKEN)],
    ['a redirect', (response) => response.writeHead(302, { location: `http://x.test/${TEST_TOKEN}` }).end()],
    ['a reset', (response) => response.socket?.resetAndDestroy()],
  ]
  test.each(behaviours)('is in no error after %s', async (_what, behave) => {
    const server = await startRawServer(behave)
    const error = await jiraAt(server.url)
      .search(QUERY, never)
      .catch((caught: unknown) => caught as AppError)
    expect(error).toBeInstanceOf(AppError)
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${credentials}`)
    const { stack, cause } = error as AppError
    const texts = [errorText(toWireError(error)), stack, JSON.stringify(error), String(cause)].join(' ')
    expect(texts).not.toContain(TEST_TOKEN)
    expect(texts).not.toContain(credentials)
  })
})

test.each(['', 'jira', 'ftp://x.test', 'https://ada:secret@x.test'])('the address %j is refused', (url) => {
  const build = (): unknown =>
    createCloudJira({ url, email: 'a@b.c', apiToken: 't', clock: createJumpClock() })
  expect(build).toThrow(expect.objectContaining({ code: 'not-configured' }))
  expect(build).not.toThrow(/secret/)
})
