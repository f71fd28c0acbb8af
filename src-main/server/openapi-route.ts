import type { FastifyInstance } from 'fastify'
import { projectVersion } from '../runtime/project-files.ts'
import { openApiDocument } from './openapi/document.ts'

/** GET /openapi.json: what this server's API is. Open: it holds no secret. */
export function addOpenApiRoute(server: FastifyInstance): void {
  let written: Buffer | null = null
  server.get('/openapi.json', (_request, reply) => {
    written ??= Buffer.from(JSON.stringify(openApiDocument(projectVersion())))
    return reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(written)
  })
}
