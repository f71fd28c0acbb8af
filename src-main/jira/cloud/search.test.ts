import { describe, expect, test } from 'vitest'
import type { SearchQuery } from '../jira.ts'
import {
  answerJson,
  ASKED,
  createJumpClock,
  jiraAt,
  startRawServer,
  wireIssue,
  type Behaviour,
} from '../../../test-support/jira/jira.ts'

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
    fields: [...ASKED, 'priority'],
    maxResults: 100,
    nextPageToken: 'abc',
    properties: ['jira-tpm'],
    reconcileIssues: [10001],
  })
})

test('reads tickets, their property, the site’s clock, and for whom it answered', async () => {
  const value = { run: 'abcdefgh', slot: 3 }
  const issue = { ...wireIssue(7, { labels: ['a'] }), properties: { 'jira-tpm': value } }
  const server = await startRawServer((response) =>
    answerJson(
      response,
      { issues: [issue, wireIssue(8)] },
      { headers: { date: 'Sun, 27 Sep 2026 08:06:00 GMT', 'x-aaccountid': 'ada' } },
    ),
  )
  const page = await jiraAt(server.url).search({ ...QUERY, property: 'jira-tpm' }, never)
  expect(page.accountId).toBe('ada')
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
    rehearsed: false,
    property: value,
  })
  expect(page.tickets[1]?.property).toBeUndefined()
})

async function readFields(fields: Record<string, unknown>) {
  const server = await startRawServer((response) =>
    answerJson(response, { issues: [wireIssue(1, fields)], isLast: true }),
  )
  const [ticket] = (await jiraAt(server.url).search(QUERY, never)).tickets
  const { issueType, components, reporterId } = ticket ?? {}
  return { issueType, components, reporterId }
}

