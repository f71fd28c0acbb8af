import assert from 'node:assert/strict'
import { WebSocket } from 'ws'
import { until } from './run.mjs'

/** What differs between two servers of the same file without meaning anything. */
const OWN_WAYS = [
  'accept-ranges',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'etag',
  'keep-alive',
  'last-modified',
  'server',
  'transfer-encoding',
  'vary',
]

/**
 * A browser's way through the front end at `url`: page, session by the one-time `link`, a call, the WebSocket, paths that
 * lead nowhere. `direct`: the server behind by itself, to compare headers with; null where it cannot be reached.
 */
export async function verifyThroughFront({ url, direct, link, ca }, check) {
  const ask = (path, options) => fetch(`${url}${path}`, options)
  await check('front: the page and its files come with the headers of the server itself', async () => {
    const page = await ask('/')
    const text = await page.text()
    assert.match(text, /<div id="root">/)
    const [asset] = /\/?assets\/[\w.-]+\.js/.exec(text) ?? []
    for (const path of ['/', `/${asset.replace(/^\//, '')}`]) {
      const [front, own] = await Promise.all([ask(path), direct === null ? null : fetch(`${direct}${path}`)])
      assert.equal(front.status, 200, path)
      assert.match(front.headers.get('content-security-policy'), /default-src 'none'/)
      assert.equal(front.headers.get('server'), null)
      if (own !== null) assert.deepEqual(headersOf(front), headersOf(own), path)
    }
    assert.equal(
      (await ask(`/${asset.replace(/^\//, '')}`)).headers.get('cache-control'),
      'public, max-age=31536000, immutable',
    )
    assert.equal(page.headers.get('cache-control'), 'no-cache')
  })
  await check('front: health and calls are passed on, with one of each header', async () => {
    const health = await ask('/health')
    assert.deepEqual([health.status, (await health.json()).ok], [200, true])
    const refused = await ask('/api/tickets.counts', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(refused.status, 401)
    assert.equal(refused.headers.get('x-frame-options'), 'DENY') // twice it would be 'DENY, DENY'
  })
  await check('front: no path leads out of the dashboard, to dotfiles or into folders', async () => {
    for (const path of [
      '/.vite/license.md',
      '/%2evite/license.md',
      '/assets/',
      '/assets',
      '/../../etc/passwd',
      '/%2e%2e/%2e%2e/etc/passwd',
      '/assets/..%2f..%2f..%2fetc%2fpasswd',
      '/index.html/',
    ]) {
      const answer = await ask(path)
      assert.ok(answer.status >= 400 && answer.status < 500, `${path} gave ${answer.status}`)
      assert.doesNotMatch(await answer.text(), /root:|<div id="root">/)
    }
  })
  const cookie = await traded({ ask, url, link }, check)
  await check(
    'front: events come through the WebSocket, and it refuses whoever has no session or comes from elsewhere',
    async () => {
      const origin = new URL(url).origin
      assert.equal(await socket(url, { headers: { cookie }, origin, ca }), 'event')
      assert.equal(await socket(url, { origin, ca }), 401)
      assert.equal(await socket(url, { headers: { cookie }, origin: 'https://evil.example.com', ca }), 403)
    },
  )
}

async function traded({ ask, url, link }, check) {
  let cookie = ''
  await check('front: the one-time link gives a session, once; the session calls', async () => {
    const code = /#code=(.+)$/.exec(link)[1]
    const trade = () =>
      ask('/api/session', { method: 'POST', body: JSON.stringify({ code }), headers: json() })
    const first = await until('the session is given', 20_000, async () => {
      const answer = await trade()
      return answer.status === 503 ? null : answer
    })
    assert.equal(first.status, 200, await first.text())
    assert.match(first.headers.get('set-cookie'), /HttpOnly; SameSite=Strict/)
    cookie = first.headers.get('set-cookie').split(';')[0]
    assert.equal((await trade()).status, 401)
    const span = { fromMs: Date.now() - 3_600_000, toMs: Date.now(), bucketMinutes: 1 }
    const called = await until('the chart is given', 30_000, async () => {
      const answer = await ask('/api/counts.get', {
        method: 'POST',
        body: JSON.stringify(span),
        headers: { ...json(), cookie, origin: new URL(url).origin },
      })
      return answer.status === 503 || answer.status === 409 ? null : answer
    })
    const { ok, result, error } = await called.json()
    assert.ok(ok, JSON.stringify(error))
    assert.ok(result.seq >= 0)
  })
  return cookie
}

function json() {
  return { 'content-type': 'application/json' }
}

/** Both names of JavaScript are in use (RFC 9239). */
function kind(contentType) {
  return contentType.split(';')[0].replace('application/javascript', 'text/javascript')
}

function headersOf(answer) {
  const pairs = [...answer.headers].filter(([name]) => !OWN_WAYS.includes(name))
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, name === 'content-type' ? kind(value) : value]),
  )
}

/** 'event' when the first one came (the server sends one for each fetch), or the status that refused it. */
function socket(url, { headers = {}, origin, ca }) {
  return new Promise((resolve, reject) => {
    const opened = new WebSocket(`${url.replace(/^http/, 'ws')}/api/events`, { headers, origin, ca })
    opened.once('message', (text) => {
      opened.terminate()
      resolve(JSON.parse(text).event === undefined ? 'no event' : 'event')
    })
    opened.once('unexpected-response', (_request, answer) => {
      resolve(answer.statusCode)
      opened.terminate()
    })
    opened.once('error', reject)
  })
}
