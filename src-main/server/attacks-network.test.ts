import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { head, sendRaw, type RawAnswer } from '../../test-support/server/raw.ts'

let fixture: ServerFixture
let host: string
beforeAll(async () => {
  fixture = await startServer()
  host = `127.0.0.1:${fixture.port}`
})
afterAll(() => fixture.close())

const span = '{"fromMs":42,"toMs":60000}'
const CALL = 'POST /api/counts.outside HTTP/1.1'

function call(headers: Readonly<Record<string, string>> = {}, body = span, first = CALL): Promise<RawAnswer> {
  const all = {
    host,
    Authorization: `Bearer ${fixture.token}`,
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    ...headers,
  }
  return sendRaw(fixture.port, head(first, all) + body)
}

/** Every answer to a request has them. */
function expectSafe(answer: RawAnswer): void {
  for (const name of [
    'content-security-policy',
    'x-content-type-options',
    'x-frame-options',
    'referrer-policy',
  ]) {
    expect([name, answer.header(name)]).toEqual([name, expect.any(String)])
  }
  for (const name of ['server', 'x-powered-by'])
    expect([name, answer.header(name)]).toEqual([name, undefined])
}

/** What never became a request is answered by Node's parser: shortly, and with nothing of the server or of what was sent. */
function expectTerse(answer: RawAnswer): void {
  expect(answer.text.length).toBeLessThan(300)
  for (const said of [fixture.token, 'evil', 'node_modules', 'Error:'])
    expect(answer.text).not.toContain(said)
  for (const name of ['server', 'x-powered-by'])
    expect([name, answer.header(name)]).toEqual([name, undefined])
}

test('a good call gets through, so that what follows is refused for its own fault', async () => {
  const answer = await call()
  expect(answer.statuses).toEqual([200])
  expectSafe(answer)
})

describe('addresses', () => {
  test.each([
    ['an absolute form of another host', 'http://evil.example/api/counts.outside'],
    ['an absolute form of our own', 'http://127.0.0.1/api/counts.outside'],
    ['two slashes', '//api/counts.outside'],
    ['two slashes within', '/api//counts.outside'],
    ['dots', '/api/../api/counts.outside'],
    ['dots in percent', '/%2e%2e/api/counts.outside'],
    ['a slash in percent', '/api%2fcounts.outside'],
    ['a letter in percent', '/api/%63ounts.outside'],
    ['a backslash', '/api\\counts.outside'],
    ['a semicolon', '/api/counts.outside;x=1'],
    ['a NUL in percent', '/api/counts.outside%00'],
    ['half a percent', '/api/counts.outside%'],
    ['a hidden file', '/.env'],
    ['a hidden folder', '/.git/config'],
    ['a fragment', '/api/counts.outside#x'],
    ['only a star', '*'],
  ])('%s: 400', async (_name, target) => {
    const answer = await call({}, span, `POST ${target} HTTP/1.1`)
    expect(answer.statuses).toEqual([400])
    expectSafe(answer)
  })

  test.each([
    ['no slash', 'api/counts.outside', 400],
    ['bytes above ASCII', '/api/counts.outside\u00e9', 400],
    ['longer than a head may be', `/${'x'.repeat(70_000)}`, 431],
  ])('%s: %s is no request, and the connection ends', async (_name, target, status) => {
    const answer = await call({}, span, `POST ${target} HTTP/1.1`)
    expect(answer.statuses).toEqual([status])
    expectTerse(answer)
  })

  test.each([
    ['a long name', `/api/${'x'.repeat(200)}`, 414],
    ['a very long one', `/${'x'.repeat(2_000)}`, 414],
    ['a name that is not there', '/api/constructor', 404],
    ['another that is not there', '/api/__proto__', 404],
  ])('%s: %s is refused', async (_name, target, status) => {
    const answer = await call({}, span, `POST ${target} HTTP/1.1`)
    expect(answer.statuses).toEqual([status])
    expectSafe(answer)
  })

  test.each([
    'token=abc',
    'x=1&access_token=abc',
    'ACCESS_TOKEN=abc',
    'code=abc',
    '%74oken=abc',
    'api_key=abc',
    'session',
  ])('a secret in the address (%s) is refused with a sentence that does not repeat it', async (query) => {
    for (const target of [`/?${query}`, `/api/events?${query}`, `/api/counts.outside?${query}`]) {
      const answer = await call({}, span, `GET ${target} HTTP/1.1`)
      expect(answer.statuses).toEqual([400])
      expect(answer.text).toContain('Authorization: Bearer')
      expect(answer.text).not.toContain('abc')
    }
  })
})

