import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { boundConnections, type Connections } from './connections.ts'
import { openRaw } from '../../test-support/server/raw.ts'

let server: Server
let connections: Connections
const clients: Socket[] = []
/** The server's ends, in the order of their coming. */
let ends: Socket[] = []

async function listen(caps: { total: number; ofAddress: number | null }): Promise<void> {
  server = createServer()
  ends = []
  server.on('connection', (socket: Socket) => ends.push(socket.on('error', () => {})))
  connections = boundConnections(server, caps)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
}

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  server.close()
  await once(server, 'close')
})

async function open(): Promise<Socket> {
  const came = once(server, 'connection')
  const client = openRaw((server.address() as AddressInfo).port)
  client.on('error', () => {})
  clients.push(client)
  await came
  return client
}

function closed(client: Socket): Promise<unknown> {
  return client.closed ? Promise.resolve() : new Promise((resolve) => client.resume().once('close', resolve))
}

test('at the bound the stranger who came first is let go for the newcomer', async () => {
  await listen({ total: 3, ofAddress: null })
  const [first, ...others] = [await open(), await open(), await open()]
  const newcomer = await open()
  await closed(first)
  await expect.poll(() => connections.count()).toBe(3)
  for (const client of [...others, newcomer]) expect(client.destroyed).toBe(false)
})

test('one whose caller is known is not let go; among such the newcomer is refused', async () => {
  await listen({ total: 2, ofAddress: null })
  const known = await open()
  connections.know(ends[0] as Socket)
  const stranger = await open()
  const second = await open()
  await closed(stranger)
  await expect.poll(() => connections.count()).toBe(2)
  connections.know(ends[2] as Socket)
  await closed(await open())
  await expect.poll(() => connections.count()).toBe(2)
  for (const client of [known, second]) expect(client.destroyed).toBe(false)
})

test('one address has its own bound, and its oldest makes room for its newest', async () => {
  await listen({ total: 100, ofAddress: 2 })
  const [first] = [await open(), await open(), await open()]
  await closed(first)
  await expect.poll(() => connections.count()).toBe(2)
})

test('what has closed is counted no more', async () => {
  await listen({ total: 2, ofAddress: 2 })
  for (let n = 0; n < 5; n++) {
    const client = await open()
    client.destroy()
    await expect.poll(() => connections.count()).toBe(0)
  }
  const last = await open()
  expect(connections.count()).toBe(1)
  expect(last.destroyed).toBe(false)
})
