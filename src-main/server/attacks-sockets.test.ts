import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import { MAX_SOCKET_PAYLOAD } from './routes/events.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { head, openRaw, readRaw } from '../../test-support/server/raw.ts'

const LIMITS = {
  maxSockets: 6,
  maxSocketsOfCaller: 4,
  maxConnections: 30,
  headersTimeoutMs: 300,
  checkEveryMs: 50,
}

let fixture: ServerFixture
const sockets: WebSocket[] = []
beforeAll(async () => {
  fixture = await startServer({ limits: LIMITS })
})
afterEach(async () => {
  const ends = sockets.splice(0).map(async (socket) => {
    if (socket.readyState === socket.CLOSED) return
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.terminate()
    await closed
  })
  await Promise.all(ends)
})
afterAll(() => fixture.close())

function open(token = fixture.token, options: ClientOptions = {}): WebSocket {
  const socket = new WebSocket(`${fixture.url.replace('http', 'ws')}/api/events`, {
    headers: { authorization: `Bearer ${token}` },
    ...options,
  })
  sockets.push(socket)
  socket.on('error', () => {})
  return socket
}

async function opened(token?: string, options?: ClientOptions): Promise<WebSocket> {
  const socket = open(token, options)
  await once(socket, 'open')
  return socket
}

/** The status with which it was refused; 101 where it was not. */
function statusOf(socket: WebSocket): Promise<{ status: number; retryAfter: string | undefined }> {
  return new Promise((resolve) => {
    socket.once('open', () => resolve({ status: 101, retryAfter: undefined }))
    socket.once('unexpected-response', (_request, { statusCode = 0, headers }) =>
      resolve({ status: statusCode, retryAfter: headers['retry-after'] }),
    )
  })
}

async function otherToken(): Promise<string> {
  const wish = { scope: 'read', ttlMs: 60_000, name: 'other' } as const
  return (await fixture.tokens.create(wish, new AbortController().signal)).token
}

test('one caller has so many sockets, and another still gets one: 429, then 503 where all are taken', async () => {
  for (let n = 0; n < LIMITS.maxSocketsOfCaller; n++) await opened()
  expect(await statusOf(open())).toEqual({ status: 429, retryAfter: '5' })
  const other = await otherToken()
  for (let n = LIMITS.maxSocketsOfCaller; n < LIMITS.maxSockets; n++) await opened(other)
  expect(await statusOf(open(other))).toEqual({ status: 503, retryAfter: '5' })

  const [first] = sockets
  first?.close()
  await once(first as WebSocket, 'close')
  await expect.poll(async () => (await statusOf(open())).status).toBe(101)
})

test('a viewer who is known stays, however many strangers connect and are let go for each other', async () => {
  const socket = await opened()
  const ends = Array.from({ length: 3 * LIMITS.maxConnections }, () => readRaw(openRaw(fixture.port)))
  await Promise.all(ends)
  expect(socket.readyState).toBe(socket.OPEN)
})

test('of a flood of messages one is answered, and the rest is not read', async () => {
  const socket = await opened()
  let answers = 0
  socket.on('message', () => (answers += 1))
  const closed = once(socket, 'close') as Promise<[number]>
  for (let n = 0; n < 2_000; n++) socket.send('x'.repeat(1_000))
  const [code] = await closed
  expect([1003, 1006]).toContain(code) // it may have been cut while we still spoke
  expect(answers).toBeLessThanOrEqual(1)
})

test('a flood of pings ends nobody else', async () => {
  const [noisy, quiet] = [await opened(), await opened()]
  for (let n = 0; n < 5_000; n++) noisy.ping('x'.repeat(100))
  const heard = once(quiet, 'message')
  fixture.hub.publish('clock.changed', steadyClock(1))
  const [said] = (await heard) as [Buffer]
  expect(said.toString()).toContain('clock.changed')
})

test('compression is not agreed to, whatever is offered: no bomb can be unpacked', async () => {
  const socket = await opened(fixture.token, { perMessageDeflate: { serverNoContextTakeover: true } })
  expect(socket.extensions).toBe('')
})

/** A frame as a client sends it: masked with zeros. */
function frame(first: number, length: number, payload: Buffer): Buffer {
  const size = Buffer.alloc(8)
  size.writeBigUInt64BE(BigInt(length))
  return Buffer.concat([Buffer.from([first, 0xff]), size, Buffer.alloc(4), payload])
}

async function rawSocket(): Promise<Socket> {
  const socket = openRaw(fixture.port)
  socket.write(
    head('GET /api/events HTTP/1.1', {
      host: `127.0.0.1:${fixture.port}`,
      Authorization: `Bearer ${fixture.token}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Extensions': 'permessage-deflate',
    }),
  )
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 101 /)
  expect(answer.toString('latin1')).not.toMatch(/permessage-deflate/i)
  return socket
}

/** Two bytes of a close frame's payload. */
function closeCodeIn(text: string): number {
  return Buffer.from(text, 'latin1').readUInt16BE(2)
}

test.each([
  ['a compressed frame', frame(0xc1, 8, Buffer.alloc(8)), 1002],
  ['a frame that says it is a terabyte', frame(0x82, 2 ** 40, Buffer.alloc(0)), 1009],
  [
    'a frame that says it is larger than numbers go',
    Buffer.from([0x82, 0xff, ...Array.from({ length: 12 }, () => 0xff)]),
    1009,
  ],
  ['a frame too large', frame(0x82, MAX_SOCKET_PAYLOAD + 1, Buffer.alloc(0)), 1009],
  ['a frame that is not masked', Buffer.from([0x81, 0x01, 0x78]), 1002],
  ['an unknown kind of frame', Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
  ['a continuation of nothing', Buffer.from([0x80, 0x80, 0, 0, 0, 0]), 1002],
])('%s: closed with its code at once', async (_name, bytes, code) => {
  const socket = await rawSocket()
  const answer = readRaw(socket)
  socket.write(bytes)
  expect(closeCodeIn((await answer).text)).toBe(code)
})

test('fragments without end are no more than one message may be', async () => {
  const socket = await rawSocket()
  const answer = readRaw(socket)
  const part = 1_000
  socket.write(frame(0x01, part, Buffer.alloc(part, 'x')))
  for (let n = 0; n < MAX_SOCKET_PAYLOAD / part + 1; n++)
    socket.write(frame(0x00, part, Buffer.alloc(part, 'x')))
  expect(closeCodeIn((await answer).text)).toBe(1009)
})
