import type { Server as HttpsServer } from 'node:https'
import { hostname } from 'node:os'
import cookiePlugin from '@fastify/cookie'
import websocketPlugin from '@fastify/websocket'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { AppError, toWireError } from '../../src-shared/errors/app-error.ts'
import type { App } from '../app/app.ts'
import { THIS_MACHINE, type ServerConfig } from '../config/server-config.ts'
import type { AccessLog } from '../runtime/access-log.ts'
import { elapsedMs, machineClock, type Clock } from '../runtime/clock.ts'
import { CONTENT_SECURITY_POLICY } from '../runtime/content-security-policy.ts'
import type { Log } from '../runtime/log.ts'
import { createAuth } from './auth.ts'
import { boundConnections, callerAddress } from './connections.ts'
import { refusalOf, sendFailure, sendReply } from './errors.ts'
import { addGuard, type GuardParts } from './guard.ts'
import { createFastify, listen, proxyOf } from './listener.ts'
import { createOwnNames, publicPort } from './own-names.ts'
import { BEHIND_PROXY, createRateLimits, DEFAULT_LIMITS, type ServerLimits } from './rate-limits.ts'
import { createAccessRecords, recordCalls, whoIs } from './record-access.ts'
import { refuseCaFiles } from './refuse-ca-file.ts'
import { addApiRoutes } from './routes/calls.ts'
import { addCountsRoute } from './routes/counts.ts'
import { addEventsSocket, MAX_SOCKET_PAYLOAD } from './routes/events.ts'
import { addLoginRoutes } from './routes/login.ts'
import { addMetricsRoute, type Observation } from './routes/metrics.ts'
import { addHealthRoutes, addOpenApiRoute, addStaticFiles } from './routes/open.ts'
import { addSessionRoute } from './routes/session.ts'
import { followTls, readTls, type TlsPair } from './tls-files.ts'

/** What is read of a request before anybody is known by it, in bytes: a one-time code. Calls have limits of their own. */
export const MAX_OPEN_BODY_BYTES = 1_024

const HEARTBEAT_MS = 15_000

/** What is said where it cannot listen. */
const DASHBOARD = {
  consequence: 'The dashboard is not served; nothing else changed.',
  flags: { host: '--host', port: '--port' },
}

const SOCKET_OPTIONS = { maxPayload: MAX_SOCKET_PAYLOAD, perMessageDeflate: false }

export interface ServerOptions {
  /** Without `countsState` every answer is the core's own. */
  readonly app: Pick<App, 'dispatch' | 'hub' | 'readiness'> & Partial<Pick<App, 'countsState'>>
  readonly tokens: Parameters<typeof createAuth>[0]['tokens'] & Parameters<typeof addLoginRoutes>[1]['tokens']
  /** What people call it; the machine's name where left out. */
  readonly name?: string | undefined
  /** Where files of certificates may lie that callers name. */
  readonly dataDir: string
  /** The folder of the built dashboard. */
  readonly rendererDir: string
  /** 0: any free port. */
  readonly port: number
  /** How it is reached; by this machine alone, unencrypted, where left out. */
  readonly access?: Omit<ServerConfig, 'port'>
  readonly limits?: Partial<ServerLimits>
  readonly log: Log
  /** Where absent, nothing is measured, and there is no /metrics. */
  readonly observe?: Observation | undefined
  readonly clock?: Clock
  /** How often listeners must show that they are there, in ms; 15,000 where it is left out. */
  readonly heartbeatMs?: number
  /** Who did what is written into it; nowhere where absent. */
  readonly accessLog?: AccessLog
}

/**
 * The dashboard and the contract over HTTP and WebSocket. Throws `not-configured` where the TLS files are of no use.
 * `makeAuth` is for a benchmark that measures what the checking of callers costs.
 */
