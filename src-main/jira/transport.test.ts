import { describe, expect, test } from 'vitest'
import { createTransport, type Transport } from './transport.ts'
import { answerJson, startRawServer } from './testing.ts'

const never = new AbortController().signal
const GET = { method: 'GET', path: '/rest/api/3/myself' }

function transportTo(url: string, options: { timeoutMs?: number; maxBytes?: number } = {}): Transport {
  return createTransport({
    site: new URL(url),
    authorization: 'Basic c2VjcmV0',
    timeoutMs: 5_000,
    maxBytes: 2 ** 20,
    redact: (text) => text,
    ...options,
  })
}

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
  expect(answer).toEqual({ data: { ok: 1 }, siteMs: Date.UTC(2026, 8, 27, 8, 3, 11) })
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    path: '/ex/jira/1/rest/x?a=1&a=b+c',
    body: { c: 'ü' },
    headers: {
      authorization: 'Basic c2VjcmV0',
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

  test.each([
    ['cut JSON', 'application/json', '{"issues": [{"id"', 'cut'],
    ['an empty body', 'application/json', '', 'cut'],
    ['another type', 'text/plain', '{}', 'shape'],
  ])('is %s', async (_what, type, body, failure) => {
    const server = await startRawServer((response) =>
      response.writeHead(200, { 'content-type': type }).end(body),
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

describe('trouble on the way', () => {
  test('nothing listens', async () => {
    const server = await startRawServer(() => {})
    await server.close()
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({
      code: 'jira-unreachable',
      failure: 'refused',
      retryable: true,
    })
  })

  test('a reset before the answer', async () => {
    const server = await startRawServer((response) => response.socket?.resetAndDestroy())
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({
      code: 'jira-unreachable',
      failure: 'reset',
    })
  })

  test('a reset in the middle of the body', async () => {
    const server = await startRawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"issues": [', () => response.socket?.resetAndDestroy())
    })
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({ failure: 'reset' })
  })

  test('a body that stalls ends with the time-out', async () => {
    const server = await startRawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"issues": [')
    })
    const call = transportTo(server.url, { timeoutMs: 100 })(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'timeout' })
  })

  test('a 503 and its Retry-After', async () => {
    const server = await startRawServer((response) =>
      response.writeHead(503, { 'retry-after': '9', 'content-type': 'text/html' }).end('<html>'),
    )
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({
      code: 'jira-unreachable',
      failure: 'server',
      retryAfterMs: 9_000,
    })
  })

  test('a 429 says which limit and until when, in seconds or as a date', async () => {
    const date = 'Sun, 27 Sep 2026 08:00:00 GMT'
    const until = 'Sun, 27 Sep 2026 08:00:30 GMT'
    const server = await startRawServer((response, _request, n) =>
      response
        .writeHead(429, {
          date,
          'retry-after': n === 0 ? '3' : until,
          'ratelimit-reason': 'jira-burst-based',
        })
        .end(),
    )
    const send = transportTo(server.url)
    await expect(send(GET, never)).rejects.toMatchObject({ code: 'jira-limited', retryAfterMs: 3_000 })
    await expect(send(GET, never)).rejects.toMatchObject({ code: 'jira-limited', retryAfterMs: 30_000 })
    await expect(send(GET, never)).rejects.toThrow('jira-burst-based')
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

test('an abort ends a call under way within a moment', async () => {
  const stop = new AbortController()
  const server = await startRawServer(() => stop.abort())
  const call = transportTo(server.url)(GET, stop.signal)
  await expect(call).rejects.toMatchObject({ code: 'cancelled', failure: 'abandoned' })
  await expect(transportTo(server.url)(GET, stop.signal)).rejects.toMatchObject({ failure: 'unsent' })
  expect(server.requests).toHaveLength(1)
})
