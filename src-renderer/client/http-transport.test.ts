import websocket from '@fastify/websocket'
import { fastify, type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDispatch } from '../../src-shared/contract/dispatch.ts'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import { CONTRACT_VERSION, VERSION_HEADER } from '../../src-shared/contract/version.ts'
import type { ConnectionState } from '../../src-shared/contract/wire.ts'
import type { WindowTransport } from './transport.ts'
import { createHttpTransport } from './http-transport.ts'

const nowhere = { before: 3, after: 0, lastBeforeMs: 1, firstAfterMs: null }
const handlers = { 'counts.outside': async () => nowhere } as unknown as Handlers

describe('http transport', () => {
  const hub = createEventHub()
  let server: FastifyInstance
  let transport: WindowTransport
  let origin: string
  /** Whether the server knows the caller; a code makes it so. */
  let known: boolean
  let sockets: number
  /** So many calls more it has no time for. */
  let busy: number
  /** The version that the window said with its last call. */
  let told: unknown
  /** What the server says of the contract that it serves; null: nothing. */
  let served: string | null
  /** What the server says that the caller may do; null: nothing. */
  let scope: string | null

  beforeEach(async () => {
    known = true
    sockets = 0
    busy = 0
    scope = null
    served = null
    server = await startServer(0)
    origin = server.listeningOrigin
    transport = createHttpTransport(origin, null)
  })
  afterEach(async () => {
    transport.stop()
    await server.close()
  })

  async function startServer(port: number): Promise<FastifyInstance> {
    const made = fastify({ forceCloseConnections: true })
    const dispatch = createDispatch(handlers, console.error)
    await made.register(websocket)
    made.addHook('onRequest', async (request, reply) => {
      if (served !== null) reply.header(VERSION_HEADER, served)
      if (!known && request.url !== '/api/session') {
        const error = {
          code: 'forbidden',
          message: 'No session.',
          what: 'No session.',
          consequence: '',
          hint: '',
          retryable: false,
        }
        await reply.code(401).send({ ok: false, error })
      }
    })
    made.post('/api/session', (request, reply) => {
      known = (request.body as { code?: string }).code === 'right'
      return reply.send({})
    })
    made.get('/api/session', (_request, reply) => reply.send({ ok: true, result: { scope } }))
    made.post('/api/session/end', (_request, reply) => {
      known = false
      return reply.send({})
    })
    made.get('/api/events', { websocket: true }, (socket) => {
      sockets += 1
      const versions = (served ?? `${CONTRACT_VERSION}`).split(',').map(Number)
      socket.send(JSON.stringify({ event: 'contract.hello', payload: { versions } }))
      const leave = hub.onAny((event, payload) => socket.send(JSON.stringify({ event, payload })))
      socket.on('close', leave)
    })
    made.post<{ Params: { method: string } }>('/api/:method', async ({ params, body, headers }, reply) => {
      told = headers[VERSION_HEADER]
      if (busy === 0) return dispatch(params.method, body)
      busy -= 1
      const error = {
        code: 'too-many',
        message: 'Too much.',
        what: 'Too much.',
        consequence: '',
        hint: '',
        retryable: true,
      }
      return reply.code(429).header('retry-after', '0').send({ ok: false, error })
    })
    await made.listen({ port, host: '127.0.0.1' })
    return made
  }

  const becomes = (connection: ConnectionState): Promise<void> =>
    vi.waitFor(() => expect(transport.connection.get()).toBe(connection), { timeout: 20_000 })
  const ask = (): Promise<unknown> => transport.client.call('counts.outside', { fromMs: 0, toMs: 1 })

  test('carries calls there and events back', async () => {
    const heard: unknown[] = []
    transport.client.on('menu.chosen', (payload) => heard.push(payload))
    transport.start()
    await becomes('connected')
    expect(await ask()).toEqual(nowhere)
    hub.publish('menu.chosen', { command: 'keys' })
    await vi.waitFor(() => expect(heard).toEqual([{ command: 'keys' }]))
  })

  test('asks again where the server has too much to do for it for a moment, and not for ever', async () => {
    busy = 2
    expect(await ask()).toEqual(nowhere)
    busy = 100
    await expect(ask()).rejects.toMatchObject({ code: 'too-many' })
    expect(busy).toBe(94)
  })

  test('passes on what the core refuses', async () => {
    await expect(transport.client.call('counts.outside', { fromMs: -1, toMs: 1 })).rejects.toMatchObject({
      code: 'bad-request',
    })
  })

  test('trades the code of its link before anything else', async () => {
    known = false
    transport = createHttpTransport(origin, 'right')
    transport.start()
    expect(await ask()).toEqual(nowhere)
    await becomes('connected')
  })

  test.each(['read', 'run', 'admin'])('knows that it may %s before anything is answered', async (granted) => {
    scope = granted
    transport.start()
    await ask()
    expect(transport.scope.get()).toBe(granted)
  })

  test('what a screen may not is not sent, and revoked it learns that from what it may', async () => {
    scope = 'display'
    transport.start()
    await becomes('connected')
    await expect(ask()).rejects.toMatchObject({ code: 'forbidden' })
    expect(transport.connection.get()).toBe('connected')
  })

  test.each([null, 'root', 7])(
    'where the server says %j, the core refuses and the window hides nothing',
    async (said) => {
      scope = said as string | null
      transport.start()
      expect(await ask()).toEqual(nowhere)
      expect(transport.scope.get()).toBe('admin')
    },
  )

  test('signs out, and stays so', async () => {
    transport.start()
    await becomes('connected')
    transport.signOut?.()
    await becomes('signed-out')
    await expect(ask()).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('a link that was used before signs nobody in, and is not tried again', async () => {
    known = false
    transport = createHttpTransport(origin, 'wrong')
    transport.start()
    await expect(ask()).rejects.toMatchObject({ code: 'forbidden' })
    expect(transport.connection.get()).toBe('signed-out')
  })

  test('a browser without a session learns it although sockets do not say why they fail', async () => {
    known = false
    transport.start()
    await becomes('signed-out')
    expect(sockets).toBe(0)
  })

  test('says which version of the contract it speaks, and goes on with a server that serves it among others', async () => {
    served = `${CONTRACT_VERSION + 1}, ${CONTRACT_VERSION}`
    transport.start()
    await becomes('connected')
    expect(await ask()).toEqual(nowhere)
    expect(told).toBe(String(CONTRACT_VERSION))
  })

  test('a server that was updated says so when the window comes back: it asks to be loaded anew, and tries no more', async () => {
    transport.start()
    await becomes('connected')
    const { port } = new URL(origin)
    await server.close()
    await becomes('lost')
    served = String(CONTRACT_VERSION + 1)
    server = await startServer(Number(port))
    await becomes('outdated')
    await expect(ask()).rejects.toMatchObject({
      code: 'other-version',
      hint: expect.stringContaining('loaded anew') as string,
    })
    await vi.waitFor(() => expect(server.websocketServer.clients.size).toBe(0))
    expect(transport.connection.get()).toBe('outdated')
  })

  test('comes back by itself when the server does', async () => {
    transport.start()
    await becomes('connected')
    const { port } = new URL(origin)
    await server.close()
    await becomes('lost')
    await expect(ask()).rejects.toMatchObject({ retryable: true })
    server = await startServer(Number(port))
    await becomes('connected')
    expect(await ask()).toEqual(nowhere)
  })
})
