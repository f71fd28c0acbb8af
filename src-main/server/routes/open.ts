import type { FastifyInstance } from 'fastify'
import type { Readiness } from '../../app/readiness.ts'

/**
 * GET /health: whether the process lives. GET /ready: 200 where calls can be answered, else 503. Both are open to all,
 * and say nothing else.
 */
export function addHealthRoutes(server: FastifyInstance, readiness: () => Readiness): void {
  server.get('/health', (_request, reply) => reply.send({ ok: true }))
  server.get('/ready', (_request, reply) => {
    const { ok, store, jira } = readiness()
    return reply
      .code(ok ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ok, store, jira })
  })
}
