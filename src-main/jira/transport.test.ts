import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { ADA, GET, transportTo } from '../../test-support/jira/transport.ts'
import { answerJson, startRawServer } from '../../test-support/jira/jira.ts'

const never = new AbortController().signal

test('sends below the path of the address, lists repeated, and hands up data and the site’s clock', async () => {
  const server = await startRawServer((response) =>
    answerJson(response, { ok: 1 }, { headers: { date: 'Sun, 27 Sep 2026 08:03:11 GMT' } }),
  )
  const request = {
    method: 'POST',
    path: '/rest/x',
    searchParams: { a: ['1', 'b c'], b: undefined },
    body: { c: 'ü' },
  }
  const answer = await transportTo(`${server.url}/ex/jira/1/`)(request, never)
  expect(answer).toMatchObject({ data: { ok: 1 }, siteMs: Date.UTC(2026, 8, 27, 8, 3, 11), accountId: null })
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    path: '/ex/jira/1/rest/x?a=1&a=b+c',
    body: { c: 'ü' },
    headers: {
      authorization: ADA.authorization,
      'content-type': 'application/json',
      accept: 'application/json',
    },
  })
})

test('no content is no data', async () => {
  const server = await startRawServer((response) => response.writeHead(204).end())
  expect((await transportTo(server.url)(GET, never)).data).toBeUndefined()
})

describe('an answer to someone whom Jira does not know', () => {
  test.each(['AUTHENTICATED_FAILED', 'AUTHENTICATION_DENIED'])(
    'is one with X-Seraph-LoginReason %s, however well it looks',
    async (reason) => {
      const server = await startRawServer((response) =>
        answerJson(response, { issues: [], isLast: true }, { headers: { 'x-seraph-loginreason': reason } }),
      )
      await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({ code: 'not-authenticated' })
    },
  )

  test('is a log-in page with status 200', async () => {
    const server = await startRawServer((response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>'),
    )
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({ code: 'not-authenticated' })
  })

  test('is a redirect to one, which is not followed', async () => {
    const server = await startRawServer((response) =>
      response.writeHead(302, { location: '/login.jsp?os_destination=x' }).end(),
    )
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({ code: 'not-authenticated' })
    expect(server.requests).toHaveLength(1)
  })

  test('is a 401, as JSON or as text', async () => {
    const server = await startRawServer((response) =>
      response.writeHead(401, { 'content-type': 'text/plain' }).end('Client must be authenticated'),
    )
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({ code: 'not-authenticated' })
  })
})

describe('an answer that is none', () => {
  test('is a redirect elsewhere: neither body nor token follows it', async () => {
    const elsewhere = await startRawServer((response) => answerJson(response, {}))
    const server = await startRawServer((response) =>
      response.writeHead(307, { location: elsewhere.url }).end(),
    )
    const call = transportTo(server.url)({ ...GET, method: 'POST', body: {} }, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-broken' })
    await expect(call).rejects.toThrow(new URL(elsewhere.url).host)
    expect(elsewhere.requests).toHaveLength(0)
  })

  test('is a redirect of a POST to the same host, which would be followed as a GET and look like a success', async () => {
    const server = await startRawServer((response) => response.writeHead(302, { location: '/here' }).end())
    const call = transportTo(server.url)({ ...GET, method: 'POST', body: {} }, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-broken', failure: 'answered' })
    expect(server.requests).toHaveLength(1)
  })

  test.each([
    ['cut JSON', 'application/json', '{"issues": [{"id"', 'cut'],
    ['an empty body', 'application/json', '', 'cut'],
    ['another type', 'text/plain', '{}', 'shape'],
    ['JSON that is not called so', undefined, '{}', 'shape'],
  ])('is %s', async (_what, type, body, failure) => {
    const server = await startRawServer((response) =>
      response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(body),
    )
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({ code: 'jira-broken', failure })
  })

  test('is one larger than the limit, of which no more is read', async () => {
    const server = await startRawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const pour = (): void => {
        while (!response.destroyed && response.write('[1,2,3,4],'.repeat(1_000)));
        response.once('drain', pour)
      }
      pour()
    })
    const call = transportTo(server.url, { maxBytes: 2 ** 20 })(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-broken', failure: 'shape' })
  })
})

describe('a packed body', () => {
  const type = { 'content-type': 'application/json' }
  const packed = gzipSync(JSON.stringify({ ok: 'ü' }))

  test('is asked for and unpacked', async () => {
    const server = await startRawServer((response) =>
      response.writeHead(200, { ...type, 'content-encoding': 'gzip' }).end(packed),
    )
    expect((await transportTo(server.url)(GET, never)).data).toEqual({ ok: 'ü' })
    expect(server.requests[0]?.headers['accept-encoding']).toBe('gzip')
  })

  test.each([
    ['that breaks off is cut', packed.subarray(0, -9), 'gzip', 'cut'],
    ['larger than the limit as unpacked is none', gzipSync('['.repeat(2 ** 20 + 1)), 'gzip', 'shape'],
    ['that was packed otherwise is none', packed, 'br', 'shape'],
  ])('%s', async (_what, body, encoding, failure) => {
    const server = await startRawServer((response) =>
      response.writeHead(200, { ...type, 'content-encoding': encoding }).end(body),
    )
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({ code: 'jira-broken', failure })
  })
})

describe('for whom it was answered', () => {
  test.each([
    [{ 'x-aaccountid': '5b10a2844c20165700ede21g' }, '5b10a2844c20165700ede21g'],
    [{ 'x-ausername': 'ada%40example.com' }, 'ada@example.com'],
    [{ 'x-ausername': '100%' }, '100%'],
    [{ 'x-ausername': 'anonymous' }, null],
    [{ 'x-aaccountid': '' }, null],
    [{}, null],
  ])('by %j is %j', async (headers, accountId) => {
    const server = await startRawServer((response) => answerJson(response, {}, { headers }))
    expect(await transportTo(server.url)(GET, never)).toMatchObject({ accountId })
  })
})

test.each([
  [400, { errorMessages: ["Field 'priority' is required"], errors: {} }, "Field 'priority' is required"],
  [
    400,
    { errorMessages: [], errors: { priority: 'It is not on the screen.' } },
    'priority: It is not on the screen',
  ],
  [403, { errors: [{ message: 'You lack the global permission' }] }, 'You lack the global permission'],
  [410, 'gone', 'HTTP 410'],
])('a %i tells what Jira said', async (status, body, said) => {
  const server = await startRawServer((response) => answerJson(response, body, { status }))
  const call = transportTo(server.url)(GET, never)
  await expect(call).rejects.toMatchObject({ code: 'jira-refused', failure: 'answered', retryable: false })
  await expect(call).rejects.toThrow(said)
})

describe('someone who is locked out by a CAPTCHA', () => {
  test.each([
    [{ 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' }],
    [{ 'x-authentication-denied-reason': 'CAPTCHA_CHALLENGE; login-url=https://jira.test/login.jsp' }],
  ])('by %j is told to log in once in a browser', async (headers) => {
    const server = await startRawServer((response) => answerJson(response, {}, { status: 403, headers }))
    const call = transportTo(server.url)(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'not-authenticated', isLockedOut: true })
    await expect(call).rejects.toMatchObject({ hint: expect.stringContaining('CAPTCHA') })
  })
})

test('a token without the scope that a call needs is known, and refused', async () => {
  const server = await startRawServer((response) =>
    answerJson(response, { code: 401, message: 'Unauthorized; scope does not match' }, { status: 401 }),
  )
  await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({
    code: 'jira-refused',
    hint: expect.stringContaining('read:jira-work'),
  })
})
