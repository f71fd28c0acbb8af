import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Gauge, Histogram, type Registry } from 'prom-client'
import { isMethod } from '../../../src-shared/contract/methods.ts'
import { isLoopback } from '../../config/server-config.ts'
import type { Prometheus } from '../../metrics/prometheus.ts'
import { CALL_ROUTE } from './calls.ts'
import { requireScope } from '../require-scope.ts'
import type { ServerParts } from '../server-parts.ts'

/** Who reads the numbers, and what is shown of them. */
export interface Observation {
  readonly prometheus: Prometheus
  /** Whether programs of this machine need no token. A proxy's requests come from other machines, whatever their address. */
  readonly open: boolean
}

const BUCKETS = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** GET /metrics in Prometheus' text format, for a caller of scope read; measures every request from now on. */
export function addMetricsRoute(
  server: FastifyInstance,
  { prometheus, open, auth, viewers }: Observation & Pick<ServerParts, 'auth'> & { viewers: () => number },
): void {
  measureRequests(server, prometheus.registry, viewers)
  const knownOnly = requireScope(auth, 'read')
  server.get(
    '/metrics',
    {
      onRequest(request, reply, done) {
        if (open && isOfThisMachine(request)) return done()
        knownOnly(request, reply, done)
      },
    },
    async (_request, reply) => {
      const text = await prometheus.text()
      return reply
        .header('content-type', prometheus.contentType)
        .header('cache-control', 'no-store')
        .send(text)
    },
  )
}

/** What a proxy passes on comes from its loopback, too: it says so in a header. */
function isOfThisMachine({ raw: { socket, headers } }: FastifyRequest): boolean {
  const passedOn = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => name in headers)
  return !passedOn && isLoopback(socket.remoteAddress?.replace(/^::ffff:/, '') ?? '')
}

/** Measures every request by its route, never by its address: callers cannot make more of them. */
function measureRequests(server: FastifyInstance, registry: Registry, viewers: () => number): void {
  const registers = [registry]
  const duration = new Histogram({
    name: 'jira_tpm_http_request_duration_seconds',
    help: 'Requests to this server, by their route and the status of their answer.',
    buckets: BUCKETS,
    labelNames: ['route', 'status'],
    registers,
  })
  void new Gauge({
    name: 'jira_tpm_viewers',
    help: 'Browsers and programs that receive events now.',
    registers,
    collect() {
      this.set(viewers())
    },
  })
  server.addHook('onResponse', (request, reply, done) => {
    duration.observe({ route: routeOf(request), status: reply.statusCode }, reply.elapsedTime / 1_000)
    done()
  })
}

/** `none`: there is nothing at the address. `page`: the dashboard's files. */
function routeOf({ routeOptions: { url }, params }: FastifyRequest): string {
  if (url === undefined) return 'none'
  if (url.endsWith('*')) return 'page'
  if (url !== CALL_ROUTE) return url
  const { method } = params as { method: string }
  return isMethod(method) ? `/api/${method}` : url
}
