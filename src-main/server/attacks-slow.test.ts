import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { head, openRaw, readRaw, sendRaw } from '../../test-support/server/raw.ts'

/** As the server has them, a hundred times shorter. */
const LIMITS = { headersTimeoutMs: 150, requestTimeoutMs: 300, keepAliveMs: 100, checkEveryMs: 20 }

let fixture: ServerFixture
let host: string
beforeAll(async () => {
  fixture = await startServer({ limits: LIMITS })
  host = `127.0.0.1:${fixture.port}`
})
afterAll(() => fixture.close())

/** Writes a byte now and then, as long as the other side takes it. */
function drip(socket: ReturnType<typeof openRaw>, text: string): void {
  let at = 0
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 25)
  socket.once('close', () => clearInterval(timer))
}

test.each([
  ['half a head', 'X-Slow: '],
  ['a head and half a body', 'Content-Length: 9\r\nContent-Type: application/json\r\n\r\n{'],
])('%s and nothing more: 408', async (_name, rest) => {
  const socket = openRaw(fixture.port)
  socket.write(`POST /api/session HTTP/1.1\r\nHost: ${host}\r\n${rest}`)
  const answer = await readRaw(socket)
  expect(answer.statuses).toEqual([408])
})

/** What still drips into a connection that was closed resets it, and may take the refusal with it. */
const ENDED = [[], [408]]

test('a head that comes byte by byte is cut off, however steadily it drips', async () => {
  const socket = openRaw(fixture.port)
  socket.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `)
  drip(socket, 'x')
  expect(ENDED).toContainEqual((await readRaw(socket)).statuses)
})

test('a body that comes byte by byte is, too', async () => {
  const socket = openRaw(fixture.port)
  const headers = { host, Authorization: `Bearer ${fixture.token}`, 'Content-Type': 'application/json' }
  socket.write(head('POST /api/counts.outside HTTP/1.1', { ...headers, 'Content-Length': '1000' }))
  drip(socket, ' ')
  expect(ENDED).toContainEqual((await readRaw(socket)).statuses)
})

test('a connection on which nothing is said ends', async () => {
  const socket = openRaw(fixture.port)
  await once(socket, 'connect')
  // Node gives it the time of a head; what it sends then is a refusal or nothing at all.
  expect(ENDED).toContainEqual((await readRaw(socket)).statuses)
})

test('one that is kept open for a next request that never comes ends', async () => {
  const socket = openRaw(fixture.port)
  socket.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  expect((await readRaw(socket)).statuses).toEqual([200])
})

test('two hundred of them at a time: a call is answered meanwhile', async () => {
  const sockets = Array.from({ length: 200 }, () => openRaw(fixture.port))
  const ends = sockets.map((socket) => {
    socket.write(`POST /api/counts.outside HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `)
    drip(socket, 'x')
    return readRaw(socket)
  })
  const answer = await sendRaw(fixture.port, head('GET /health HTTP/1.1', { host }))
  expect(answer.statuses).toEqual([200])
  for (const { statuses } of await Promise.all(ends)) expect(ENDED).toContainEqual(statuses)
})
