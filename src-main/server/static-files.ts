import { existsSync } from 'node:fs'
import path from 'node:path'
import staticPlugin from '@fastify/static'
import type { FastifyInstance } from 'fastify'
import { AppError } from '../../src-shared/errors/app-error.ts'

/** Serves the built dashboard. Its page holds no secret, so it is open; what it shows comes through the calls. */
export async function addStaticFiles(server: FastifyInstance, rendererDir: string): Promise<void> {
  if (!existsSync(path.join(rendererDir, 'index.html'))) {
    throw new AppError('not-found', `The dashboard's files are not in ${rendererDir}. Nothing was started.`, {
      hint: 'Build them with npm run build.',
    })
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
