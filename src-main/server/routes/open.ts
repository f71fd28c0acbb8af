import { existsSync } from 'node:fs'
import path from 'node:path'
import staticPlugin from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { nothingStarted } from '../../../src-shared/errors/app-error.ts'
import type { Readiness } from '../../app/readiness.ts'
import { projectVersion } from '../../runtime/project-files.ts'
import { openApiDocument } from '../openapi/document.ts'

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

/** Serves the built dashboard. Its page holds no secret, so it is open; what it shows comes through the calls. */
export async function addStaticFiles(server: FastifyInstance, rendererDir: string): Promise<void> {
  if (!existsSync(path.join(rendererDir, 'index.html'))) {
    throw nothingStarted(
      'not-found',
      `The dashboard's files are not in ${rendererDir}.`,
      'Build them with npm run build.',
    )
  }
  await server.register(staticPlugin, {
    root: rendererDir,
    cacheControl: false,
    dotfiles: 'deny',
    setHeaders(reply, file) {
      reply.header('cache-control', cacheRule(path.relative(rendererDir, file)))
    },
  })
}

/** Files under `assets/` carry a hash of their content in their name; every other file may change with a release. */
function cacheRule(file: string): string {
  return file.startsWith(`assets${path.sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache'
}
