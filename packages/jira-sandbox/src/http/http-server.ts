import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Past } from '../history/past.ts'
import type { MachineClock } from '../sandbox-clock.ts'
import type { LiveSettings } from '../settings.ts'
import type { SandboxSite } from '../site.ts'
import { faultAfter, faultBefore, lockOut } from '../faults/inject-fault.ts'
import type { FaultRule } from '../faults/request-faults.ts'
import { identify, type CallerKind } from './caller.ts'
import { createFronts, type Front } from './fronts.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { badRequest, errorCollection, JiraRefusal } from './jira-error.ts'
import { oddityOf } from '../search/oddities.ts'
import type { Answer, Call, Route } from './route.ts'

const MAX_BODY_BYTES = 16 * 1024 * 1024
const MAX_PATH_PARAMETER = 512

declare module 'fastify' {
  interface FastifyRequest {
    fault: FaultRule | null
    caller: CallerKind
    front: Front
  }
}

type Deployment = LiveSettings['deployment']

export interface HttpServerOptions {
  readonly site: SandboxSite
  readonly past: Pick<Past, 'isWhole' | 'from'>
  /** What it answers as either kind of Jira. */
  readonly routes: Readonly<Record<Deployment, readonly Route[]>>
  /** A path before all of them; empty for none. */
  readonly contextPath: string
  readonly machine: MachineClock
  readonly onBug: (error: unknown) => void
}

/** Puts the endpoints behind what every one of Jira's has: its clock, its account, its limits, and its faults. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { site, past, contextPath } = options
  const gateway = createGateway(site)
  const server = fastify({
    rewriteUrl: (request) => gateway.rewrite(request),
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: {
      maxParamLength: MAX_PATH_PARAMETER,
      querystringParser: (text) => new URLSearchParams(text) as never,
    },
  })
  server.decorateRequest('fault', null)
  server.decorateRequest('caller', 'unknown')
  server.decorateRequest('front', null as never)
  readJsonBodies(server)
  guardRequests(server, options, gateway)
  answerErrors(server, options.onBug)
  for (const { method, path, routeOf } of endpoints(options.routes)) {
    server.route({
      method,
      url: contextPath + path,
      handler: (request, reply) => {
        const route = routeOf(site.settings().deployment)
        if (route === undefined) return unknown(request, reply)
        const call = callOf(request)
        const respond = (): FastifyReply => send(reply, answer(site, route, request, call))
        if (route.ticketsFrom === undefined || past.isWhole()) return respond()
        return past.from(route.ticketsFrom(call)).then(respond)
      },
    })
  }
  return server
}

interface Endpoint extends Pick<Route, 'method' | 'path'> {
  /** Undefined where this kind of Jira has no such endpoint. */
  readonly routeOf: (deployment: Deployment) => Route | undefined
}

/** The endpoints of both kinds of Jira, each once: which of the two is played may change while it runs. */
function endpoints(routes: HttpServerOptions['routes']): Endpoint[] {
  const byName = { cloud: namedRoutes(routes.cloud), 'data-center': namedRoutes(routes['data-center']) }
  const all = new Map([...byName.cloud, ...byName['data-center']])
  return [...all].map(([key, { method, path }]) => ({
    method,
    path,
    routeOf: (deployment) => byName[deployment].get(key),
  }))
}

function namedRoutes(routes: readonly Route[]): Map<string, Route> {
  return new Map(routes.map((route) => [`${route.method} ${route.path}`, route]))
}

