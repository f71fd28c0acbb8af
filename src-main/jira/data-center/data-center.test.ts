import { expect, test } from 'vitest'
import { errorText, type AppError } from '../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Jira } from '../jira.ts'
import { answerJson, ASKED, startRawServer, TEST_TOKEN, wireIssue } from '../../../test-support/jira/jira.ts'
import { createDataCenterJira } from './data-center.ts'
import {
  dataCenterAt,
  foundIssues,
  MYSELF,
  QUERY,
  startDataCenter,
  startPaths,
} from '../../../test-support/jira/data-center/data-center.ts'

const never = new AbortController().signal
const NEW = {
  projectKey: 'TPM',
  issueTypeId: '10001',
  priorityId: '2',
  title: 'A ticket',
  paragraphs: ['It is {urgent}.', 'Is it?'],
  labels: ['run-1'],
  properties: [{ key: 'jira-tpm', value: { slot: 3 } }],
}

test('asks below the context path, with the token as a bearer’s, for the fields it reads', async () => {
  const server = await startPaths({ '/jira/rest/api/2/search': foundIssues(wireIssue(7)) })
  const page = await dataCenterAt(`${server.url}/jira`).search(QUERY, never)
  expect(page).toMatchObject({ tickets: [{ key: 'TPM-7' }], accountId: 'ada', nextPageToken: null })
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    headers: { authorization: `Bearer ${TEST_TOKEN}` },
    body: {
      jql: QUERY.jql,
      startAt: 0,
      maxResults: 100,
      fields: [...ASKED, 'priority'],
      validateQuery: true,
    },
  })
})

test('makes a ticket with wiki text in which the text stays text', async () => {
  const server = await startPaths({ '/rest/api/2/issue': { id: '10001', key: 'TPM-1', self: 'x' } })
  expect(await dataCenterAt(server.url).create(NEW, never)).toEqual({ id: '10001', key: 'TPM-1' })
  expect(server.requests[0]?.body).toEqual({
    fields: {
      project: { key: 'TPM' },
      issuetype: { id: '10001' },
      priority: { id: '2' },
      summary: 'A ticket',
      description: String.raw`It is \{urgent\}.` + '\n\nIs it?',
      labels: ['run-1'],
    },
    properties: [{ key: 'jira-tpm', value: { slot: 3 } }],
  })
})

test.each([
  ['identity', (jira: Jira) => jira.identity(never), '/rest/api/2/myself', { ...MYSELF, name: null }, 'name'],
  ['projects', (jira: Jira) => jira.projects(never), '/rest/api/2/project', [{ id: 1, key: 'A' }], '0.id'],
  [
    'priorities',
    (jira: Jira) => jira.priorities(never),
    '/rest/api/2/priority',
    { values: [] },
    'must be array',
  ],
  [
    'creatable',
    (jira: Jira) => jira.creatable('TPM', never),
    '/rest/api/2/issue/createmeta/TPM/issuetypes',
    { issueTypes: [] },
    'values',
  ],
  [
    'permissions',
    (jira: Jira) => jira.permissions('TPM', never),
    '/rest/api/2/mypermissions',
    {},
    'permissions',
  ],
  [
    'search',
    (jira: Jira) => jira.search(QUERY, never),
    '/rest/api/2/search',
    { total: 0, issues: [] },
    'startAt',
  ],
  [
    'ids',
    (jira: Jira) => jira.searchIds(QUERY, never),
    '/rest/api/2/search',
    foundIssues({ id: '1' }),
    'no times',
  ],
  [
    'a count',
    (jira: Jira) => jira.approximateCount('', never),
    '/rest/api/2/search',
    { startAt: 0, issues: [] },
    'total',
  ],
  [
    'a ticket',
    (jira: Jira) => jira.byIds(['7'], never),
    '/rest/api/2/issue/7',
    { id: '7', key: 'TPM-7' },
    'TPM-7',
  ],
  ['a server', (jira: Jira) => jira.server(never), '/rest/api/2/serverInfo', 'Jira', 'must be object'],
])('%s of another shape is broken, and named', async (_what, ask, path, body, place) => {
  const server = await startPaths({ [path]: body })
  const asked = ask(dataCenterAt(server.url))
  await expect(asked).rejects.toMatchObject({ code: 'jira-broken' })
  await expect(asked).rejects.toThrow(place)
})

