import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../test-support/server.ts'
import type { FaultKind } from '../faults/fault-texts.ts'

const SEARCH = '/rest/api/3/search/jql'
const ISSUE = '/rest/api/3/issue'
const FAULTS = '/sandbox/faults'
const SETTINGS = '/sandbox/settings'

function ticket(fields: object = {}): object {
  return { fields: { project: { key: 'TPM' }, issuetype: { id: '10001' }, summary: 'A ticket', ...fields } }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n + 1)
}

describe('the sandbox over HTTP', () => {
  let sandbox: TestServer

  beforeEach(async () => {
    sandbox = await startTestServer()
  })
  afterEach(async () => {
    await sandbox.stop()
    if (sandbox.bugs.length > 0) throw new AggregateError(sandbox.bugs, 'A request met a bug')
  })

  const withCredentials = (user: string, method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(sandbox.url + path, {
      method,
      headers: user === '' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  const create = (): Promise<unknown> => sandbox.request('POST', ISSUE, ticket())
  const spoil = (kind: FaultKind, times = 1): Promise<void> =>
    sandbox.setFaults([{ match: { method: 'post', path: '/issue$' }, kind, times }])
  const expired = (): string => `${sandbox.email}:expired`

  /** What a caller with an expired token gets: the body of a 200, or another status. */
  const empty = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await withCredentials(expired(), method, path, body)
    expect(response.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED')
    expect(response.headers.get('x-aaccountid')).toBeNull()
    return response.status === 200 ? response.json() : response.status
  }

  describe('knows its one account', () => {
    test('and names it on every answer', async () => {
      const { headers } = await sandbox.request('POST', SEARCH, { jql: 'project = TPM' })
      expect(headers.get('x-aaccountid')).toMatch(/^5b10/)
      expect(headers.get('x-seraph-loginreason')).toBeNull()
      const refused = await sandbox.request('POST', SEARCH, { jql: 'colour = red' })
      expect(refused.headers.get('x-aaccountid')).toMatch(/^5b10/)
    })

    test.each(['someone@else.example:x', 'no colon'])('and turns "%s" away', async (user) => {
      for (const path of [
        '/rest/api/3/myself',
        '/rest/api/3/serverInfo',
        '/sandbox/clock',
        '/sandbox/issues',
      ]) {
        const response = await withCredentials(user, 'GET', path)
        expect(response.status).toBe(401)
        expect(response.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED')
        expect(await response.json()).toMatchObject({ errorMessages: [expect.any(String)] })
      }
    })

    test('and tells who brings no credentials what kind of Jira it is, and no more', async () => {
      for (const path of ['/rest/api/3/myself', '/sandbox/clock', '/sandbox/issues']) {
        const response = await withCredentials('', 'GET', path)
        expect(response.status).toBe(401)
        expect(response.headers.get('x-seraph-loginreason')).toBeNull()
      }
      const told = await withCredentials('', 'GET', '/rest/api/3/serverInfo')
      expect([told.status, told.headers.get('x-aaccountid')]).toEqual([200, null])
      expect(await told.json()).toMatchObject({ deploymentType: 'Cloud' })
    })

    test('and another scheme than Basic away', async () => {
      const headers = { authorization: `Bearer ${sandbox.apiToken}` }
      expect((await fetch(`${sandbox.url}/rest/api/3/myself`, { headers })).status).toBe(401)
    })

    test('or, as some sites do, answers an expired token as if the site were empty', async () => {
      await sandbox.setSettings({ anonymous: 'empty' })
      await sandbox.request('POST', ISSUE, ticket())
      const jql = { jql: 'project = TPM' }
      expect(await empty('POST', SEARCH, jql)).toEqual({ issues: [], isLast: true })
      expect(await empty('GET', `${SEARCH}?jql=project%20%3D%20TPM`)).toEqual({ issues: [], isLast: true })
      expect(await empty('POST', '/rest/api/3/search/approximate-count', jql)).toEqual({ count: 0 })
      expect(await empty('GET', '/rest/api/3/project/search')).toMatchObject({
        total: 0,
        values: [],
        isLast: true,
      })
      expect(await empty('GET', '/rest/api/3/issue/createmeta/TPM/issuetypes')).toMatchObject({
        issueTypes: [],
      })
      expect(await empty('GET', '/rest/api/3/serverInfo')).toMatchObject({ deploymentType: 'Cloud' })
      expect(await empty('GET', '/rest/api/3/issue/TPM-1')).toBe(404)
      expect(await empty('POST', ISSUE, ticket())).toBe(401)
      expect(await empty('GET', '/rest/api/3/myself')).toBe(401)
      expect(await empty('GET', '/rest/api/3/priority/search')).toBe(401)
      expect(await sandbox.truth()).toHaveLength(1)
    })
  })

  test('/rest/api/2/search is there for who knows no other', async () => {
    const found = { status: 200, body: { startAt: 0, total: 0, issues: [] } }
    expect(await sandbox.request('GET', '/rest/api/2/search?jql=')).toMatchObject(found)
    expect(await sandbox.request('POST', '/rest/api/2/search', { jql: '' })).toMatchObject(found)
  })

  test.each([
    ['/rest/api/3/search', []],
    ['/rest/api/2/search', ['search-removed']],
  ] as const)('%s is gone, with the faults %j', async (path, kinds) => {
    await sandbox.setFaults(kinds.map((kind) => ({ kind })))
    for (const method of ['GET', 'POST']) {
      expect(await sandbox.request(method, path, method === 'POST' ? { jql: '' } : undefined)).toMatchObject({
        status: 410,
        body: {
          errorMessages: [
            'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046',
          ],
          errors: {},
        },
      })
    }
  })

  test('lists in a query string may be repeated, joined by commas, or both', async () => {
    await sandbox.request('POST', ISSUE, ticket())
    const { body } = await sandbox.request(
      'GET',
      `${SEARCH}?jql=project=TPM&fields=summary,labels&fields=priority&reconcileIssues=10000,10001`,
    )
    const [issue] = (body as { issues: { fields: object }[] }).issues
    expect(Object.keys(issue?.fields ?? {}).toSorted()).toEqual(['labels', 'priority', 'summary'])
  })

  test.each([
    ['a search with startAt', 'POST', SEARCH, { jql: 'project = TPM', startAt: 0 }],
    ['keys to reconcile', 'POST', SEARCH, { jql: 'project = TPM', reconcileIssues: ['TPM-1'] }],
    ['51 ids to reconcile', 'POST', SEARCH, { jql: 'project = TPM', reconcileIssues: numbers(51) }],
    ['six properties', 'POST', SEARCH, { jql: 'project = TPM', properties: numbers(6).map(String) }],
    ['a list as a search', 'POST', SEARCH, ['project = TPM']],
    ['a page of many', 'GET', `${SEARCH}?jql=project=TPM&maxResults=many`, undefined],
    ['a list of fields', 'POST', ISSUE, { fields: [] }],
    ['no body', 'POST', ISSUE, undefined],
    ['a description of text', 'POST', ISSUE, ticket({ description: 'text' })],
    ['a summary of 256 characters', 'POST', ISSUE, ticket({ summary: 'x'.repeat(256) })],
    ['a summary of two lines', 'POST', ISSUE, ticket({ summary: 'a\nb' })],
    ['a sub-task of nothing', 'POST', ISSUE, ticket({ issuetype: { id: '10003' } })],
    ['a field given twice', 'POST', ISSUE, { ...ticket(), update: { summary: [{ set: 'Twice' }] } }],
    [
      'a long property',
      'POST',
      ISSUE,
      { ...ticket(), properties: [{ key: 'k', value: 'x'.repeat(32_768) }] },
    ],
    ['a fast clock without an end', 'PUT', '/sandbox/clock', { rate: 60 }],
    ['a slow clock', 'PUT', '/sandbox/clock', { rate: 0.5, untilSiteMs: 9e12 }],
    [
      'a path that is no pattern',
      'PUT',
      FAULTS,
      { rules: [{ match: { path: '(' }, kind: 'stall', times: 1 }] },
    ],
    ['a fault that nobody knows', 'PUT', FAULTS, { rules: [{ match: {}, kind: 'mood', times: 1 }] }],
    ['a zone on Mars', 'PUT', SETTINGS, { siteZone: 'Mars/Olympus' }],
    ['a lag upside down', 'PUT', SETTINGS, { indexLag: { kind: 'random', minMs: 5, maxMs: 1 } }],
    ['another port while it runs', 'PUT', SETTINGS, { port: 1 }],
  ])('%s is refused with a sentence, and nothing is done', async (_what, method, path, sent) => {
    const { status, body } = await sandbox.request(method, path, sent)
    expect(status).toBe(400)
    expect(JSON.stringify(body)).toMatch(/[a-z]{4}/)
    expect(await sandbox.truth()).toEqual([])
  })

  test('JSON that is none is a 400, an unknown path a 404', async () => {
    const post = { method: 'POST', body: '{"fields":', headers: { 'content-type': 'application/json' } }
    expect((await fetch(sandbox.url + ISSUE, post)).status).toBe(400)
    expect((await fetch(`${sandbox.url}/rest/api/3/nothing`, { ...post, body: '{}' })).status).toBe(404)
  })

  test('a body that is too large is a 413 before it is read', async () => {
    const sending = httpRequest(sandbox.url + ISSUE, {
      method: 'POST',
      headers: { 'content-length': 17 * 1024 * 1024 },
    })
    sending.flushHeaders()
    const [response] = (await once(sending, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(413)
    sending.destroy()
  })

  test('a link to a ticket opens a page in which its title is only text', async () => {
    await sandbox.request('POST', ISSUE, ticket({ summary: '<script>1</script>' }))
    const response = await fetch(`${sandbox.url}/browse/TPM-1`)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(await response.text()).not.toContain('<script>')
    expect((await fetch(`${sandbox.url}/browse/TPM-2`)).status).toBe(404)
  })

  test('the priority field may be missing from the create screen', async () => {
    await sandbox.setSettings({ priorityOnScreen: false })
    const { body } = await sandbox.request('GET', '/rest/api/3/issue/createmeta/TPM/issuetypes/10001')
    expect(JSON.stringify(body)).not.toContain('"priority"')
    const withPriority = ticket({ priority: { id: '1' } })
    expect(await sandbox.request('POST', ISSUE, withPriority)).toMatchObject({
      status: 400,
      body: {
        errors: {
          priority: "Field 'priority' cannot be set. It is not on the appropriate screen, or unknown.",
        },
      },
    })
    expect((await sandbox.request('POST', ISSUE, ticket())).status).toBe(201)
  })

  test('a burst is answered with when to come back; other endpoints and methods go on', async () => {
    await sandbox.setSettings({ burstPerSecond: 2 })
    const search = async (): Promise<number> =>
      (await sandbox.request('POST', SEARCH, { jql: 'project = TPM' })).status
    expect([await search(), await search(), await search()]).toEqual([200, 200, 429])
    const { headers } = await sandbox.request('POST', SEARCH, { jql: 'project = TPM' })
    expect(Object.fromEntries(headers)).toMatchObject({
      'retry-after': '1',
      'ratelimit-reason': 'jira-burst-based',
      'x-ratelimit-limit': '2',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': '2026-06-01T12:00:01.000Z',
    })
    expect((await sandbox.request('GET', '/rest/api/3/myself')).status).toBe(200)
    expect((await sandbox.request('GET', `${SEARCH}?jql=project=TPM`)).status).toBe(200)
    sandbox.clock.set(sandbox.clock.now() + 500)
    expect([await search(), await search()]).toEqual([200, 429])
  })

  test('its own time is in the Date header and in stamps, also when it runs fast', async () => {
    const startMs = sandbox.clock.now()
    const untilSiteMs = startMs + 3_600_000
    const { body } = await sandbox.request('PUT', '/sandbox/clock', { rate: 60, untilSiteMs })
    expect(body).toEqual({ machineMs: startMs, siteMs: startMs, rate: 60, untilSiteMs })
    sandbox.clock.set(startMs + 10_123)
    const { headers } = await sandbox.request('POST', ISSUE, ticket())
    expect(headers.get('date')).toBe('Mon, 01 Jun 2026 12:10:07 GMT')
    expect(await sandbox.truth()).toMatchObject([{ createdMs: startMs + 607_380 }])
    sandbox.clock.set(startMs + 61_000)
    expect((await sandbox.request('GET', '/sandbox/clock')).body).toMatchObject({
      siteMs: untilSiteMs + 1_000,
      rate: 1,
    })
  })

  describe('goes wrong on purpose', () => {
    test('as often as is set, with those requests only', async () => {
      await spoil('status-503', 2)
      expect((await sandbox.request('GET', '/rest/api/3/myself')).status).toBe(200)
      expect(await create()).toMatchObject({ status: 503 })
      expect(await create()).toMatchObject({ status: 503 })
      expect((await sandbox.request('GET', '/sandbox/faults')).body).toEqual({ rules: [] })
      expect(await create()).toMatchObject({ status: 201 })
      expect(await sandbox.truth()).toHaveLength(1)
    })

    test('by breaking off before anything was done', async () => {
      await spoil('reset-before')
      await expect(create()).rejects.toThrow('fetch failed')
      expect(await sandbox.truth()).toEqual([])
      expect(await create()).toMatchObject({ status: 201 })
    })

    test('by breaking off after the ticket was made', async () => {
      await spoil('reset-after')
      await expect(create()).rejects.toThrow('fetch failed')
      expect(await sandbox.truth()).toHaveLength(1)
    })

    test('by cutting its JSON off', async () => {
      await spoil('truncated')
      await expect(create()).rejects.toThrow(SyntaxError)
      expect(await sandbox.truth()).toHaveLength(1)
    })

    test('by falling silent in the middle; it can be stopped nevertheless', async () => {
      await spoil('stall')
      const response = await withCredentials(`${sandbox.email}:${sandbox.apiToken}`, 'POST', ISSUE, ticket())
      const reader = response.body?.getReader()
      expect((await reader?.read())?.value?.length).toBeGreaterThan(0)
      const [rest] = await Promise.allSettled([reader?.read(), sandbox.stop()])
      expect(rest).toMatchObject({ status: 'rejected' })
    })

    test('by showing a page to log in on', async () => {
      await spoil('login-page')
      expect(await create()).toMatchObject({ status: 200, body: expect.stringContaining('<form') })
      expect(await sandbox.truth()).toEqual([])
    })

    test('by forgetting who we are', async () => {
      await sandbox.setFaults([{ match: {}, kind: 'logged-out', times: 3 }])
      await sandbox.request('POST', SEARCH, { jql: 'project = TPM' }).then(({ status, headers, body }) => {
        expect({ status, body }).toEqual({ status: 200, body: { issues: [], isLast: true } })
        expect(headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED')
      })
      expect((await sandbox.request('GET', '/rest/api/3/myself')).status).toBe(401)
      expect(await create()).toMatchObject({ status: 401 })
      expect(await create()).toMatchObject({ status: 201 })
    })
  })
})