export function createServer(options: ServerOptions, makeAuth = createAuth) {
  const { tokens, log, clock = machineClock, access = THIS_MACHINE } = options
  const limits = { ...DEFAULT_LIMITS, ...(access.behindProxy && BEHIND_PROXY), ...options.limits }
  const stopping = new AbortController()
  const tls = access.tls === null ? null : readTls(access.tls, clock.now())
  const reached = { ...access, https: tls !== null }
  let address = addressAt(options.port, reached)
  const headers = (): Readonly<Record<string, string>> => address.headers
  const server = createFastify({ limits, tls, bodyLimit: MAX_OPEN_BODY_BYTES, headers })
  const recording = createAccessRecords(options.accessLog, () => elapsedMs(clock))
  const proxy = access.behindProxy ? proxyOf(access) : null
  const addressOf = ({ raw }: FastifyRequest): string => callerAddress(raw, proxy)
  const auth = makeAuth({
    tokens,
    clock,
    port: () => (access.behindProxy ? publicPort(access.publicUrl) : null) ?? address.port,
    https: address.names.https,
    onSessionEnd: (caller) => recording.record('session-ended', whoIs(caller)),
  })
  let events: ReturnType<typeof addRoutes> | undefined

  return {
    /** Begins to serve once `opened` resolves. Throws as that, `port-in-use`, `usage`, or `not-found` where the dashboard is not built. */
    async start(opened: Promise<void> = Promise.resolve()) {
      await server.register(cookiePlugin)
      await server.register(websocketPlugin, { options: SOCKET_OPTIONS })
      events = addRoutes(server, options, {
        dispatch: refuseCaFiles(options.app.dispatch, options.dataDir),
        hub: options.app.hub,
        auth,
        rates: createRateLimits(limits, () => elapsedMs(clock)),
        limits,
        access: recording,
        addressOf,
        https: address.names.https,
        heartbeatMs: options.heartbeatMs ?? HEARTBEAT_MS,
        log,
        names: () => address.names,
        headers,
        proxy,
      })
      await Promise.all([addStaticFiles(server, options.rendererDir).then(() => server.ready()), opened])
      const port = await listen(server, { ...DASHBOARD, host: access.host, port: options.port })
      address = addressAt(port, reached)
      if (tls !== null && access.tls !== null) {
        const onNew = (pair: TlsPair): void => (server.server as HttpsServer).setSecureContext(pair)
        void followTls(access.tls, tls, { clock, log, signal: stopping.signal, onNew })
      }
      // For people, by the public URL where there is one; and for other programs of this machine.
      return { url: address.names.url, localUrl: address.names.localUrl }
    },
    /** Cuts every connection; within a second. Safe to call twice. */
    async stop(): Promise<void> {
      stopping.abort()
      events?.stop()
      auth.stop()
      await server.close()
    },
  }
}

export type Server = ReturnType<typeof createServer>

/** What the server is called at a port, and the headers of its answers, which name it. */
function addressAt(port: number, reached: Parameters<typeof createOwnNames>[0]) {
  const names = createOwnNames(reached, port)
  return { port, names, headers: securityHeaders(names) }
}

function answerFailures(server: FastifyInstance, log: Log): void {
  server.removeContentTypeParser('text/plain')
  server.setNotFoundHandler((_request, reply) =>
    sendFailure(reply, new AppError('not-found', 'There is nothing at this address.')),
  )
  server.setErrorHandler((error: FastifyError | AppError, request, reply) => {
    if (error instanceof AppError) return sendFailure(reply, error)
    const refusal = refusalOf(error, request.routeOptions.bodyLimit)
    if (refusal !== null) return sendFailure(reply, refusal.error, refusal.status)
    log.error({ err: error }, 'a request failed')
    return sendReply(reply, { ok: false, error: toWireError(error) })
  })
}

/** The routes, and what a request passes before them. */
function addRoutes(
  server: FastifyInstance,
  {
    app: { countsState, readiness },
    observe,
    tokens,
    name = hostname(),
    clock = machineClock,
  }: ServerOptions,
  parts: Omit<GuardParts, 'connections'>,
) {
  server.decorateRequest('knownCaller', null)
  const { limits, proxy, access, addressOf, log } = parts
  const connections = boundConnections(server.server, {
    total: limits.maxConnections,
    ofAddress: proxy === null ? limits.maxConnectionsOfAddress : null,
  })
  // After the plugins: their hooks must see a request that the guard refuses, or a refused WebSocket stays open.
  addGuard(server, { ...parts, connections })
  recordCalls(server, access, addressOf)
  answerFailures(server, log)

  addHealthRoutes(server, readiness)
  addOpenApiRoute(server)
  addSessionRoute(server, parts)
  addLoginRoutes(server, { ...parts, tokens, name, nowMs: () => clock.now() })
  addApiRoutes(server, parts)
  if (countsState !== undefined) addCountsRoute(server, { ...parts, countsState })
  const events = addEventsSocket(server, parts)
  if (observe !== undefined) {
    addMetricsRoute(server, { ...observe, ...parts, viewers: () => events.viewers() })
  }
  return events
}

const YEAR_S = 365 * 24 * 3_600

/** On every answer, pages and errors alike. `url` is the server's own origin, `https` whether browsers reach it so. */
function securityHeaders({ url, https }: { url: string; https: boolean }): Record<string, string> {
  return {
    'content-security-policy': policy(url),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    ...(https && { 'strict-transport-security': `max-age=${YEAR_S}` }),
  }
}

/** Safari before 15.4 does not take 'self' to mean the page's own WebSockets (CSP 3, 6.7.2.8). */
function policy(url: string): string {
  return CONTENT_SECURITY_POLICY.replace(
    "connect-src 'self'",
    `connect-src 'self' ${url.replace(/^http/, 'ws')}`,
  )
}
