import { expect, test } from 'vitest'
import type { SearchQuery } from './jira.ts'
import { answerJson, createJumpClock, jiraAt, startRawServer, wireIssue, type Behaviour } from './testing.ts'

const never = new AbortController().signal
const QUERY: SearchQuery = {
  jql: 'updated >= 0',
  pageToken: null,
  pageSize: 100,
  reconcileIds: [],
  property: null,
}

test('asks by POST for the fields, the property and the ids to be consistent about', async () => {
  const server = await startRawServer((response) => answerJson(response, { issues: [], isLast: true }))
  await jiraAt(server.url).search(
    { ...QUERY, pageToken: 'abc', reconcileIds: ['10001'], property: 'jira-tpm' },
    never,
  )
  expect(server.requests[0]).toMatchObject({ method: 'POST', path: '/rest/api/3/search/jql' })
  expect(server.requests[0]?.body).toEqual({
    jql: 'updated >= 0',
    fields: ['summary', 'priority', 'status', 'created', 'updated', 'labels', 'project'],
    maxResults: 100,
    nextPageToken: 'abc',
    properties: ['jira-tpm'],
    reconcileIssues: [10001],
  })
})

test('reads tickets, their property, and the site’s clock', async () => {
  const value = { run: 'abcdefgh', slot: 3 }
  const issue = { ...wireIssue(7, { labels: ['a'] }), properties: { 'jira-tpm': value } }
  const server = await startRawServer((response) =>
    answerJson(
      response,
      { issues: [issue, wireIssue(8)] },
      { headers: { date: 'Sun, 27 Sep 2026 08:06:00 GMT' } },
    ),
  )
  const page = await jiraAt(server.url).search({ ...QUERY, property: 'jira-tpm' }, never)
  expect(page.siteMs).toBe(Date.UTC(2026, 8, 27, 8, 6))
  expect(page.tickets[0]).toEqual({
    id: '7',
    key: 'TPM-7',
    projectKey: 'TPM',
    title: 'Ticket 7',
    priorityId: '2',
    priorityName: 'High',
    status: 'To Do',
    createdMs: Date.UTC(2026, 8, 27, 8, 3, 11, 123),
    updatedMs: Date.UTC(2026, 8, 27, 8, 5),
    labels: ['a'],
    property: value,
  })
  expect(page.tickets[1]?.property).toBeUndefined()
})

test.each([
  [{ isLast: true, nextPageToken: 'x' }, null],
  [{ isLast: false, nextPageToken: 'x' }, 'x'],
  [{ nextPageToken: 'x' }, 'x'],
  [{ nextPageToken: null }, null],
  [{ nextPageToken: '' }, null],
  [{}, null],
])('after %j the next page is %j', async (end, next) => {
  const server = await startRawServer((response) => answerJson(response, { issues: [wireIssue(1)], ...end }))
  expect((await jiraAt(server.url).search(QUERY, never)).nextPageToken).toBe(next)
})

test('takes a ticket without a priority as one of none', async () => {
  const issues = [wireIssue(1, { priority: null }), wireIssue(2, { priority: undefined })]
  const server = await startRawServer((response) => answerJson(response, { issues }))
  const { tickets } = await jiraAt(server.url).search(QUERY, never)
  expect(tickets).toMatchObject([
    { priorityId: '', priorityName: 'None' },
    { priorityId: '', priorityName: 'None' },
  ])
})

test.each([
  ['fields.created', { created: 12 }],
  ['created is no time', { created: 'yesterday' }],
  ['updated is no time', { updated: '' }],
  ['fields', { summary: undefined }],
  ['fields.project', { project: {} }],
  ['fields.priority', { priority: { id: 2 } }],
])('a ticket with a wrong %s fails the page and is named', async (wrong, fields) => {
  const issues = [wireIssue(1), wireIssue(4711, fields)]
  const server = await startRawServer((response) => answerJson(response, { issues }))
  const page = jiraAt(server.url).search(QUERY, never)
  await expect(page).rejects.toMatchObject({ code: 'jira-broken' })
  await expect(page).rejects.toThrow('TPM-4711')
  await expect(page).rejects.toThrow(wrong)
})

test.each([{ isLast: true }, { issues: 'none' }, { issues: [], isLast: 'yes' }, []])(
  'an answer like %j is refused',
  async (body) => {
    const server = await startRawServer((response) => answerJson(response, body))
    await expect(jiraAt(server.url).search(QUERY, never)).rejects.toMatchObject({ code: 'jira-broken' })
  },
)

test('is repeated after a 503, a reset and cut JSON, with the same request', async () => {
  const faults: Behaviour[] = [
    (response) => response.writeHead(503).end(),
    (response) => response.socket?.resetAndDestroy(),
    (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"issues":['),
  ]
  const server = await startRawServer((response, request, n) => {
    const fault = faults[n]
    if (fault === undefined) answerJson(response, { issues: [wireIssue(1)] })
    else fault(response, request, n)
  })
  expect((await jiraAt(server.url).search(QUERY, never)).tickets).toHaveLength(1)
  expect(server.requests).toHaveLength(4)
  expect(new Set(server.requests.map(({ body }) => JSON.stringify(body))).size).toBe(1)
})

test('waits at least as long as a 429 asks for', async () => {
  const server = await startRawServer((response, _request, n) =>
    n === 0
      ? answerJson(response, {}, { status: 429, headers: { 'retry-after': '11' } })
      : answerJson(response, { issues: [] }),
  )
  const clock = createJumpClock()
  await jiraAt(server.url, { clock }).search(QUERY, never)
  expect(clock.waits).toHaveLength(1)
  expect(clock.waits[0]).toBeGreaterThanOrEqual(11_000)
})
