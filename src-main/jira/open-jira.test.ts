import { describe, expect, test } from 'vitest'
import type { SiteJira } from './open-jira.ts'
import {
  answerJson,
  createJumpClock,
  createStepClock,
  startRawServer,
  type RawServer,
} from '../../test-support/jira/jira.ts'
import {
  CLOUD_ID,
  cloudBehaviour,
  openJira,
  startCloud,
  startDataCenter,
} from '../../test-support/jira/site.ts'

const never = new AbortController().signal
const paths = (server: RawServer): string[] => server.requests.map(({ path }) => path)

describe('which Jira it is', () => {
  test('is asked of the server as nobody, with the first call and once', async () => {
    const server = await startCloud(() => 'site')
    const jira = openJira(`${server.url}/`)
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
    const jira = openJira(`${server.url}/jira/`, { user: null })
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
    const jira = openJira(server.url)
    await expect(jira.about(never)).rejects.toMatchObject({ code: 'jira-unreachable' })
    isAway = false
    expect((await jira.about(never)).deployment).toBe('cloud')
  })

  test('is asked as who we are where nobody else is let in', async () => {
    const server = await startRawServer((response, request, n) => {
      if (request.headers.authorization === undefined) response.writeHead(302, { location: '/login' }).end()
      else cloudBehaviour('site')(response, request, n)
    })
    expect((await openJira(server.url).about(never)).deployment).toBe('cloud')
  })

  test('that is none is refused as none', async () => {
    const server = await startRawServer((response) => answerJson(response, { hello: 'world' }))
    await expect(openJira(server.url).about(never)).rejects.toMatchObject({ code: 'jira-broken' })
  })
})

test('Cloud without an e-mail address is not configured, and no token is sent', async () => {
  const server = await startCloud(() => 'site')
  const call = openJira(server.url, { user: null }).identity(never)
  await expect(call).rejects.toMatchObject({ code: 'not-configured' })
  await expect(call).rejects.toThrow('e-mail address')
  expect(server.requests.filter(({ headers }) => headers.authorization !== undefined)).toEqual([])
})

test.each(['http://jira.example.com', 'ftp://jira.example.com', 'jira'])('%s is refused at once', (url) => {
  expect(() => openJira(url)).toThrow(expect.objectContaining({ code: 'not-configured' }))
})

test.each(['', 'two words', 'a\nb', 'zero\u200Bwidth', 'tök€n'])(
  'a token as %j is refused at once, and not told',
  (token) => {
    const opening = (): SiteJira => openJira('https://jira.example.com', { token })
    expect(opening).toThrow(expect.objectContaining({ code: 'not-configured' }))
    expect(opening).not.toThrow(/two words|zero|tök/)
  },
)

describe('a token with scopes', () => {
  test('is taken at the gateway, whose address is kept', async () => {
    const server = await startCloud(() => 'gateway')
    const jira = openJira(server.url)
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

  test('that lacks a scope is refused, naming it', async () => {
    const server = await startRawServer((response, request, n) => {
      if (!request.path.startsWith('/ex/')) return cloudBehaviour('none')(response, request, n)
      answerJson(response, { code: 401, message: 'Unauthorized; scope does not match' }, { status: 401 })
    })
    await expect(openJira(server.url).identity(never)).rejects.toMatchObject({
      code: 'jira-refused',
      hint: expect.stringContaining('read:jira-user'),
    })
  })
})

describe('what was found the last time', () => {
  test('is gone to at once', async () => {
    const server = await startCloud(() => 'gateway')
    const apiUrl = `${server.url}/ex/jira/${CLOUD_ID}`
    const jira = openJira(server.url, { remembered: { deployment: 'cloud', apiUrl } })
    expect(await jira.about(never)).toEqual({ deployment: 'cloud', apiUrl })
    expect(paths(server)).toEqual([`/ex/jira/${CLOUD_ID}/rest/api/3/myself`])
  })

  test('is found out anew where it does not know us any more', async () => {
    const server = await startCloud(() => 'site')
    const apiUrl = `${server.url}/ex/jira/${CLOUD_ID}`
    const jira = openJira(server.url, { remembered: { deployment: 'cloud', apiUrl } })
    expect(await jira.about(never)).toEqual({ deployment: 'cloud', apiUrl: server.url })
  })
})

test('an address of another site that was remembered gets no token', async () => {
  const elsewhere = await startCloud(() => 'site')
  const server = await startCloud(() => 'site')
  const remembered = { deployment: 'cloud', apiUrl: elsewhere.url } as const
  expect((await openJira(server.url, { remembered }).about(never)).apiUrl).toBe(server.url)
  expect(elsewhere.requests).toEqual([])
})

test('a person who looks on is not kept waiting for the limit that a call before has met', async () => {
  const server = await startRawServer((response, request, n) => {
    if (!request.path.includes('/project/search')) return cloudBehaviour('site')(response, request, n)
    response.writeHead(429, { 'retry-after': '60', 'ratelimit-reason': 'jira-quota-tenant-based' }).end()
  })
  const clock = createJumpClock()
  const retryPolicy = { maxRetries: 2, longestAskedWaitMs: 5_000, afterTimeout: false }
  const jira = openJira(server.url, { clock, retryPolicy })
  await expect(jira.projects(never)).rejects.toMatchObject({ code: 'jira-limited' })
  const sent = server.requests.length
  await expect(jira.identity(never)).rejects.toMatchObject({ code: 'jira-limited' })
  expect(clock.waits).toEqual([])
  expect(server.requests).toHaveLength(sent)
})

describe('giving up', () => {
  test('ends a call that waits for the server’s first word, and only that', async () => {
    const hold = Promise.withResolvers<void>()
    const server = await startRawServer((response, request, n) => {
      void hold.promise.then(() => cloudBehaviour('site')(response, request, n))
    })
    const jira = openJira(server.url)
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
    const jira = openJira(server.url)
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
    const jira = openJira(server.url, { clock: createStepClock() })
    const call = jira.identity(never)
    call.catch(() => {})
    await expect.poll(() => server.requests.length).toBe(1)
    await jira.close()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
  })
})