test.each(['/health', '/ready', '/openapi.json', '/api/session', '/api/events', '/api/counts.outside'])(
  '%s takes no query',
  async (path) => {
    for (const query of ['?', '?x=1']) {
      const answer = await call({}, span, `GET ${path}${query} HTTP/1.1`)
      expect([query, answer.statuses]).toEqual([query, [path === '/api/counts.outside' ? 404 : 400]])
      expectSafe(answer)
    }
  },
)

test('the page is served by a link that someone added words to', async () => {
  for (const target of ['/?utm_source=chat', '/assets/app-1a2b.js?', '/index.html?x'])
    expect([target, (await call({}, '', `GET ${target} HTTP/1.1`)).statuses]).toEqual([target, [200]])
})

describe('methods', () => {
  test.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'LINK', 'QUERY'])(
    '%s: 405',
    async (method) => {
      for (const target of ['/', '/api/counts.outside', '/nowhere']) {
        const answer = await call({}, span, `${method} ${target} HTTP/1.1`)
        expect([target, answer.statuses]).toEqual([target, [405]])
        expect(answer.header('allow')).toBe('GET, HEAD, POST')
        expect(answer.text).not.toContain(fixture.token)
        expectSafe(answer)
      }
    },
  )

  test('CONNECT: the connection ends, and it is no proxy', async () => {
    const answer = await sendRaw(
      fixture.port,
      head('CONNECT evil.example:443 HTTP/1.1', { host: 'evil.example:443' }),
    )
    expect(answer.text).toBe('')
  })

  test.each([
    'BREW / HTTP/1.1',
    'GET / HTTP/9.9',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
    'PRI * HTTP/2.0',
  ])('what is no request of HTTP/1.1 (%j): 400, and the connection ends', async (bytes) => {
    const answer = await sendRaw(fixture.port, `${bytes}\r\nHost: ${host}\r\n\r\n`)
    expect(answer.statuses).toEqual([400])
    expectTerse(answer)
  })

  test('an expectation that is not met: 417', async () => {
    const answer = await call({ Expect: 'the unexpected' })
    expect(answer.statuses).toEqual([417])
    expectTerse(answer)
  })
})

describe('two readings of one request', () => {
  const smuggled = `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`

  test.each([
    ['two lengths', { 'Content-Length': '26', 'content-length': '0' }],
    ['a length and chunks', { 'Content-Length': '26', 'Transfer-Encoding': 'chunked' }],
    ['chunks, hidden', { 'Content-Length': '26', 'Transfer-Encoding': 'xchunked' }],
    ['chunks, twice', { 'Transfer-Encoding': 'chunked, identity' }],
    ['a length below zero', { 'Content-Length': '-1' }],
    ['a length in hex', { 'Content-Length': '0x1a' }],
    ['a length with a plus', { 'Content-Length': '+26' }],
    ['a space before the colon', { 'Content-Length ': '26' }],
    ['a folded line', { 'X-Folded': 'a\r\n b' }],
    ['a bare line feed', { 'X-Line': 'a\nX-Other: b' }],
    ['a bare carriage return', { 'X-Line': 'a\rX-Other: b' }],
    ['a NUL in a header', { 'X-Nul': 'a\0b' }],
    ['a name with a bracket', { 'X(a)': 'b' }],
  ])('%s: 400, one answer, and nothing after it is read', async (_name, headers) => {
    const answer = await call(headers, span + smuggled)
    expect(answer.statuses).toEqual([400])
    expectTerse(answer)
  })

  test('a broken chunk: the call is not made, one answer', async () => {
    const chunked = { 'Transfer-Encoding': 'chunked' }
    const first = head(CALL, {
      host,
      Authorization: `Bearer ${fixture.token}`,
      'Content-Type': 'application/json',
      ...chunked,
    })
    const answer = await sendRaw(fixture.port, `${first}1a\r\n${span}X\r\n0\r\n\r\n${smuggled}`)
    expect(answer.statuses).toEqual([400])
  })

  test('what comes after the last answer of a connection is not answered', async () => {
    const answer = await sendRaw(
      fixture.port,
      head('GET /health HTTP/1.1', { host }) + head('GET /health HTTP/1.1', { host }),
    )
    expect(answer.statuses).toEqual([200])
  })
})

