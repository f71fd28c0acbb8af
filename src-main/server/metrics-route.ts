import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLoopback } from '../config/server-config.ts'
import type { Prometheus } from '../metrics/prometheus.ts'
import type { Auth } from './auth.ts'
import { measureRequests } from './measure-requests.ts'
import { requireScope } from './require-scope.ts'

/** Who reads the numbers, and what is shown of them. */
export interface Observation {
  readonly prometheus: Prometheus
  /** Whether programs of this machine need no token. A proxy's requests come from elsewhere, whatever their address. */
  readonly open: boolean
}

/** GET /metrics in Prometheus' text format, for a caller of scope read; measures every request from now on. */
export function addMetricsRoute(
  server: FastifyInstance,
  { prometheus, open, auth, viewers }: Observation & { auth: Auth; viewers: () => number },
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
