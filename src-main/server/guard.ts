import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  LEAST_CLIENT,
  LEAST_CLIENT_HEADER,
  SERVED_VERSIONS,
  spokenVersion,
  VERSION_HEADER,
  versionMismatch,
} from '../../src-shared/contract/version.ts'
import { AppError, nothingDone } from '../../src-shared/errors/app-error.ts'
import { isLoopback } from '../config/server-config.ts'
import { CALL_ROUTE } from './routes/calls.ts'
import type { Auth } from './auth.ts'
import { comesBy, network, type Connections, type Proxy } from './connections.ts'
import { COUNTS_PATH } from './routes/counts.ts'
import { sendFailure } from './errors.ts'
import type { OwnNames } from './own-names.ts'
import type { ServerParts } from './server-parts.ts'

export interface GuardParts extends ServerParts {
  readonly names: () => OwnNames
  readonly headers: () => Readonly<Record<string, string>>
  readonly connections: Connections
  /** Null where none stands before the server. */
  readonly proxy: Proxy | null
}

const KEY = /^[+/0-9A-Za-z]{22}==$/

const VERSION = '13'

const EVENTS_PATH = '/api/events'

/** Tells what versions there are, so it is answered to a program of any. */
export const HELLO_PATH = '/api/hello'

/** Every address of ours is made of plain segments, none of which begins with a dot. */
const PLAIN_PATH = /^\/(?:[\w-][\w.-]*\/)*(?:[\w-][\w.-]*)?$/

const LONGEST = 1_024

/** Names under which programs send what must not be in a URL: it would stay in histories and logs. */
const SECRET_NAMES =
  /(?:^|&)(?:access_?token|api_?key|auth|authorization|bearer|code|jwt|key|password|secret|session|token)(?==|&|$)/i

const METHODS = new Set(['GET', 'HEAD', 'POST'])

const API = '/api/'

/** Its answers say which versions of the contract there are. */
const OF_CALLS = {
  'cache-control': 'no-store',
  [VERSION_HEADER]: SERVED_VERSIONS.join(', '),
  [LEAST_CLIENT_HEADER]: LEAST_CLIENT,
}

/** Headers are the caller's own words. */
const MAX_SHOWN = 100

/** What every request passes before its route, also one for an address that is not there. Of the body nothing is read yet. */
export function addGuard(server: FastifyInstance, parts: GuardParts): void {
  const { names, headers, auth, rates, connections, addressOf, proxy, access } = parts

  const fail = (address: string): void => {
    const wasLocked = rates.lockOf(address) !== null
    rates.failed(address)
    const lock = rates.lockOf(address)
    if (lock !== null && !wasLocked) access.refused('locked-out', { address, seconds: Math.ceil(lock.waitS) })
  }

  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers())
    const { url } = request
    if (url.startsWith(API)) reply.headers(OF_CALLS)
    const { url: route } = request.routeOptions
    if (proxy !== null && !comesBy(request.raw, proxy) && !isOwnHealthCheck(request)) {
      access.refused('refused-peer', { address: network(request.raw.socket.remoteAddress ?? '') })
      return void sendFailure(reply, pastTheProxy())
    }
    const foreign = names().faultOf(request.raw)
    if (foreign !== null) {
      const shown = (request.headers[foreign.header] ?? '').slice(0, MAX_SHOWN)
      access.refused(`refused-${foreign.header}`, { [foreign.header]: shown, address: addressOf(request) })
      return void sendFailure(reply, foreign.error)
    }
    const fault = faultOfTarget(url, takesQuery(route)) ?? (request.ws ? faultOfUpgrade(request.raw) : null)
    if (fault !== null) return void sendFailure(reply, fault.error, fault.status)
    if (!METHODS.has(request.method)) return refuseMethod(reply)
    const version = spokenVersion(request.headers)
    const mismatch = version === undefined || route === HELLO_PATH ? null : versionMismatch(version)
    if (mismatch !== null) return void sendFailure(reply, mismatch)
    const locked = rates.lockOf(addressOf(request))
    if (locked !== null && takesCaller(route) && !isKnown(auth, request))
      return void sendFailure(reply, locked)
    done()
  })

  // Known by now, and nothing of the body is read.
  server.addHook('preParsing', (request, reply, _payload, done) => {
    const { knownCaller: caller } = request
    if (caller === null) return done()
    connections.know(request.raw.socket)
    const method = methodOf(request)
    const refusal = method === null ? null : rates.takeCall(caller.id, method)
    if (refusal === null) return done()
    sendFailure(reply, refusal)
  })

  // As it is answered, not once it is sent: of many at once none is looked at too much.
  server.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 401) fail(addressOf(request))
    done(null, payload)
  })
}