describe('headers', () => {
  test.each([
    ['none', (good: string) => good.replace(/^Host: .*\r\n/m, ''), 403],
    ['two, both ours', (good: string) => good.replace(/^(Host: .*\r\n)/m, '$1$1'), 403],
    ['two, ours first', (good: string) => good.replace(/^(Host: .*\r\n)/m, '$1HOST: evil.example\r\n'), 403],
    ['two, ours last', (good: string) => good.replace(/^(Host: .*\r\n)/m, 'Host: evil.example\r\n$1'), 403],
    ['an empty one', (good: string) => good.replace(/^Host: .*\r\n/m, 'Host:\r\n'), 403],
    ['with a user', (good: string) => good.replace('Host: ', 'Host: evil.example@'), 403],
    ['with a dot at the end', (good: string) => good.replace('Host: 127.0.0.1', 'Host: localhost.'), 403],
    [
      'none, in HTTP/1.0',
      (good: string) => good.replace(/^Host: .*\r\n/m, '').replace('HTTP/1.1', 'HTTP/1.0'),
      403,
    ],
  ])('Host: %s is refused', async (_name, spoil, status) => {
    const answer = await sendRaw(fixture.port, spoil(head('GET /health HTTP/1.1', { host })))
    expect(answer.statuses).toEqual([status])
    expectSafe(answer)
  })

  test('X-Forwarded-Host, Forwarded and X-Original-URL change nothing', async () => {
    const others = {
      'X-Forwarded-Host': 'evil.example',
      Forwarded: 'host=evil.example',
      'X-Original-URL': '/api/runs.stop',
    }
    expect((await call(others)).statuses).toEqual([200])
    expect((await call({ ...others, host: 'evil.example', 'X-Forwarded-Host': host })).statuses).toEqual([
      403,
    ])
  })

  test('a method in a header changes nothing', async () => {
    expect((await call({ 'X-HTTP-Method-Override': 'DELETE' })).statuses).toEqual([200])
  })

  test('more of them than are read: 431', async () => {
    const answer = await call({ 'X-Much': 'x'.repeat(17 * 1_024) })
    expect(answer.statuses).toEqual([431])
    expectTerse(answer)
    const many = Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`X-${n}`, 'x']))
    expect((await call(many)).statuses).toEqual([431])
  })

  test('a body by a length that is not to be believed: 413, before it is read', async () => {
    const answer = await call({ 'Content-Length': '99999999999' })
    expect(answer.statuses).toEqual([413])
    expectSafe(answer)
  })

  test('a compressed body is not unpacked', async () => {
    expect((await call({ 'Content-Encoding': 'gzip' }, '\x1f\x8b\x08\x00')).statuses).toEqual([400])
  })
})

describe('other protocols', () => {
  test.each([
    ['h2c', '/', { Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQAAP__' }],
    ['h2c at the events', '/api/events', { Upgrade: 'h2c' }],
    ['a WebSocket elsewhere', '/api/counts.get', { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }],
    ['a WebSocket without a key', '/api/events', { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' }],
    [
      'an old WebSocket',
      '/api/events',
      { Upgrade: 'websocket', 'Sec-WebSocket-Version': '8', 'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==' },
    ],
  ])('%s: 400, and the connection ends', async (_name, target, headers: Record<string, string>) => {
    const all = { host, ...headers, Connection: 'Upgrade', Authorization: `Bearer ${fixture.token}` }
    const answer = await sendRaw(fixture.port, head(`GET ${target} HTTP/1.1`, all))
    expect(answer.statuses).toEqual([400])
    expectSafe(answer)
  })
})
