import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../../test-support/server.ts'

const MYSELF = '/rest/api/2/myself'
const SEARCH = '/rest/api/2/search'
const ISSUE = '/rest/api/2/issue'

interface Found {
  readonly startAt: number
  readonly maxResults: number
  readonly total: number
  readonly issues: readonly { readonly key: string; readonly fields: Record<string, unknown> }[]
  readonly warningMessages?: readonly string[]
}

function ticket(fields: object = {}): object {
  return { fields: { project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: 'A ticket', ...fields } }
}

function paragraph(text: string): object {
  return { type: 'paragraph', content: [{ type: 'text', text }] }
}

describe('the sandbox as a Data Center server', () => {
  let server: TestServer

  async function withPassword(name: string, password: string): Promise<number> {
    const authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
    return (await fetch(server.url + MYSELF, { headers: { authorization } })).status
  }

  beforeEach(async () => {
    server = await startTestServer({ deployment: 'data-center', contextPath: '/jira' })
  })
  afterEach(async () => {
    await server.stop()
    if (server.bugs.length > 0) throw new AggregateError(server.bugs, 'A request met a bug')
  })

  const send = async (method: string, path: string, body?: unknown, token = server.apiToken) => {
    const response = await fetch(server.url + path, {
      method,
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? (JSON.parse(text) as unknown) : text,
    }
  }
  const search = async (request: object): Promise<Found> =>
    (await send('POST', SEARCH, request)).body as Found
  const addAll = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await send('POST', ISSUE, ticket({ summary: `Ticket ${n}` }))
  }

  test('says what it is, to anybody', async () => {
    const info = { deploymentType: 'Server', baseUrl: server.url }
    expect((await send('GET', '/rest/api/2/serverInfo', undefined, '')).body).toMatchObject(info)
    expect((await send('GET', '/rest/api/2/serverInfo')).body).toMatchObject(info)
    expect(server.url).toMatch(/\/jira$/)
  })

  test('as Cloud it answers the same question at the same address', async () => {
    await server.setSettings({ deployment: 'cloud' })
    expect((await send('GET', '/rest/api/2/serverInfo', undefined, '')).body).toMatchObject({
      deploymentType: 'Cloud',
    })
    expect((await server.request('GET', '/rest/api/3/myself')).status).toBe(200)
    expect((await send('GET', MYSELF)).status).toBe(401) // a personal access token
    expect((await server.request('GET', MYSELF)).body).toHaveProperty('accountId')
    expect((await server.request('GET', '/rest/api/2/search?jql=')).status).toBe(200)
  })

  test('is below its context path and nowhere else', async () => {
    const root = server.url.replace(/\/jira$/, '')
    expect((await fetch(`${root}/rest/api/2/serverInfo`)).status).toBe(404)
  })

  test.each([
    ['GET', '/rest/api/3/myself'],
    ['POST', '/rest/api/3/search/jql'],
    ['POST', '/rest/api/2/search/approximate-count'],
    ['POST', '/rest/api/3/issue/bulkfetch'],
    ['POST', '/rest/api/3/bulk/issues/delete'],
    ['GET', '/_edge/tenant_info'],
  ])('has no %s %s', async (method, path) => {
    expect((await send(method, path, method === 'POST' ? {} : undefined)).status).toBe(404)
  })

  test('knows its account by a personal access token, and by a name', async () => {
    const { body, headers } = await send('GET', MYSELF)
    expect(body).toMatchObject({
      name: 'demo',
      key: 'JIRAUSER10000',
      timeZone: 'UTC',
      displayName: 'Sandbox User',
    })
    expect(body).not.toHaveProperty('accountId')
    expect(headers.get('x-ausername')).toBe('demo')
    expect(headers.get('x-seraph-loginreason')).toBe('OK')
    expect(headers.get('x-aaccountid')).toBeNull()
  })

  test('turns another token, and another password, away', async () => {
    const wrong = await send('GET', MYSELF, undefined, 'wrong')
    expect(wrong).toMatchObject({ status: 401, body: { 'status-code': 401, message: expect.any(String) } })
    expect(wrong.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED')
    expect(wrong.headers.get('x-ausername')).toBe('anonymous')
    expect(await withPassword('demo', 'wrong')).toBe(401)
    expect(await withPassword('demo', server.apiToken)).toBe(200)
    expect(await withPassword(server.email, server.apiToken)).toBe(200)
    expect(await withPassword('nobody', server.apiToken)).toBe(401)
    expect((await send('GET', MYSELF, undefined, '')).headers.get('x-seraph-loginreason')).toBe('OUT')
  })

  test('may show an expired token the page to log in on, with 200', async () => {
    await server.setSettings({ anonymous: 'empty' })
    const { status, headers, body } = await send('POST', SEARCH, { jql: '' }, 'expired')
    expect({ status, body }).toEqual({ status: 200, body: expect.stringContaining('<form') })
    expect(headers.get('x-ausername')).toBe('anonymous')
  })

  test('makes tickets with wiki text and properties, and refuses a document', async () => {
    const body = {
      ...ticket({ description: 'h1. Up\n\n*down*' }),
      properties: [{ key: 'tpm', value: { slot: 1 } }],
    }
    expect((await send('POST', ISSUE, body)).status).toBe(201)
    expect((await send('GET', `${ISSUE}/TPM-1?fields=description`)).body).toMatchObject({
      self: expect.stringContaining('/jira/rest/api/2/issue/'),
      fields: { description: 'h1. Up\n\n*down*' },
    })
    expect((await send('GET', `${ISSUE}/TPM-1/properties/tpm`)).body).toEqual({
      key: 'tpm',
      value: { slot: 1 },
    })
    const document = { type: 'doc', version: 1, content: [] }
    expect(await send('POST', ISSUE, ticket({ description: document }))).toMatchObject({
      status: 400,
      body: { errors: { description: 'Operation value must be a string' } },
    })
    expect((await send('DELETE', `${ISSUE}/TPM-1`)).status).toBe(204)
    expect((await send('GET', `${ISSUE}/TPM-1`)).status).toBe(404)
  })

  test('reads as text what was made with a document, and the other way round', async () => {
    await send('POST', ISSUE, ticket({ description: 'One.\n\nTwo.' }))
    await server.setSettings({ deployment: 'cloud' })
    const document = { type: 'doc', version: 1, content: [paragraph('One.'), paragraph('Two.')] }
    const ofFirst = await server.request('GET', '/rest/api/3/issue/TPM-1?fields=description')
    expect(ofFirst.body).toMatchObject({ fields: { description: document } })
    await server.request('POST', '/rest/api/3/issue', ticket({ description: document }))
    await server.setSettings({ deployment: 'data-center' })
    expect((await send('GET', `${ISSUE}/TPM-2?fields=description`)).body).toMatchObject({
      fields: { description: 'One.\n\nTwo.' },
    })
  })

  test('searches by offset over a live result, with a total', async () => {
    await addAll(5)
    const jql = 'project = TPM ORDER BY key ASC'
    expect(await search({ jql, startAt: 3, maxResults: 2, fields: ['summary'] })).toMatchObject({
      startAt: 3,
      maxResults: 2,
      total: 5,
      issues: [{ key: 'TPM-4', fields: { summary: 'Ticket 3' } }, { key: 'TPM-5' }],
    })
    await server.remove('TPM-1')
    expect(await search({ jql, startAt: 3, maxResults: 2 })).toMatchObject({
      total: 4,
      issues: [{ key: 'TPM-5' }],
    })
    expect(await search({ jql, maxResults: 0 })).toMatchObject({ total: 4, maxResults: 0, issues: [] })
    const { body } = await send(
      'GET',
      `${SEARCH}?jql=project=TPM&startAt=1&maxResults=1&fields=summary,labels`,
    )
    expect(body).toMatchObject({ startAt: 1, maxResults: 1, total: 4 })
    expect(Object.keys((body as Found).issues[0]?.fields ?? {}).toSorted()).toEqual(['labels', 'summary'])
  })

  test('gives fifty tickets with their fields where nothing is asked for, also without a query', async () => {
    await addAll(1)
    const found = await search({})
    expect(found).toMatchObject({ startAt: 0, maxResults: 50, total: 1 })
    expect(found.issues[0]?.fields).toHaveProperty('created')
  })

  test('gives no issue properties with a search, whatever is asked for', async () => {
    await send('POST', ISSUE, { ...ticket(), properties: [{ key: 'tpm', value: 1 }] })
    const found = await search({ jql: 'project = TPM', properties: ['tpm'] })
    expect(found.issues[0]).not.toHaveProperty('properties')
  })

  test('caps a page, and pages no further than its window', async () => {
    await server.setSettings({ searchPageCap: 2, searchWindow: 4 })
    await addAll(5)
    const jql = 'project = TPM'
    expect(await search({ jql, maxResults: 100 })).toMatchObject({ maxResults: 2, total: 5 })
    expect(await search({ jql, maxResults: -1 })).toMatchObject({ maxResults: 2 })
    expect(await send('POST', SEARCH, { jql, startAt: 3, maxResults: 2 })).toMatchObject({
      status: 500,
      body: { errorMessages: [expect.stringContaining('Search limit exceeded')] },
    })
  })

  test('refuses a query for a ticket that is gone, unless it is told not to look', async () => {
    await addAll(1)
    const jql = 'id in (10000, 4711)'
    expect(await send('POST', SEARCH, { jql })).toMatchObject({
      status: 400,
      body: { errorMessages: ["A value with ID '4711' does not exist for the field 'id'."] },
    })
    expect(await search({ jql, validateQuery: false })).toMatchObject({
      total: 1,
      warningMessages: ["A value with ID '4711' does not exist for the field 'id'."],
    })
    expect((await send('POST', SEARCH, { jql: 'id in (', validateQuery: false })).status).toBe(400)
  })

  const UNKNOWN = [
    ['field', 'colour = red', "Field 'colour' does not exist"],
    ['function', 'project = nextSprint()', "Unable to find JQL function 'nextSprint()'"],
    ['operator', 'created ~ today', "The operator '~' is not supported by the 'created' field."],
    ['form of a date', 'created > yesterday', "Date value 'yesterday' for field 'created' is invalid."],
    ['text', 'summary ~ "*x"', "is not allowed to start with character '*'"],
    ['field to sort by', 'project = TPM ORDER BY colour', "Not able to sort using field 'colour'."],
  ] as const
  const SPELLINGS = [true, false, 'true', 'false', 'False', 'FALSE', 'none', 'warn', 'strict', '0', '']

  test.each(UNKNOWN)(
    'an unknown %s is refused, whatever validateQuery says',
    async (_what, jql, sentence) => {
      for (const validateQuery of SPELLINGS) {
        const query = new URLSearchParams({ jql, validateQuery: String(validateQuery) }).toString()
        for (const answer of [
          await send('POST', SEARCH, { jql, validateQuery }),
          await send('GET', `${SEARCH}?${query}`),
        ]) {
          expect([validateQuery, answer]).toMatchObject([
            validateQuery,
            { status: 400, body: { errorMessages: [expect.stringContaining(sentence)] } },
          ])
        }
      }
    },
  )

  test.each(SPELLINGS)('a value that is not there, with validateQuery=%s', async (validateQuery) => {
    const query = new URLSearchParams({
      jql: 'priority = Urgent',
      validateQuery: String(validateQuery),
    }).toString()
    const { status } = await send('GET', `${SEARCH}?${query}`)
    expect(status).toBe(/^(false|warn|none)$/i.test(String(validateQuery)) ? 200 : 400)
  })

  test('lists projects and priorities whole', async () => {
    expect((await send('GET', '/rest/api/2/project')).body).toMatchObject([{ key: 'TPM' }])
    const { body } = await send('GET', '/rest/api/2/priority')
    expect((body as { name: string }[]).map(({ name }) => name)).toEqual([
      'Highest',
      'High',
      'Medium',
      'Low',
      'Lowest',
    ])
  })

  test('pages what can be created under the name of values', async () => {
    const types = '/rest/api/2/issue/createmeta/TPM/issuetypes'
    expect((await send('GET', `${types}?maxResults=1`)).body).toEqual({
      startAt: 0,
      maxResults: 1,
      total: 5,
      isLast: false,
      values: [expect.objectContaining({ id: '10001', name: 'Task' })],
    })
    const { body } = await send('GET', `${types}/10001`)
    expect(body).toMatchObject({ isLast: true })
    expect((body as { values: { fieldId: string }[] }).values.map(({ fieldId }) => fieldId)).toContain(
      'priority',
    )
  })

  test('tells every permission without being asked for some', async () => {
    const { body } = await send('GET', '/rest/api/2/mypermissions?projectKey=TPM')
    expect(body).toMatchObject({
      permissions: { BROWSE_PROJECTS: { havePermission: true }, CREATE_ISSUES: {}, DELETE_ISSUES: {} },
    })
  })

  test('tells its limit on every answer, and when to come back', async () => {
    await server.setSettings({ burstPerSecond: 2 })
    const headersOf = async (): Promise<Record<string, string>> =>
      Object.fromEntries((await send('GET', MYSELF)).headers)
    const told = {
      'x-ratelimit-limit': '2',
      'x-ratelimit-fillrate': '2',
      'x-ratelimit-interval-seconds': '1',
    }
    expect(await headersOf()).toMatchObject({ ...told, 'x-ratelimit-remaining': '1', 'retry-after': '0' })
    await headersOf()
    expect(await headersOf()).toMatchObject({ ...told, 'x-ratelimit-remaining': '0', 'retry-after': '1' })
    // One bucket for everything that the user asks.
    expect((await send('GET', '/rest/api/2/priority')).status).toBe(429)
    server.clock.set(server.clock.now() + 500)
    expect((await send('GET', '/rest/api/2/priority')).status).toBe(200)
  })
})
