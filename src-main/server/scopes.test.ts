import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { events, type EventName } from '../../src-shared/contract/events.ts'
import { methods, type MethodName } from '../../src-shared/contract/methods.ts'
import { allows, SCOPES, type Scope } from '../../src-shared/contract/schema.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'

const never = new AbortController().signal
const NAMES = Object.keys(methods) as MethodName[]

let fixture: ServerFixture
const tokens = {} as Record<Scope, { token: string; id: string }>
beforeAll(async () => {
  fixture = await startServer({ limits: { dearCalls: { burst: 1_000, perSecond: 1_000 } } })
  for (const scope of SCOPES) tokens[scope] = await make(scope)
})
afterAll(() => fixture.close())

async function make(scope: Scope, ttlMs = 3_600_000): Promise<{ token: string; id: string }> {
  const { token, record } = await fixture.tokens.create({ scope, ttlMs, name: scope }, never)
  return { token, id: record.id }
}

function call(method: string, scope: Scope): Promise<Response> {
  return fixture.call(`/api/${method}`, { headers: { authorization: `Bearer ${tokens[scope].token}` } })
}

describe('a call', () => {
  test.each(SCOPES)('by a token of scope %s is refused just where it takes more', async (scope) => {
    for (const name of NAMES) {
      const response = await call(name, scope)
      const mayNot = !allows(scope, methods[name].scope)
      expect([name, response.status === 403]).toEqual([name, mayNot])
      if (!mayNot) continue
      expect(response.headers.get('www-authenticate')).toBe(
        `Bearer error="insufficient_scope", scope="${methods[name].scope}"`,
      )
      expect(await response.json()).toMatchObject({
        error: {
          code: 'forbidden',
          message: expect.stringContaining(`scope ${methods[name].scope}`) as string,
        },
      })
    }
  })

  test.each([
    'runs%2Estart',
    'runs.start/',
    './runs.start',
    'x/../runs.start',
    'runs.start%00',
    'runs.start?scope=admin',
    'RUNS.START',
    'settings.get;x',
    'settings%2eget',
  ])('written as %s gives nobody more', async (method) => {
    expect([400, 403, 404]).toContain((await call(method, 'read')).status)
  })

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'to what every object has, %s, is a call to nothing',
    async (method) => expect((await call(method, 'admin')).status).toBe(404),
  )

  test('by a browser whose link was for looking on is refused with a word on links', async () => {
    const { code } = await fixture.tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    const signIn = await fixture.call('/api/session', { body: JSON.stringify({ code }) })
    const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const response = await fetch(`${fixture.url}/api/runs.start`, {
      method: 'POST',
      headers: { cookie, origin: fixture.url, 'content-type': 'application/json' },
      body: '{}',
    })
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      error: { hint: expect.stringContaining('token link --scope run') as string },
    })
  })
})

describe('the events socket', () => {
  const heard = new Map<WebSocket, string[]>()

  async function listen(token: string): Promise<WebSocket> {
    const headers = { authorization: `Bearer ${token}` }
    const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`, { headers })
    const names: string[] = []
    heard.set(socket, names)
    socket.on('message', (text: Buffer) =>
      names.push((JSON.parse(text.toString()) as { event: string }).event),
    )
    await once(socket, 'open')
    return socket
  }

  test('tells each listener what its scope may hear, and nothing else', async () => {
    const names = Object.keys(events) as EventName[]
    const sockets = await Promise.all(SCOPES.map((scope) => listen(tokens[scope].token)))
    for (const event of names) fixture.hub.publish(event, {})
    fixture.hub.publish('session.changed', {}) // the last for all
    for (const [index, scope] of SCOPES.entries()) {
      const socket = sockets[index] as WebSocket
      const own = names.filter((event) => allows(scope, events[event].scope))
      const mine = ['contract.hello', ...own, 'session.changed']
      await vi.waitFor(() => expect(heard.get(socket)).toEqual(mine))
      socket.close()
    }
    expect(names.filter((event) => !allows('read', events[event].scope))).toContain('preflight.changed')
  })

  test('of a token that is revoked, in another process or here, ends within a second', async () => {
    const { token, id } = await make('read')
    const [socket, other] = [await listen(token), await listen(tokens.read.token)]
    const closed = once(socket, 'close')
    const began = performance.now()
    await fixture.tokens.revoke(id)
    expect((await closed)[0]).toBe(1008)
    expect(performance.now() - began).toBeLessThan(promisedMs(1_000))
    expect(other.readyState).toBe(WebSocket.OPEN)
    other.close()
  })

  test('of a browser that signs out ends, too', async () => {
    const { code } = await fixture.tokens.createLink({ scope: 'read', ttlMs: 60_000 })
    const signIn = await fixture.call('/api/session', { body: JSON.stringify({ code }) })
    const headers = { cookie: signIn.headers.get('set-cookie')?.split(';')[0] ?? '', origin: fixture.url }
    const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`, { headers })
    await once(socket, 'open')
    const closed = once(socket, 'close')
    const json = { ...headers, 'content-type': 'application/json' }
    await fetch(`${fixture.url}/api/session/end`, { method: 'POST', headers: json, body: '{}' })
    expect((await closed)[0]).toBe(1008)
  })

  test('is not opened again by the revoked token', async () => {
    const { token, id } = await make('read')
    await fixture.tokens.revoke(id)
    const headers = { authorization: `Bearer ${token}` }
    const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`, { headers })
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    expect(answer.statusCode).toBe(401)
  })
})

test('a key that is replaced with --revoke ends tokens, links, browsers and sockets of a running server at once', async () => {
  const own = await startServer()
  const headers = { authorization: `Bearer ${own.token}` }
  const link = await own.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
  const unused = await own.tokens.createLink({ scope: 'admin', ttlMs: 60_000 })
  const trade = (code: string): Promise<Response> =>
    own.call('/api/session', { body: JSON.stringify({ code }) })
  const cookie = (await trade(link.code)).headers.get('set-cookie')?.split(';')[0] ?? ''
  const browser = { cookie, origin: own.url }
  const asks = (who: Record<string, string>): Promise<Response> =>
    fetch(`${own.url}/api/counts.outside`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...who },
      body: '{"fromMs":1,"toMs":2}',
    })
  for (const who of [headers, browser]) expect((await asks(who)).status).toBe(200)
  const sockets = [headers, browser].map(
    (who) => new WebSocket(`${own.url.replace('http', 'ws')}/api/events`, { headers: who }),
  )
  await Promise.all(sockets.map((socket) => once(socket, 'open')))
  const closed = Promise.all(sockets.map((socket) => once(socket, 'close')))

  const { revoked } = await own.tokens.rotate(never, { revoke: true })
  expect(revoked).toBe(4) // the token, the fixture’s own link, and these two
  for (const who of [headers, browser]) expect((await asks(who)).status).toBe(401)
  expect((await trade(unused.code)).status).toBe(401)
  expect((await closed).map(([code]) => code as number)).toEqual([1008, 1008])

  const { token } = await own.tokens.create({ scope: 'read', ttlMs: 60_000, name: 'next' }, never)
  expect((await asks({ authorization: `Bearer ${token}` })).status).toBe(200)
  await own.close()
})