test('a page to log in on, with status 200, is no answer; the hint speaks of this token', async () => {
  const server = await startRawServer((response) =>
    response.writeHead(200, { 'content-type': 'text/html;charset=UTF-8' }).end('<html>Log in</html>'),
  )
  const jira = dataCenterAt(server.url)
  for (const asked of [jira.identity(never), jira.search(QUERY, never), jira.byIds(['1'], never)]) {
    const error = await asked.then(
      () => null,
      (thrown: AppError) => thrown,
    )
    expect(error).toMatchObject({
      code: 'not-authenticated',
      hint: expect.stringContaining('personal access token'),
    })
    expect(errorText(error as AppError)).not.toContain(TEST_TOKEN)
  }
})

test.each([
  ['anonymous', { 'x-ausername': 'anonymous' }, null],
  ['nobody', { 'x-ausername': '' }, null],
  ['a name with a space', { 'x-ausername': 'ada%20l' }, 'ada l'],
])('an answer to %s says so', async (_who, headers, accountId) => {
  const server = await startPaths({ '/rest/api/2/search': foundIssues() }, headers)
  expect((await dataCenterAt(server.url).search(QUERY, never)).accountId).toBe(accountId)
  expect((await dataCenterAt(server.url).searchIds(QUERY, never)).accountId).toBe(accountId)
})

test('a ticket that is not shown is missing only if Jira still knows us', async () => {
  const known = await startPaths({ '/rest/api/2/myself': MYSELF, '/rest/api/2/issue/7': wireIssue(7) })
  expect((await dataCenterAt(known.url).byIds(['7', '8'], never)).map(({ id }) => id)).toEqual(['7'])
  const unknown = await startRawServer((response, { path }) =>
    path.endsWith('/myself')
      ? response.writeHead(401).end()
      : answerJson(response, { errorMessages: ['Issue Does Not Exist'] }, { status: 404 }),
  )
  await expect(dataCenterAt(unknown.url).byIds(['7'], never)).rejects.toMatchObject({
    code: 'not-authenticated',
  })
})

test('at most four tickets are read at once', async () => {
  let underWay = 0
  let most = 0
  const server = await startRawServer((response, { path }) => {
    most = Math.max(most, ++underWay)
    const id = Number(/issue\/(\d+)/.exec(path)?.[1])
    setImmediate(() => {
      underWay--
      answerJson(response, wireIssue(id))
    })
  })
  const ids = Array.from({ length: 20 }, (_, n) => String(n + 1))
  expect((await dataCenterAt(server.url).byIds(ids, never)).map(({ id }) => id)).toEqual(ids)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(4)
})

test('an issue property is read from each ticket, and one that may not be read is not taken for missing', async () => {
  const issues = foundIssues(wireIssue(1), wireIssue(2))
  const property = { key: 'jira-tpm', value: { slot: 3 } }
  const answers = {
    '/rest/api/2/myself': MYSELF,
    '/rest/api/2/search': issues,
    '/rest/api/2/issue/1/properties/jira-tpm': property,
  }
  const server = await startPaths(answers)
  const page = await dataCenterAt(server.url).search({ ...QUERY, property: 'jira-tpm' }, never)
  expect(page.tickets.map((ticket) => ticket.property)).toEqual([{ slot: 3 }, undefined])
  expect(server.requests.map(({ path }) => path)).toContain('/rest/api/2/myself')
  const forbidding = await startRawServer((response, { path }) =>
    path.includes('/properties/') ? answerJson(response, {}, { status: 403 }) : answerJson(response, issues),
  )
  await expect(
    dataCenterAt(forbidding.url).search({ ...QUERY, property: 'jira-tpm' }, never),
  ).rejects.toMatchObject({ code: 'jira-refused' })
})

test('keeps within the limit that every answer tells', async () => {
  const { server } = await startDataCenter({ burstPerSecond: 2 })
  const waits: number[] = []
  const clock: Clock = {
    now: () => server.clock.now(),
    async sleep(ms) {
      waits.push(ms)
      server.clock.set(server.clock.now() + ms)
    },
  }
  const jira = createDataCenterJira({ ...server, token: server.apiToken, clock })
  for (let n = 0; n < 8; n++) await jira.identity(never)
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(2_500)
})
