import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { createDispatch } from '../../src-shared/contract/dispatch.ts'
import { createEventHub, type EventHub } from '../../src-shared/contract/hub.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createServer, type Server } from './server.ts'

/** A server for tests, with a page of two files and a core that knows three methods. */
export interface ServerFixture {
  readonly server: Server
  readonly hub: EventHub
  readonly rendererDir: string
  readonly url: string
  readonly port: number
  readonly link: string
  /** The links that were made after one was used. */
  readonly newLinks: readonly string[]
  call(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

export const PAGE = '<!doctype html><title>Jira TPM</title>'

export async function startServer(options: { heartbeatMs?: number } = {}): Promise<ServerFixture> {
  const rendererDir = makeRenderer()
  const hub = createEventHub()
  const newLinks: string[] = []
  const log = pino({ level: 'silent' })
  const server = createServer({
    app: { dispatch: createDispatch(handlers() as Handlers, () => {}), hub },
    rendererDir,
    port: 0,
    log,
    ...options,
    links: { onUsed: (link) => newLinks.push(link) },
  })
  const { url, link } = await server.start()
  return {
    server,
    rendererDir,
    hub,
    url,
    port: Number(new URL(url).port),
    link,
    newLinks,
    call: (where, init = {}) =>
      fetch(`${url}${where}`, {
        method: 'POST',
        body: '{}',
        ...init,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${server.bearerToken}`,
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    async close() {
      await server.stop()
      rmSync(rendererDir, { recursive: true, force: true })
    },
  }
}

function makeRenderer(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tpm-renderer-'))
  mkdirSync(path.join(folder, 'assets'))
  writeFileSync(path.join(folder, 'index.html'), PAGE)
  writeFileSync(path.join(folder, 'assets', 'app-1a2b.js'), 'export {}')
  return folder
}

function handlers(): Partial<Handlers> {
  return {
    'counts.outside': async ({ fromMs }) => ({
      before: fromMs,
      after: 0,
      lastBeforeMs: null,
      firstAfterMs: null,
    }),
    'runs.pause': () => {
      throw new AppError('not-authenticated', 'Jira does not know the account.', { hint: 'Sign in.' })
    },
    'runs.stop': () => {
      throw new TypeError('a secret of the inside')
    },
  }
}