/** What happens to each request before its endpoint is asked, and to its answer on the way out. */
function guardRequests(
  server: FastifyInstance,
  { site, machine, contextPath }: HttpServerOptions,
  gateway: Gateway,
): void {
  const fronts = createFronts()
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('date', new Date(site.clock.now()).toUTCString())
    const { deployment, burstPerSecond } = site.settings()
    const { authorization } = request.headers
    const path = pathBelow(contextPath, request.url)
    const isControl = path.startsWith('/sandbox/')
    request.front = fronts[isControl ? 'cloud' : deployment]
    request.fault = isControl ? null : site.faults.take(request.method, path)
    if (request.fault !== null && faultBefore(request.fault, reply, request, site.clock.now())) return
    const logins = request.front.logins(site)
    const entrance = isControl ? 'control' : gateway.brought(request.raw) ? 'gateway' : 'site'
    const loggedOut = request.fault?.kind === 'logged-out'
    request.caller = identify(site, { authorization, logins, entrance, loggedOut })
    if (request.caller === 'locked-out') return lockOut(reply)
    void reply.headers(request.front.callerHeaders(site, request.caller, authorization))
    if (isControl) return done()
    if (entrance === 'gateway' && path.startsWith('/rest/webhooks/')) {
      // No scope of a scoped token covers an administrator's webhooks.
      void reply.code(401).send({ code: 401, message: 'Unauthorized; scope does not match' })
      return
    }
    const endpoint = `${request.method} ${request.routeOptions.url ?? ''}`
    const at = { machineMs: machine.now(), siteMs: site.clock.now() }
    const { refused, headers } = request.front.limit(endpoint, burstPerSecond, at)
    void reply.headers(headers)
    if (!refused) return whenDue(request.fault, reply, done)
    void reply.code(429).send(errorCollection(['Rate limit exceeded.']))
  })
  server.addHook('onSend', (request, reply, payload, done) => {
    // An answer without content comes as nothing at all; a stream, of which there is none yet, is left alone.
    const text = payload ?? ''
    if (request.fault === null || typeof text !== 'string') return done(null, payload)
    const sent = faultAfter(request.fault, reply, text)
    if (sent !== null) done(null, sent)
  })
}

/** Goes on at once, or, where the answer is to be late, after that time; not at all where the caller has left by then. */
function whenDue(fault: FaultRule | null, reply: FastifyReply, goOn: () => void): void {
  if (fault?.kind !== 'late') return goOn()
  const timer = setTimeout(goOn, fault.ms ?? 1_000)
  reply.raw.once('close', () => clearTimeout(timer))
}

/** The path of a URL below the context path, without the query string. */
function pathBelow(contextPath: string, url: string): string {
  const [path = ''] = url.split('?')
  return path.startsWith(`${contextPath}/`) ? path.slice(contextPath.length) : path
}

function callOf(request: FastifyRequest): Call {
  return {
    params: request.params as Record<string, string>,
    query: request.query as URLSearchParams,
    body: request.body,
    oddity: oddityOf(request.fault),
  }
}

/** Asks the endpoint: as the account, as somebody whom Jira does not know but lets in, or not at all. */
function answer(site: SandboxSite, route: Route, request: FastifyRequest, call: Call): Answer {
  if (request.caller === 'account') return route.handle(site, call)
  const isOpen = route.open === true && request.headers.authorization === undefined
  const isPublic = isOpen || !/^\/(rest|sandbox)\//.test(route.path)
  if (route.anonymous !== null && isPublic) return route.anonymous(site, call)
  if (request.caller === 'guest') return request.front.answerGuest(site, route, call)
  throw request.front.loginRequired()
}

function unknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply.code(404).send(request.front.notFound(request.url))
}

function send(reply: FastifyReply, { status, body, html }: Answer): FastifyReply {
  void reply.code(status)
  if (html !== undefined) return reply.type('text/html;charset=UTF-8').send(html)
  if (body === undefined) return reply.send()
  return reply.type('application/json;charset=UTF-8').send(JSON.stringify(body))
}

/** Jira reads a body as JSON whatever it is called, and takes an empty one where none is needed. */
function readJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    const text = body.toString()
    if (text === '') return done(null, undefined)
    try {
      done(null, JSON.parse(text))
    } catch {
      done(badRequest('There was an error parsing JSON. Check that your request body is valid.'))
    }
  })
}

function answerErrors(server: FastifyInstance, onBug: (error: unknown) => void): void {
  server.setNotFoundHandler(unknown)
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof JiraRefusal) return reply.code(error.status).send(error.body)
    const status = error.statusCode ?? 500
    if (status >= 500) onBug(error)
    return reply.code(status).send(errorCollection([status >= 500 ? 'Internal server error' : error.message]))
  })
}