describe('what a ticket may be split by', () => {
  const UNKNOWN = { issueType: undefined, components: undefined, reporterId: undefined }

  test.each([
    ['as Cloud has it', { accountId: 'ada-1', displayName: 'Ada' }, 'ada-1'],
    ['as Data Center has it', { key: 'JIRAUSER1', name: 'ada' }, 'JIRAUSER1'],
    ['as an older one has it', { name: 'ada' }, 'ada'],
    ['nobody', null, null],
  ])('is read: %s', async (_name, reporter, reporterId) => {
    const issuetype = { id: '1', name: 'Bug' }
    const components = [{ id: '1', name: 'Search' }, { name: 'Checkout' }]
    expect(await readFields({ issuetype, components, reporter })).toEqual({
      issueType: 'Bug',
      components: ['Search', 'Checkout'],
      reporterId,
    })
  })

  test.each([
    ['absent', {}],
    ['null', { issuetype: null, components: null, reporter: {} }],
    ['of another form', { issuetype: 'Bug', components: [{ name: 'A' }, 7], reporter: 'ada' }],
    ['lists where there are none', { issuetype: [], components: {}, reporter: [] }],
    ['empty', { issuetype: { name: '' }, components: [null], reporter: { accountId: '' } }],
  ])('is not known, and the ticket is read all the same: %s', async (_name, fields) => {
    expect(await readFields(fields)).toEqual(UNKNOWN)
  })

  test.each([
    [['jira-tpm'], true],
    [['a', 'jira-tpm-abcdef23'], true],
    [['jira-tpm-later', 'my-jira-tpm', 'Jira-TPM'], false],
    [[], false],
  ])('labels %j make it rehearsed: %s', async (labels, rehearsed) => {
    const server = await startRawServer((response) =>
      answerJson(response, { issues: [wireIssue(1, { labels })], isLast: true }),
    )
    expect((await jiraAt(server.url).search(QUERY, never)).tickets[0]).toMatchObject({ labels, rehearsed })
  })
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

describe('where a severity is watched', () => {
  const watchedField = 'customfield_10050'

  test('it is asked for, and its value is what the ticket is watched by', async () => {
    const issues = [
      wireIssue(1, { priority: undefined, [watchedField]: { self: 'x', id: '10', value: 'S1' } }),
      wireIssue(2, { [watchedField]: null }),
      wireIssue(3),
    ]
    const server = await startRawServer((response) => answerJson(response, { issues }))
    const { tickets } = await jiraAt(server.url, { watchedField }).search(QUERY, never)
    expect(tickets).toMatchObject([
      { priorityId: '10', priorityName: 'S1' },
      { priorityId: '', priorityName: 'None' },
      { priorityId: '', priorityName: 'None' },
    ])
    expect(server.requests[0]?.body).toMatchObject({
      fields: [...ASKED, watchedField],
    })
  })

  test('a field of another kind fails the page', async () => {
    const issues = [wireIssue(4_711, { [watchedField]: [{ id: '10', value: 'S1' }] })]
    const server = await startRawServer((response) => answerJson(response, { issues }))
    const page = jiraAt(server.url, { watchedField }).search(QUERY, never)
    await expect(page).rejects.toThrow(/TPM-4711.*customfield_10050/)
  })
})

describe('ids alone', () => {
  test('are asked for by the thousand, and nothing with them', async () => {
    const server = await startRawServer((response) =>
      answerJson(
        response,
        { issues: [{ id: '1' }, { id: '2', key: 'TPM-2', self: 'http://x.test' }], nextPageToken: 'b' },
        { headers: { date: 'Sun, 27 Sep 2026 08:06:00 GMT', 'x-aaccountid': 'ada' } },
      ),
    )
    expect(await jiraAt(server.url).searchIds({ jql: 'updated >= 0', pageToken: 'a' }, never)).toEqual({
      ids: ['1', '2'],
      nextPageToken: 'b',
      siteMs: Date.UTC(2026, 8, 27, 8, 6),
      accountId: 'ada',
    })
    expect(server.requests[0]?.body).toEqual({
      jql: 'updated >= 0',
      fields: ['id'],
      maxResults: 5_000,
      nextPageToken: 'a',
    })
  })

  test.each([{ issues: [] }, { issues: [{ id: '1' }] }])(
    'a short page %j with a token is not the last',
    async (body) => {
      const server = await startRawServer((response) => answerJson(response, { ...body, nextPageToken: 'b' }))
      const page = await jiraAt(server.url).searchIds({ jql: 'x', pageToken: null }, never)
      expect(page.nextPageToken).toBe('b')
    },
  )

  test.each([{}, { issues: [{ id: '1' }, { key: 'TPM-2' }] }])('%j is no page of ids', async (body) => {
    const server = await startRawServer((response) => answerJson(response, body))
    const page = jiraAt(server.url).searchIds({ jql: 'x', pageToken: null }, never)
    await expect(page).rejects.toMatchObject({ code: 'jira-broken' })
  })
})

/** Knows the tickets with even ids; the first answer leaves those of `failing` for later. */
function startBulkFetch(failing: readonly string[] = []) {
  return startRawServer((response, { body }, n) => {
    const asked = (body as { issueIdsOrKeys: string[] }).issueIdsOrKeys
    const later = n === 0 ? failing : []
    const known = asked.filter((id) => Number(id) % 2 === 0 && !later.includes(id))
    answerJson(response, {
      issues: known.map((id) => wireIssue(Number(id))),
      issueErrors: later.map((id) => ({ id, errorMessage: 'Try again' })),
    })
  })
}
describe('tickets by their ids', () => {
  const ids = Array.from({ length: 230 }, (_, i) => String(i + 1))

  test('are asked for a hundred at a time; those that Jira does not show are left out', async () => {
    const server = await startBulkFetch()
    const tickets = await jiraAt(server.url).byIds(ids, never)
    expect(tickets.map(({ id }) => id)).toEqual(ids.filter((id) => Number(id) % 2 === 0))
    expect(
      server.requests.map(({ body }) => (body as { issueIdsOrKeys: string[] }).issueIdsOrKeys.length),
    ).toEqual([100, 100, 30])
    expect(server.requests[0]).toMatchObject({
      path: '/rest/api/3/issue/bulkfetch',
      body: { fields: expect.arrayContaining(['summary', 'priority', 'project']) },
    })
  })

  test('are asked for again where Jira could not give some of them, which are not missing', async () => {
    const server = await startBulkFetch(['4', '6'])
    const tickets = await jiraAt(server.url).byIds(['2', '4', '6'], never)
    expect(tickets.map(({ id }) => id)).toEqual(['2', '4', '6'])
    expect(server.requests).toHaveLength(2)
  })

  test('are an error where Jira never gives all of them', async () => {
    const server = await startRawServer((response) =>
      answerJson(response, { issues: [], issueErrors: [{ id: '2', errorMessage: 'no' }] }),
    )
    await expect(jiraAt(server.url).byIds(['2'], never)).rejects.toMatchObject({ code: 'jira-unreachable' })
    expect(server.requests).toHaveLength(5)
  })

  test('none are none, and nothing is asked', async () => {
    const server = await startBulkFetch()
    expect(await jiraAt(server.url).byIds([], never)).toEqual([])
    expect(server.requests).toEqual([])
  })
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
