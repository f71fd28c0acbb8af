import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { steadyClock } from '../../../src-shared/domain/site-clock.ts'
import { promisedMs } from '../../../test-support/promised.ts'
import { MAX_SOCKET_PAYLOAD } from './events.ts'
import { startServer, type ServerFixture } from '../../../test-support/server/server.ts'

let fixture: ServerFixture
const sockets: WebSocket[] = []
beforeAll(async () => {
  fixture = await startServer()
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.terminate()
})
afterAll(() => fixture.close())

function open(options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`, {
    headers: { authorization: `Bearer ${fixture.token}` },
    ...options,
  })
  sockets.push(socket)
  return socket
}

async function refusedWith(socket: WebSocket): Promise<number | undefined> {
  socket.on('error', () => {})
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }]
  return response.statusCode
}

/** The next one after the hello. */
async function nextMessage(socket: WebSocket): Promise<unknown> {
  const messages = collect(socket)
  await expect.poll(() => messages.length).toBeGreaterThan(0)
  return messages[0]
}

/** All but the hello, which comes first. */
function collect(socket: WebSocket): unknown[] {
  const messages: unknown[] = []
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as { event?: string }
    if (message.event !== 'contract.hello') messages.push(message)
  })
  return messages
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number]
  return code
}

describe('who may listen', () => {
  test('without token or cookie: 401', async () => {
    expect(await refusedWith(open({ headers: {} }))).toBe(401)
  })
  test('with a wrong token: 401', async () => {
    expect(await refusedWith(open({ headers: { authorization: 'Bearer abc' } }))).toBe(401)
  })
  test('from another origin: 403', async () => {
    expect(await refusedWith(open({ origin: 'https://evil.example' }))).toBe(403)
  })
  test('by a name of another: 403', async () => {
    const authorization = `Bearer ${fixture.token}`
    expect(await refusedWith(open({ headers: { authorization, host: 'evil.example' } }))).toBe(403)
  })
})

describe('what is reported', () => {
  test('every event, to everyone, in order', async () => {
    const listeners = [open(), open()]
    await Promise.all(listeners.map((socket) => once(socket, 'open')))
    const heard = listeners.map(collect)
    fixture.hub.publish('clock.changed', steadyClock(1))
    fixture.hub.publish('clock.changed', steadyClock(2))
    const expected = [1, 2].map((ms) => ({ event: 'clock.changed', payload: steadyClock(ms) }))
    for (const messages of heard) await expect.poll(() => messages).toEqual(expected)
  })
})

describe('a frame', () => {
  // A head is of another form from 126 bytes on, and from 65,536.
  test.each([100, 125, 126, 127, 65_535, 65_536, 200_000])('of %i bytes arrives whole', async (length) => {
    const socket = open()
    await once(socket, 'open')
    const message = nextMessage(socket)
    const bare = Buffer.byteLength(
      JSON.stringify({ event: 'views.changed', payload: { siteId: '', views: [] } }),
    )
    const siteId = '-'.repeat(length - bare - 2) + 'ü'
    fixture.hub.publish('views.changed', { siteId, views: [] } as never)
    expect(await message).toEqual({ event: 'views.changed', payload: { siteId, views: [] } })
  })
})

describe('what listeners say', () => {
  test('every event, in order, however many listen', async () => {
    const many = Array.from({ length: 230 }, () => open())
    const heard = many.map(collect)
    await Promise.all(many.map((socket) => once(socket, 'open')))
    const seqs = Array.from({ length: 20 }, (_, seq) => seq)
    for (const seq of seqs) {
      fixture.hub.publish('counts.changed', { siteId: 's', prevSeq: seq, seq, reset: false, changes: [] })
    }
    await expect.poll(() => heard.every((messages) => messages.length === seqs.length)).toBe(true)
    for (const messages of heard) {
      expect(messages.map((message) => (message as { payload: { seq: number } }).payload.seq)).toEqual(seqs)
    }
  })

  test.each(['{"method":"counts.all","params":{}}', 'not json', ''])('%j is refused, typed', async (said) => {
    const socket = open()
    await once(socket, 'open')
    const answer = nextMessage(socket)
    const closed = closeCode(socket)
    socket.send(said)
    expect(await answer).toMatchObject({ ok: false, error: { code: 'bad-request' } })
    expect(await closed).toBe(1003)
  })

  test('an oversized message is cut off with 1009', async () => {
    const socket = open()
    await once(socket, 'open')
    const closed = closeCode(socket)
    socket.send('x'.repeat(MAX_SOCKET_PAYLOAD + 1))
    expect(await closed).toBe(1009)
  })
})

test('one who does not read is let go; the others hear on', async () => {
  const [slow, quick] = [open(), open()]
  await Promise.all([once(slow, 'open'), once(quick, 'open')])
  slow.pause()
  let letGo = false
  slow.on('close', () => (letGo = true))

  const changes = Array.from({ length: 20_000 }, (_, minute) => ({ minute, priorityId: '1', count: 1 }))
  let told = 0
  // More than any kernel's buffers and our own limit together.
  while (told < 60) {
    const heard = once(quick, 'message')
    fixture.hub.publish('counts.changed', { siteId: 's', prevSeq: told, seq: ++told, reset: false, changes })
    await heard
  }
  slow.resume()
  await expect.poll(() => letGo).toBe(true)
})

test('one whose heart stopped is let go; the others hear on', async () => {
  const own = await startServer({ heartbeatMs: 20 })
  const address = `${own.url.replace('http', 'ws')}/api/events`
  const headers = { authorization: `Bearer ${own.token}` }
  const dead = new WebSocket(address, { headers, autoPong: false })
  const alive = new WebSocket(address, { headers })
  sockets.push(dead, alive)
  await Promise.all([once(dead, 'open'), once(alive, 'open')])
  await once(dead, 'close')
  const heard = nextMessage(alive)
  own.hub.publish('clock.changed', steadyClock(1))
  expect(await heard).toMatchObject({ event: 'clock.changed' })
  await own.close()
})

test('stop ends every connection within a second, open or refused', async () => {
  const own = await startServer()
  const address = `${own.url.replace('http', 'ws')}/api/events`
  const authorization = `Bearer ${own.token}`
  const socket = new WebSocket(address, { headers: { authorization } })
  await once(socket, 'open')
  const refused = [
    new WebSocket(address),
    new WebSocket(address, { headers: { authorization }, origin: 'https://evil.example' }),
  ]
  sockets.push(...refused)
  await Promise.all(refused.map(refusedWith))

  const closed = once(socket, 'close')
  const startedMs = performance.now()
  await own.close()
  await closed
  expect(performance.now() - startedMs).toBeLessThan(promisedMs(1_000))
})
