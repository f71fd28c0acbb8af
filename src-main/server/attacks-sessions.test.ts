import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { THIS_MACHINE } from '../config/server-config.ts'
import { SESSION_MS } from '../tokens/lifetimes.ts'
import { sessionCookieName } from './auth.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'

const BODY = JSON.stringify({ fromMs: 42, toMs: 60_000 })

let fixture: ServerFixture
const clock = { ms: 0, now: () => Date.now() + clock.ms, sleep: () => Promise.resolve() }
const limits = { failures: { burst: 10_000, perSecond: 10_000 } }
beforeAll(async () => {
  fixture = await startServer({ clock, limits })
})
afterAll(() => fixture.close())

function trade(code: string, headers: Record<string, string> = {}, at = fixture): Promise<Response> {
  return fetch(`${at.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ code }),
  })
}

/** The cookie of a browser that opened a link of this scope, and the link's id. */
async function signIn(scope: 'read' | 'run' | 'admin', headers: Record<string, string> = {}) {
  const { code, record } = await fixture.tokens.createLink({ scope, ttlMs: 60_000 })
  const response = await trade(code, headers)
  expect(response.status).toBe(200)
  return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '', id: record.id, code }
}

/** A call as a page of ours makes it, unless other headers are given. */
function call(cookie: string, headers: Record<string, string> = { origin: fixture.url }): Promise<Response> {
  return fetch(`${fixture.url}/api/counts.outside`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie, ...headers },
    body: BODY,
  })
}

function session(cookie: string, path = '', init: RequestInit = {}): Promise<Response> {
  const headers = {
    cookie,
    origin: fixture.url,
    ...(init.body !== undefined && { 'content-type': 'application/json' }),
  }
  return fetch(`${fixture.url}/api/session${path}`, { ...init, headers })
}

describe('a one-time link', () => {
  test('lets one browser in, with its scope; replayed it is refused', async () => {
    const { cookie, code } = await signIn('read')
    expect(await (await session(cookie)).json()).toMatchObject({
      ok: true,
      result: { kind: 'session', scope: 'read' },
    })
    const again = await trade(code)
    expect(again.status).toBe(401)
    expect(again.headers.get('set-cookie')).toBeNull()
    expect((await call(cookie)).status).toBe(200)
  })

  test('raced by many browsers lets one in', async () => {
    const { code } = await fixture.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await trade(code)).status))
    expect(statuses.filter((status) => status === 200)).toEqual([200])
    expect(statuses.filter((status) => status === 401)).toHaveLength(7)
  })

  test('that has expired, or was revoked, lets nobody in', async () => {
    const expired = await fixture.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
    clock.ms += 60_000
    expect((await trade(expired.code)).status).toBe(401)
    const revoked = await fixture.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
    await fixture.tokens.revoke(revoked.record.id)
    expect((await trade(revoked.code)).status).toBe(401)
  })

  test('revoked after it was opened ends the browser that it let in, at once', async () => {
    const { cookie, id } = await signIn('run')
    const other = await signIn('run')
    expect((await call(cookie)).status).toBe(200)
    await fixture.tokens.revoke(id)
    expect((await call(cookie)).status).toBe(401)
    expect((await call(other.cookie)).status).toBe(200)
  })

  test("is no token: a browser's id and a link's id are none either", async () => {
    const { id, code, cookie } = await signIn('admin')
    for (const text of [id, code, cookie.split('=')[1] ?? '']) {
      const headers = { authorization: `Bearer ${text}` }
      expect((await fixture.call('/api/counts.outside', { body: BODY, headers })).status).toBe(401)
    }
  })
})

describe('a session', () => {
  test("has a cookie that no script reads and no other site sends, which is this server's alone", async () => {
    const { code } = await fixture.tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    const [cookie] = (await trade(code)).headers.getSetCookie()
    expect(cookie).toMatch(
      new RegExp(`^jira_tpm_session_${fixture.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`),
    )
  })

  test('by https its cookie is Secure, and of no other host of the domain', async () => {
    const publicUrl = 'https://tpm.example'
    const access = { ...THIS_MACHINE, behindProxy: true, publicUrl }
    const other = await startServer({ access })
    const { code } = await other.tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    const [cookie = ''] = (await trade(code, {}, other)).headers.getSetCookie()
    expect(cookie).toMatch(
      /^__Host-jira_tpm_session_\d+=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    )
    const plain = cookie.split(';')[0]?.replace('__Host-', '') ?? ''
    const headers = { 'content-type': 'application/json', origin: other.url }
    const ask = (sent: string): Promise<Response> =>
      fetch(`${other.url}/api/counts.outside`, {
        method: 'POST',
        headers: { ...headers, cookie: sent },
        body: BODY,
      })
    expect((await ask(plain)).status).toBe(401)
    expect((await ask(`__Host-${plain}`)).status).toBe(200)
    await other.close()
  })

  test('is never the one that the browser brought: fixation', async () => {
    const name = sessionCookieName(fixture.port)
    const planted = `${name}=${'a'.repeat(43)}`
    const { cookie } = await signIn('admin', { cookie: planted })
    expect(cookie).not.toBe(planted)
    expect((await call(planted)).status).toBe(401)
  })

  test('ends when its browser opens another link, which it then has the scope of', async () => {
    const first = await signIn('admin')
    const second = await signIn('read', { cookie: first.cookie })
    expect((await call(first.cookie)).status).toBe(401)
    expect(await (await session(second.cookie)).json()).toMatchObject({ result: { scope: 'read' } })
  })

  test('of two cookies of its name none is taken', async () => {
    const [one, other] = [await signIn('admin'), await signIn('read')]
    expect((await call(`${one.cookie}; ${other.cookie}`)).status).toBe(401)
    expect((await call(`${one.cookie}; ${one.cookie}`)).status).toBe(401)
    expect((await call(`x=y; ${one.cookie}; z=${one.cookie}`)).status).toBe(200)
  })

  test('ends when the person signs out, and its cookie goes', async () => {
    const { cookie } = await signIn('run')
    const ended = await session(cookie, '/end', { method: 'POST', body: '{}' })
    expect(ended.status).toBe(200)
    expect(ended.headers.get('set-cookie')).toMatch(/^jira_tpm_session_\d+=; .*Expires=Thu, 01 Jan 1970/)
    expect((await call(cookie)).status).toBe(401)
    expect((await session(cookie)).status).toBe(401)
  })

  test('ends after a day', async () => {
    const { cookie } = await signIn('admin')
    clock.ms += SESSION_MS - 1_000
    expect((await call(cookie)).status).toBe(200)
    clock.ms += 1_000
    expect((await call(cookie)).status).toBe(401)
  })
})

describe('a page of another site, whose browser has our cookie', () => {
  test.each([
    ['without Origin', {}, 403],
    ['with the Origin of another site', { origin: 'https://evil.example' }, 403],
    ['with the Origin of another port of this machine', { origin: 'http://127.0.0.1:1' }, 403],
    ['with the Origin of a sandboxed frame', { origin: 'null' }, 403],
    ['that the browser calls cross-site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['that the browser calls same-site', { 'sec-fetch-site': 'same-site' }, 403],
    ['that comes from nowhere', { 'sec-fetch-site': 'none' }, 403],
  ] as const)('a call %s is refused', async (_what, headers, status) => {
    const { cookie } = await signIn('admin')
    expect((await call(cookie, headers)).status).toBe(status)
  })

  test('what contradicts itself is refused', async () => {
    const { cookie } = await signIn('admin')
    const headers = { origin: fixture.url, 'sec-fetch-site': 'cross-site' }
    expect((await call(cookie, headers)).status).toBe(403)
  })

  test('our own page is let through, by its Origin or by what the browser says of it', async () => {
    const { cookie } = await signIn('admin')
    expect((await call(cookie, { origin: fixture.url })).status).toBe(200)
    expect((await call(cookie, { 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a form, as %s, is refused',
    async (type) => {
      const { cookie } = await signIn('admin')
      expect((await call(cookie, { origin: fixture.url, 'content-type': type })).status).toBe(415)
    },
  )

  test('it signs nobody out, and hears nothing', async () => {
    const { cookie } = await signIn('admin')
    const out = await fetch(`${fixture.url}/api/session/end`, { method: 'POST', headers: { cookie } })
    expect(out.status).toBe(403)
    expect((await session(cookie)).status).toBe(200)
    const seen = await fetch(`${fixture.url}/api/session`, {
      headers: { cookie, 'sec-fetch-site': 'cross-site' },
    })
    expect(seen.status).toBe(403)
    const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`, { headers: { cookie } })
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    expect(answer.statusCode).toBe(403)
  })
})