/** By the route, since an address may be written in more than one way. */
type Route = string | undefined

/** The page and its files, who this is, and whether the process lives, are open to all. */
function takesCaller(route: Route): boolean {
  return route !== undefined && route !== HELLO_PATH && (route.startsWith(API) || route === '/metrics')
}

/** Only the page may be opened by a link that someone added words to. */
function takesQuery(route: Route): boolean {
  return route === undefined || route.endsWith('*')
}

/** The contract's method that is called; null where none is, and for the one that counts by itself. */
export function methodOf({ method, params, routeOptions: { url: route } }: FastifyRequest): string | null {
  if (method !== 'POST' || route?.startsWith(API) !== true || route === COUNTS_PATH) return null
  return route === CALL_ROUTE ? (params as { method: string }).method : route.slice(API.length)
}

/** A caller that was known before goes on, whatever else comes from its address. */
function isKnown(auth: Auth, request: FastifyRequest): boolean {
  const found = auth.callerOf(request)
  if (found instanceof Promise) {
    found.catch(() => {}) // it is refused now; the verification is for the next time
    return false
  }
  return found !== null
}

/** A container looks after itself, past the proxy. */
function isOwnHealthCheck({ routeOptions: { url: route }, raw: { socket } }: FastifyRequest): boolean {
  return (
    (route === '/health' || route === '/ready') &&
    isLoopback((socket.remoteAddress ?? '').replace(/^::ffff:/, ''))
  )
}

function pastTheProxy(): AppError {
  return nothingDone(
    'forbidden',
    'This server is reached by its proxy alone, and the request comes from elsewhere.',
    'Who runs the server names the proxy’s network: --trust-proxy.',
  )
}

function refuseMethod(reply: FastifyReply): void {
  const error = nothingDone('bad-request', 'No address of this server takes this method.')
  sendFailure(reply.header('allow', 'GET, HEAD, POST'), error, 405)
}

/** What is wrong with a request's target; null where nothing is. What was sent is not said again. */
function faultOfTarget(target: string, allowsQuery: boolean): { error: AppError; status: number } | null {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  if (target.length > LONGEST) return badRequest(414, 'The address is longer than any of this server’s.')
  if (!PLAIN_PATH.test(path)) return badRequest(400, 'No address of this server is of this form.')
  if (mark >= 0 && SECRET_NAMES.test(decoded(target.slice(mark + 1)))) {
    return badRequest(
      400,
      'The address has a token or a secret in it.',
      'Addresses stay in histories and logs: take it for known, and revoke it. A token goes into the header Authorization: Bearer …',
    )
  }
  if (mark >= 0 && !allowsQuery) {
    return badRequest(400, 'This address takes no query.', 'Leave out the question mark and what follows it.')
  }
  return null
}

function decoded(query: string): string {
  try {
    return decodeURIComponent(query)
  } catch {
    return query // compared as it is
  }
}

function badRequest(status: number, what: string, hint = ''): { error: AppError; status: number } {
  return { status, error: nothingDone('bad-request', what, hint) }
}

/**
 * What is wrong with a request that asks for another protocol than HTTP; null for a WebSocket (RFC 6455, 4.2.1) at the
 * one address that has them. `ws` refuses the same, but without our headers and words.
 */
function faultOfUpgrade({ url, method, headers }: IncomingMessage): {
  error: AppError
  status: number
} | null {
  const isWebSocket =
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === VERSION &&
    KEY.test(headers['sec-websocket-key'] ?? '')
  if (isWebSocket && url?.split('?', 1)[0] === EVENTS_PATH) return null
  const error = nothingDone(
    'bad-request',
    `The only other protocol here is WebSocket (version 13), at GET ${EVENTS_PATH}.`,
  )
  return { error, status: 400 }
}
