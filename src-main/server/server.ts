import type { AddressInfo } from 'node:net'
import cookiePlugin from '@fastify/cookie'
import websocketPlugin from '@fastify/websocket'
import fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
import type { EventHub } from '../../src-shared/contract/hub.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Log } from '../log.ts'
import { addApiRoutes, requireSession } from './api-route.ts'
import { createAuth, sessionCookieName, type Auth } from './auth.ts'
import { failure, refusalOf, sendFailure } from './errors.ts'
import { addEventsSocket, MAX_SOCKET_PAYLOAD, type EventsSocket } from './events-socket.ts'
import { checkOrigin } from './origin.ts'
import { SECURITY_HEADERS } from './security-headers.ts'
import { addSessionRoute } from './session-route.ts'
import { addStaticFiles } from './static-files.ts'

const HOST = '127.0.0.1'

/** What is read of a request before anybody is known by it, in bytes: a one-time code. Calls have limits of their own. */
export const MAX_OPEN_BODY_BYTES = 1_024

export interface ServerOptions {
  readonly app: { readonly dispatch: Dispatch; readonly hub: EventHub }
  /** The folder of the built dashboard. */
  readonly rendererDir: string
  /** 0: any free port. */
  readonly port: number
  readonly log: Log
  /** The bearer token; a random one where it is left out. */
  readonly token?: string
  /** How often listeners must show that they are there, in ms; 15,000 where it is left out. */
  readonly heartbeatMs?: number
  readonly links: {
    /** The printed link was used. `link` is the one for another browser. */
    onUsed(link: string): void
  }
}

export interface Server {
  /** For programs: `Authorization: Bearer …`. */
  readonly bearerToken: string
  /**
   * Begins to serve on 127.0.0.1. `link` opens the dashboard once: its one-time code is in the fragment, which no
   * browser sends or logs. Throws `port-in-use`, or `not-found` where the dashboard is not built.
   */
  start(): Promise<{ url: string; link: string }>
  /** Cuts every connection; within a second. Safe to call twice. */
  stop(): Promise<void>
}

/** The dashboard and the contract over HTTP and WebSocket, for this machine alone. */
export function createServer(options: ServerOptions): Server {
  const auth = createAuth(options.token)
  const server = fastify({ bodyLimit: MAX_OPEN_BODY_BYTES, forceCloseConnections: true, logger: false })
  const port = (): number => (server.server.address() as AddressInfo | null)?.port ?? options.port
  const url = (): string => `http://${HOST}:${port()}`
  const link = (): string => `${url()}/#code=${auth.code()}`
  let events: EventsSocket | undefined

  return {
    bearerToken: auth.bearerToken,
    async start() {
      await server.register(cookiePlugin)
      await server.register(websocketPlugin, { options: { maxPayload: MAX_SOCKET_PAYLOAD } })
      // After the plugins: their hooks must see a request that the guard refuses, or a refused WebSocket stays open.
      guard(server, port, options.log)
      events = addRoutes(server, options, { auth, port, link })
      await addStaticFiles(server, options.rendererDir)
      await listen(server, options.port)
      return { url: url(), link: link() }
    },
    async stop() {
      events?.stop()
      await server.close()
    },
  }
}

/** What every request passes, also one for a path that is not there. */
function guard(server: FastifyInstance, port: () => number, log: Log): void {
  server.removeContentTypeParser('text/plain')
  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS)
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store')
    checkOrigin(request.headers, port())
    done()
  })
  server.setNotFoundHandler((_request, reply) =>
    sendFailure(reply, new AppError('not-found', 'There is nothing at this address.')),
  )
  server.setErrorHandler((error: FastifyError | AppError, request, reply) => {
    if (error instanceof AppError) return sendFailure(reply, error)
    const refusal = refusalOf(error, request.routeOptions.bodyLimit)
    if (refusal !== null) return sendFailure(reply, refusal.error, refusal.status)
    log.error({ err: error }, 'a request failed')
    return reply.code(500).send(failure(error))
  })
}

function addRoutes(
  server: FastifyInstance,
  { app, log, links, heartbeatMs }: ServerOptions,
  { auth, port, link }: { auth: Auth; port: () => number; link: () => string },
): EventsSocket {
  const onRequest = requireSession((request) =>
    auth.knows(request.headers.authorization, request.cookies[sessionCookieName(port())]),
  )
  server.get('/health', (_request, reply) => reply.send({ ok: true }))
  addSessionRoute(server, { auth, port, onUsed: () => links.onUsed(link()) })
  addApiRoutes(server, app.dispatch, onRequest)
  return addEventsSocket(server, { hub: app.hub, log, onRequest, heartbeatMs })
}

async function listen(server: FastifyInstance, port: number): Promise<void> {
  try {
    await server.listen({ host: HOST, port })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw cause
    const why = code === 'EACCES' ? 'may not be opened by this account' : 'is used by another program'
    throw new AppError(
      'port-in-use',
      `Port ${port} ${why}. The dashboard is not served; nothing else changed.`,
      {
        hint: `End that program, or choose another port with --port ${port < 65_535 ? Math.max(port + 1, 8_050) : 8_050}.`,
        cause,
      },
    )
  }
}
