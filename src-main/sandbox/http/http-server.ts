import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Clock } from '../../clock.ts'
import type { Site } from '../site.ts'
import { createBurstLimit, refusalHeaders } from './burst-limit.ts'
import { identify, type Caller } from './caller.ts'
import type { FaultKind } from './faults.ts'
import { faultAfter, faultBefore } from './inject-fault.ts'
import { badRequest, errorCollection, JiraError } from './jira-error.ts'
import type { Answer, Call, Route } from './route.ts'

const MAX_BODY_BYTES = 16 * 1024 * 1024
const MAX_PATH_PARAMETER = 512

declare module 'fastify' {
  interface FastifyRequest {
    fault: FaultKind | null
    caller: Caller
  }
}

export interface HttpServerOptions {
  readonly site: Site
  readonly routes: readonly Route[]
  readonly machine: Clock
  readonly onBug: (error: unknown) => void
}

/** Puts the endpoints behind what every one of Jira's has: its clock, its account, its limits, and its faults. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const { site, routes } = options
  const server = fastify({
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: {
      maxParamLength: MAX_PATH_PARAMETER,
      querystringParser: (text) => new URLSearchParams(text) as never,
    },
  })
  server.decorateRequest('fault', null)
  server.decorateRequest('caller', 'nobody')
  readJsonBodies(server)
  guardRequests(server, options)
  answerErrors(server, options.onBug)
  for (const route of routes) {
    server.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => send(reply, answer(site, route, request)),
    })
  }
  return server
}

/** What happens to each request before its endpoint is asked, and to its answer on the way out. */
function guardRequests(server: FastifyInstance, { site, machine }: HttpServerOptions): void {
  const limit = createBurstLimit()
  server.addHook('onRequest', (request, reply, done) => {
    void reply.header('date', new Date(site.clock.now()).toUTCString())
    const [path = ''] = request.url.split('?')
    const isControl = path.startsWith('/sandbox/')
    request.fault = isControl ? null : site.faults.take(request.method, path)
    if (request.fault !== null && faultBefore(request.fault, reply)) return
    request.caller = identify(site, request.headers.authorization, request.fault === 'logged-out')
    void reply.headers(identityHeaders(site, request.caller))
    const endpoint = `${request.method} ${request.routeOptions.url ?? ''}`
    const tooFast = isControl ? null : limit(endpoint, site.settings().burstPerSecond, machine.now())
    if (tooFast === null) return done()
    void reply
      .code(429)
      .headers(refusalHeaders(tooFast, site.clock.now()))
      .send(errorCollection(['Rate limit exceeded.']))
  })
  server.addHook('onSend', (request, reply, payload, done) => {
    if (request.fault === null || typeof payload !== 'string') return done(null, payload)
    const sent = faultAfter(request.fault, reply, payload)
    if (sent !== null) done(null, sent)
  })
}

function identityHeaders(site: Site, caller: Caller): Record<string, string> {
  return caller === 'account'
    ? { 'x-aaccountid': site.identity.accountId }
    : { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }
}

/** Asks the endpoint: as the account, as somebody whom Jira does not know but lets in, or not at all. */
function answer(site: Site, route: Route, request: FastifyRequest): Answer {
  const call: Call = {
    params: request.params as Record<string, string>,
    query: request.query as URLSearchParams,
    body: request.body,
  }
  if (request.caller === 'account') return route.handle(site, call)
  const isPublic = !/^\/(rest|sandbox)\//.test(route.path)
  if (route.anonymous !== null && (isPublic || request.caller === 'guest')) return route.anonymous(site, call)
  throw new JiraError(401, errorCollection(['Client must be authenticated to access this resource.']))
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
  server.setNotFoundHandler((_request, reply) =>
    reply.code(404).send(errorCollection(['The requested resource does not exist.'])),
  )
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof JiraError) return reply.code(error.status).send(error.body)
    const status = error.statusCode ?? 500
    if (status >= 500) onBug(error)
    return reply.code(status).send(errorCollection([status >= 500 ? 'Internal server error' : error.message]))
  })
}
