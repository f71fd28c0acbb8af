import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createDispatch } from '../../src-shared/contract/dispatch.ts'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { THIS_MACHINE } from '../config/server-config.ts'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { head, sendRaw, type RawAnswer } from '../../test-support/server/raw.ts'

const PUBLIC = 'https://tpm.example.com'
const LIMITS = {
  failures: { burst: 3, perSecond: 0.5 },
  calls: { burst: 5, perSecond: 1 },
  dearCalls: { burst: 2, perSecond: 0.1 },
}

let fixture: ServerFixture
let clock: ReturnType<typeof createHandClock>
beforeEach(() => {
  clock = createHandClock(Date.now())
})
afterEach(() => fixture.close())

function post(
  path: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
  from = '127.0.0.1',
): Promise<RawAnswer> {
  const all = {
    host: `127.0.0.1:${fixture.port}`,
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    ...headers,
  }
  return sendRaw(fixture.port, head(`POST ${path} HTTP/1.1`, all) + body, from)
}

const guess = (headers = {}, from?: string): Promise<RawAnswer> =>
  post('/api/session', '{"code":"guess"}', headers, from)
const callWith = (token: string, method = 'counts.outside', headers = {}): Promise<RawAnswer> =>
  post(`/api/${method}`, '{"fromMs":1,"toMs":2}', { Authorization: `Bearer ${token}`, ...headers })

const askStatus = (token: string): Promise<RawAnswer> =>
  post('/api/sync.status', '{}', { Authorization: `Bearer ${token}` })

async function statuses(answers: readonly Promise<RawAnswer>[]): Promise<number[]> {
  return (await Promise.all(answers)).flatMap(({ statuses: found }) => found)
}

