import { describe, expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../clock.ts'
import type { JiraAddress } from './find-jira.ts'
import { createSiteJira, type JiraConnection, type SiteJira } from './open-jira.ts'
import {
  answerJson,
  createJumpClock,
  createStepClock,
  startRawServer,
  TEST_TOKEN,
  type Behaviour,
  type RawServer,
} from './testing.ts'

const never = new AbortController().signal
const NO_PROXIES = { httpProxy: null, httpsProxy: null, noProxy: null }
const BASIC = `Basic ${Buffer.from(`ada@example.com:${TEST_TOKEN}`).toString('base64')}`

function open(
  url: string,
  {
    remembered,
    clock = createJumpClock(),
    ...more
  }: Partial<JiraConnection> & { remembered?: JiraAddress; clock?: Clock } = {},
): SiteJira {
  const connection = {
    url,
    user: 'ada@example.com',
    token: TEST_TOKEN,
    caFile: null,
    watchedField: 'priority',
  }
  const jira = createSiteJira(
    { ...connection, ...more },
    { network: NO_PROXIES, clock, remembered: remembered ?? null },
  )
  onTestFinished(() => jira.close())
  return jira
}

const ME = { accountId: 'a1', displayName: 'Ada', timeZone: 'UTC' }
const CLOUD_ID = '1f5d7b3e-cloud'

/** What an answer to nobody says, and one to somebody whose token was not taken. */
const NOBODY = { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }

/** Where this Cloud takes which token; none means nowhere. */
type Door = 'site' | 'gateway' | 'none'

/** A Jira Cloud that takes our token at one of its doors. */
function startCloud(door: () => Door): Promise<RawServer> {
  return startRawServer((response, request, n) => cloudBehaviour(door())(response, request, n))
}

function cloudBehaviour(door: Door): Behaviour {
  return (response, { path, headers }) => {
    if (path === '/rest/api/2/serverInfo') {
      const said = headers.authorization === undefined ? NOBODY : {}
      return answerJson(response, { version: '1001.0.0', deploymentType: 'Cloud' }, { headers: said })
    }
    if (path === '/_edge/tenant_info') return answerJson(response, { cloudId: CLOUD_ID })
    const isGateway = path.startsWith(`/ex/jira/${CLOUD_ID}/`)
    const isKnown = headers.authorization === BASIC && door === (isGateway ? 'gateway' : 'site')
    if (!isKnown) return answerJson(response, {}, { status: 401 })
    answerJson(response, path.endsWith('/myself') ? ME : { count: 7 })
  }
}

function startDataCenter(): Promise<RawServer> {
  return startRawServer((response, { path, headers }) => {
    if (path === '/jira/rest/api/2/serverInfo') {
      return answerJson(response, { version: '9.12.0', deploymentType: 'Server' })
    }
    if (headers.authorization !== `Bearer ${TEST_TOKEN}`) return answerJson(response, {}, { status: 401 })
    answerJson(response, { key: 'JIRAUSER1', name: 'ada', displayName: 'Ada', timeZone: 'UTC' })
  })
}

const paths = (server: RawServer): string[] => server.requests.map(({ path }) => path)

describe('which Jira it is', () => {
  test('is asked of the server as nobody, with the first call and once', async () => {
    const server = await startCloud(() => 'site')
    const jira = open(`${server.url}/`)
    expect(server.requests).toHaveLength(0)
    const [identity, about, count] = await Promise.all([
      jira.identity(never),
      jira.about(never),
      jira.approximateCount('updated >= 0', never),
    ])
    expect(identity.accountId).toBe('a1')
    expect(about).toEqual({ deployment: 'cloud', apiUrl: server.url })
    expect(count).toBe(7)
    expect(server.requests[0]).toMatchObject({ path: '/rest/api/2/serverInfo' })
    expect(server.requests[0]?.headers.authorization).toBeUndefined()
    expect(paths(server).filter((path) => path.endsWith('/serverInfo'))).toHaveLength(1)
  })

  test('is Data Center below a context path, which knows us by the token alone', async () => {
    const server = await startDataCenter()
    const jira = open(`${server.url}/jira/`, { user: null })
    expect(await jira.about(never)).toEqual({ deployment: 'data-center', apiUrl: `${server.url}/jira` })
    expect((await jira.identity(never)).accountId).toBe('ada')
    expect(paths(server).at(-1)).toBe('/jira/rest/api/2/myself')
  })

  test('is asked again after a failure', async () => {
    let isAway = true
    const server = await startRawServer((response, request, n) => {
      if (isAway) response.socket?.resetAndDestroy()
      else cloudBehaviour('site')(response, request, n)
    })
    const jira = open(server.url)
    await expect(jira.about(never)).rejects.toMatchObject({ code: 'jira-unreachable' })
    isAway = false
    expect((await jira.about(never)).deployment).toBe('cloud')
  })

  test('is asked as who we are where nobody else is let in', async () => {
    const server = await startRawServer((response, request, n) => {
      if (request.headers.authorization === undefined) response.writeHead(302, { location: '/login' }).end()
      else cloudBehaviour('site')(response, request, n)
    })
    expect((await open(server.url).about(never)).deployment).toBe('cloud')
  })

  test('that is none is told so', async () => {
    const server = await startRawServer((response) => answerJson(response, { hello: 'world' }))
    await expect(open(server.url).about(never)).rejects.toMatchObject({ code: 'jira-broken' })
  })
})

test('Cloud without an e-mail address is not configured, and no token is sent', async () => {
  const server = await startCloud(() => 'site')
  const call = open(server.url, { user: null }).identity(never)
  await expect(call).rejects.toMatchObject({ code: 'not-configured' })
  await expect(call).rejects.toThrow('e-mail address')
  expect(server.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([])
})

test.each(['http://jira.example.com', 'ftp://jira.example.com', 'jira'])('%s is refused at once', (url) => {
  expect(() => open(url)).toThrow(expect.objectContaining({ code: 'not-configured' }))
})

describe('a token with scopes', () => {
  test('is taken at the gateway, whose address is kept', async () => {
    const server = await startCloud(() => 'gateway')
    const jira = open(server.url)
    expect(await jira.about(never)).toEqual({
      deployment: 'cloud',
      apiUrl: `${server.url}/ex/jira/${CLOUD_ID}`,
    })
    expect(await jira.approximateCount('updated >= 0', never)).toBe(7)
    expect(paths(server)).toEqual([
      '/rest/api/2/serverInfo',
      '/rest/api/3/myself',
      '/_edge/tenant_info',
      `/ex/jira/${CLOUD_ID}/rest/api/3/myself`,
      `/ex/jira/${CLOUD_ID}/rest/api/3/search/approximate-count`,
    ])
    expect(server.requests[2]?.headers.authorization).toBeUndefined()
  })

  test('that lacks a scope is told so', async () => {
    const server = await startRawServer((response, request, n) => {
      if (!request.path.startsWith('/ex/')) return cloudBehaviour('none')(response, request, n)
      answerJson(response, { code: 401, message: 'Unauthorized; scope does not match' }, { status: 401 })
    })
    await expect(open(server.url).identity(never)).rejects.toMatchObject({
      code: 'jira-refused',
      hint: expect.stringContaining('read:jira-user'),
    })
  })
})

describe('a token that is taken nowhere', () => {
  test('is tried once at each door, and then no more until the person acts', async () => {
    let door: Door = 'none'
    const server = await startCloud(() => door)
    const jira = open(server.url)
    await expect(jira.identity(never)).rejects.toMatchObject({ code: 'not-authenticated' })
    const tried = server.requests.length
    await expect(
      jira.search({ jql: 'x', pageToken: null, pageSize: 1, reconcileIds: [], property: null }, never),
    ).rejects.toMatchObject({
      code: 'not-authenticated',
    })
    await expect(jira.about(never)).rejects.toMatchObject({ code: 'not-authenticated' })
    expect(server.requests).toHaveLength(tried)
    door = 'gateway'
    jira.personActs()
    expect((await jira.identity(never)).accountId).toBe('a1')
  })

  test('is told as it is where there is no gateway', async () => {
    const server = await startRawServer((response, request, n) => {
      if (request.path === '/_edge/tenant_info') answerJson(response, {}, { status: 404 })
      else cloudBehaviour('none')(response, request, n)
    })
    await expect(open(server.url).identity(never)).rejects.toMatchObject({ code: 'not-authenticated' })
  })

  test('is not tried at the gateway by someone who is locked out', async () => {
    const server = await startRawServer((response, request, n) => {
      if (!request.path.endsWith('/myself')) return cloudBehaviour('none')(response, request, n)
      answerJson(response, {}, { status: 401, headers: { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' } })
    })
    await expect(open(server.url).identity(never)).rejects.toMatchObject({ isLockedOut: true })
    expect(paths(server).filter((path) => path.endsWith('/myself'))).toHaveLength(1)
  })
})

test('a token that expires stops everything; replaced by one with scopes, it is found at the gateway', async () => {
  let door: Door = 'site'
  const server = await startCloud(() => door)
  const jira = open(server.url)
  await jira.identity(never)
  door = 'none'
  await expect(jira.approximateCount('updated >= 0', never)).rejects.toMatchObject({
    code: 'not-authenticated',
  })
  const sent = server.requests.length
  await expect(jira.identity(never)).rejects.toMatchObject({ code: 'not-authenticated' })
  expect(server.requests).toHaveLength(sent)
  door = 'gateway'
  jira.personActs()
  expect((await jira.about(never)).apiUrl).toContain('/ex/jira/')
})

describe('what was found the last time', () => {
  test('is gone to at once', async () => {
    const server = await startCloud(() => 'gateway')
    const apiUrl = `${server.url}/ex/jira/${CLOUD_ID}`
    const jira = open(server.url, { remembered: { deployment: 'cloud', apiUrl } })
    expect(await jira.about(never)).toEqual({ deployment: 'cloud', apiUrl })
    expect(paths(server)).toEqual([`/ex/jira/${CLOUD_ID}/rest/api/3/myself`])
  })

  test('is found out anew where it does not know us any more', async () => {
    const server = await startCloud(() => 'site')
    const apiUrl = `${server.url}/ex/jira/${CLOUD_ID}`
    const jira = open(server.url, { remembered: { deployment: 'cloud', apiUrl } })
    expect(await jira.about(never)).toEqual({ deployment: 'cloud', apiUrl: server.url })
  })
})

test('an address of another site that was remembered gets no token', async () => {
  const elsewhere = await startCloud(() => 'site')
  const server = await startCloud(() => 'site')
  const remembered = { deployment: 'cloud', apiUrl: elsewhere.url } as const
  expect((await open(server.url, { remembered }).about(never)).apiUrl).toBe(server.url)
  expect(elsewhere.requests).toEqual([])
})

describe('giving up', () => {
  test('ends a call that waits for the server’s first word, and only that', async () => {
    const hold = Promise.withResolvers<void>()
    const server = await startRawServer((response, request, n) => {
      void hold.promise.then(() => cloudBehaviour('site')(response, request, n))
    })
    const jira = open(server.url)
    const stop = new AbortController()
    const given = jira.identity(stop.signal)
    const waiting = jira.identity(never)
    await expect.poll(() => server.requests.length).toBe(1)
    stop.abort()
    await expect(given).rejects.toMatchObject({ code: 'cancelled' })
    hold.resolve()
    expect((await waiting).accountId).toBe('a1')
  })

  test('a closed Jira ends what is under way, and sends no more', async () => {
    const server = await startRawServer(() => {})
    const jira = open(server.url)
    const call = jira.identity(never)
    call.catch(() => {})
    await expect.poll(() => server.requests.length).toBe(1)
    await jira.close()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    await expect(jira.identity(never)).rejects.toMatchObject({ code: 'cancelled' })
    expect(server.requests).toHaveLength(1)
  })

  test('a closed Jira does not wait any more to ask again', async () => {
    const server = await startRawServer((response) => response.writeHead(503).end())
    const jira = open(server.url, { clock: createStepClock() })
    const call = jira.identity(never)
    call.catch(() => {})
    await expect.poll(() => server.requests.length).toBe(1)
    await jira.close()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
  })
})
