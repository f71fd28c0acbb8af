import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Gauge, Histogram, type Registry } from 'prom-client'
import { methods } from '../../src-shared/contract/methods.ts'
import { CALL_ROUTE } from './api-route.ts'

const BUCKETS = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** Measures every request by its route, never by its address: nobody can make more of them than there are. */
export function measureRequests(server: FastifyInstance, registry: Registry, viewers: () => number): void {
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
    help: 'Browsers and programs that hear events now.',
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
  return Object.hasOwn(methods, method) ? `/api/${method}` : url
}