describe('guessing', () => {
  beforeEach(async () => {
    fixture = await startServer({ limits: LIMITS, clock })
  })

  test('codes: after so many the address is asked to wait, and says how long; the right code is not taken then either', async () => {
    expect(await statuses([guess(), guess(), guess()])).toEqual([401, 401, 401])
    const answer = await guess()
    expect(answer.statuses).toEqual([429])
    expect(answer.header('retry-after')).toBe('2')
    const code = new URL(fixture.link).hash.replace('#code=', '')
    expect((await post('/api/session', JSON.stringify({ code }))).statuses).toEqual([429])
    clock.jump(2_000)
    expect((await post('/api/session', JSON.stringify({ code }))).statuses).toEqual([200])
  })

  test('a ? at the end of the address passes neither the lock-out nor the limits of calls', async () => {
    const wrong = (path: string): Promise<RawAnswer> =>
      post(path, '{"code":"guess"}', { Authorization: 'Bearer eyJ.wrong.token' })
    const mine = { Authorization: `Bearer ${fixture.token}` }
    await post('/api/sync.status', '{}', mine) // known from now on
    await statuses([guess(), guess(), guess()])
    expect((await wrong('/api/counts.outside')).statuses).toEqual([429])
    for (const path of ['/api/session?', '/api/session?x=1', '/api/counts.outside?']) {
      expect([path, (await wrong(path)).statuses]).toEqual([path, [400]])
    }
    for (let calls = 1; calls < LIMITS.calls.burst; calls++) await post('/api/sync.status', '{}', mine)
    expect((await post('/api/sync.status', '{}', mine)).statuses).toEqual([429])
    for (const query of ['?', '?x', '?=']) {
      const answer = await post(`/api/audit.run${query}`, '{}', mine)
      expect([query, answer.statuses]).toEqual([query, [400]])
      expect(answer.text).toContain('This address takes no query.')
    }
  })

  test('many at one time: no more are looked at than one after the other would be', async () => {
    const found = await statuses(Array.from({ length: 30 }, () => guess()))
    expect(found.filter((status) => status === 401).length).toBe(LIMITS.failures.burst)
    expect(found.filter((status) => status === 429).length).toBe(30 - LIMITS.failures.burst)
  })

  test('tokens and sockets are counted alike; the page is still served', async () => {
    expect((await callWith('eyJ.wrong.token')).statuses).toEqual([401])
    const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`)
    socket.on('error', () => {})
    await once(socket, 'unexpected-response')
    socket.terminate()
    expect((await guess()).statuses).toEqual([401])
    expect((await callWith('eyJ.wrong.token')).statuses).toEqual([429])
    const page = await sendRaw(fixture.port, head('GET / HTTP/1.1', { host: `127.0.0.1:${fixture.port}` }))
    expect(page.statuses).toEqual([200])
  })

  test('a caller that was known before goes on at the same address', async () => {
    expect((await callWith(fixture.token)).statuses).toEqual([200])
    await statuses([guess(), guess(), guess(), guess()])
    expect((await guess()).statuses).toEqual([429])
    expect((await callWith(fixture.token)).statuses).toEqual([200])
  })

  test('X-Forwarded-For makes no other address, where no proxy is', async () => {
    await statuses([1, 2, 3].map((n) => guess({ 'X-Forwarded-For': `10.0.0.${n}` })))
    expect((await guess({ 'X-Forwarded-For': '10.0.0.9' })).statuses).toEqual([429])
  })
})

describe('behind a proxy', () => {
  beforeEach(async () => {
    const access = { ...THIS_MACHINE, behindProxy: true, publicUrl: PUBLIC }
    fixture = await startServer({ limits: LIMITS, clock, access })
  })
  const host = 'tpm.example.com'

  test('each address that the proxy names has tries of its own, whatever stands before it', async () => {
    for (const first of ['1.1.1.1', '2.2.2.2', '3.3.3.3']) {
      expect((await guess({ host, 'X-Forwarded-For': `${first}, 10.0.0.1` })).statuses).toEqual([401])
    }
    expect((await guess({ host, 'X-Forwarded-For': '4.4.4.4, 10.0.0.1' })).statuses).toEqual([429])
    expect((await guess({ host, 'X-Forwarded-For': '10.0.0.1, 10.0.0.2' })).statuses).toEqual([401])
  })

  test('a port or brackets make no other address of one', async () => {
    for (const last of ['10.0.0.1:1', '10.0.0.1:65535', '10.0.0.1']) {
      expect((await guess({ host, 'X-Forwarded-For': `1.1.1.1, ${last}` })).statuses).toEqual([401])
    }
    expect((await guess({ host, 'X-Forwarded-For': '10.0.0.1:7' })).statuses).toEqual([429])
    for (const last of ['[2001:db8::1]:443', '[2001:db8::2]', '2001:db8::3']) {
      expect((await guess({ host, 'X-Forwarded-For': last })).statuses).toEqual([401])
    }
    expect((await guess({ host, 'X-Forwarded-For': '[2001:db8::9]:9' })).statuses).toEqual([429])
  })

  test('what is no address is counted for the proxy', async () => {
    for (const last of ['unknown', 'x'.repeat(500), '[::1', '1.2.3.4.5']) {
      await guess({ host, 'X-Forwarded-For': last })
    }
    expect((await guess({ host, 'X-Forwarded-For': 'another' })).statuses).toEqual([429])
    expect((await guess({ host, 'X-Forwarded-For': '10.0.0.1' })).statuses).toEqual([401])
  })

  test('an IPv6 network is one address', async () => {
    for (const last of ['1', '2', 'ffff:1']) {
      expect((await guess({ host, 'X-Forwarded-For': `2001:db8::${last}` })).statuses).toEqual([401])
    }
    expect((await guess({ host, 'X-Forwarded-For': '2001:DB8:0:0:9::9' })).statuses).toEqual([429])
    expect((await guess({ host, 'X-Forwarded-For': '2001:db8:0:1::1' })).statuses).toEqual([401])
  })
})

describe('behind a proxy of known networks', () => {
  const host = 'tpm.example.com'
  const [proxy, other] = ['127.0.0.2', '127.0.0.3']
  beforeEach(async () => {
    const trustProxy = ['10.0.0.0/8', `${proxy}/32`, 'fd00::/8']
    const access = { ...THIS_MACHINE, behindProxy: true, trustProxy, publicUrl: PUBLIC }
    fixture = await startServer({ limits: LIMITS, clock, access })
  })

  test('a request that comes by it is taken, any other is refused, whatever it says', async () => {
    const good = { host, Authorization: `Bearer ${fixture.token}`, 'X-Forwarded-For': '10.0.0.1' }
    expect((await post('/api/counts.outside', '{"fromMs":1,"toMs":2}', good, proxy)).statuses).toEqual([200])
    for (const [path, from] of [
      ['/api/counts.outside', other],
      ['/api/counts.outside', '127.0.0.1'],
      ['/health', '127.0.0.1'],
    ] as const) {
      const answer = await post(path, '{"fromMs":1,"toMs":2}', good, from)
      expect([path, from, answer.statuses]).toEqual([path, from, [403]])
    }
    const page = await sendRaw(fixture.port, head('GET / HTTP/1.1', { host }), other)
    expect(page.statuses).toEqual([403])
    expect(page.text).toContain('This server is reached by its proxy alone')
  })

  test('nor is a socket opened, or the lock-out of somebody else brought about', async () => {
    for (let tries = 0; tries < 5; tries++) {
      expect((await guess({ host, 'X-Forwarded-For': '10.0.0.1' }, other)).statuses).toEqual([403])
    }
    expect((await guess({ host, 'X-Forwarded-For': '10.0.0.1' }, proxy)).statuses).toEqual([401])
    const headers = { host, Authorization: `Bearer ${fixture.token}` }
    const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`, { headers })
    socket.on('error', () => {})
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    expect(answer.statusCode).toBe(403)
    socket.terminate()
  })

  test('its machine may see past it whether it lives', async () => {
    for (const path of ['/health', '/ready']) {
      expect((await sendRaw(fixture.port, head(`GET ${path} HTTP/1.1`, { host }))).statuses).toEqual([200])
    }
  })
})

test('a clock that is set back prolongs neither a lock-out nor a wait', async () => {
  const own = { ...clock, ranMs: 0, elapsedMs: () => own.ranMs }
  fixture = await startServer({ limits: LIMITS, clock: own })
  for (let calls = 0; calls < LIMITS.calls.burst; calls++) await callWith(fixture.token)
  await statuses([guess(), guess(), guess()])
  expect((await callWith(fixture.token)).header('retry-after')).toBe('1')
  expect((await guess()).header('retry-after')).toBe('2')
  clock.jump(-3_600_000)
  own.ranMs += 2_000
  expect((await callWith(fixture.token)).statuses).toEqual([200])
  expect((await guess()).statuses).toEqual([401])
  expect((await guess()).header('retry-after')).toBe('2')
})

describe('a caller that asks too often', () => {
  beforeEach(async () => {
    fixture = await startServer({ limits: LIMITS, clock })
  })

  test('is asked to wait; another is not', async () => {
    expect(await statuses([1, 2, 3, 4, 5].map(() => callWith(fixture.token)))).toEqual([
      200, 200, 200, 200, 200,
    ])
    const answer = await callWith(fixture.token)
    expect(answer.statuses).toEqual([429])
    expect(answer.header('retry-after')).toBe('1')
    expect(JSON.parse(answer.text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      ok: false,
      error: { code: 'too-many', retryable: true },
    })
    const wish = { scope: 'admin', ttlMs: 60_000, name: 'other' } as const
    const { token } = await fixture.tokens.create(wish, new AbortController().signal)
    expect((await callWith(token)).statuses).toEqual([200])
    clock.jump(1_000)
    expect((await callWith(fixture.token)).statuses).toEqual([200])
  })

  test('has eight calls under way at once; one more is refused, and another caller’s is not', async () => {
    await fixture.close()
    const held = Promise.withResolvers<void>()
    let underWay = 0
    const handlers: Partial<Handlers> = {
      'sync.status': async () => {
        underWay += 1
        await held.promise
        throw new AppError('not-found', 'Nothing.')
      },
    }
    const app = {
      dispatch: createDispatch(handlers as Handlers, () => {}),
      hub: createEventHub(),
      readiness: () => ({ ok: true, store: 'up', jira: 'open' }) as const,
    }
    fixture = await startServer({ app, clock })
    const eight = Array.from({ length: 8 }, () => askStatus(fixture.token))
    await vi.waitFor(() => expect(underWay).toBe(8))
    const ninth = await askStatus(fixture.token)
    expect([ninth.statuses, ninth.header('retry-after')]).toEqual([[429], '1'])
    const wish = { scope: 'read', ttlMs: 60_000, name: 'other' } as const
    const { token } = await fixture.tokens.create(wish, new AbortController().signal)
    const others = askStatus(token)
    await vi.waitFor(() => expect(underWay).toBe(9))
    held.resolve()
    expect(await statuses([...eight, others])).toEqual(Array.from({ length: 9 }, () => 404))
    expect((await askStatus(fixture.token)).statuses).toEqual([404])
  })

  test('for what is dear it is so earlier', async () => {
    expect(
      (await statuses([1, 2].map(() => callWith(fixture.token, 'audit.run')))).every(
        (status) => status !== 429,
      ),
    ).toBe(true)
    expect((await callWith(fixture.token, 'audit.run')).statuses).toEqual([429])
    expect((await callWith(fixture.token)).statuses).toEqual([200])
  })
})
