import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { createDispatch } from '../../src-shared/contract/dispatch.ts'
import { createEventHub, type EventHub } from '../../src-shared/contract/client.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../secrets/secrets.ts'
import type { Tokens } from '../../src-main/tokens/tokens.ts'
import { openTokens } from '../tokens/open-tokens.ts'
import { createServer, type Server, type ServerOptions } from '../../src-main/server/server.ts'

/** A server for tests, with a page of two files and a core that knows three methods. */
export interface ServerFixture {
  readonly server: Server
  /** Of the workspace whose server it is. */
  readonly tokens: Tokens
  readonly dataDir: string
  readonly keychain: MemoryKeychain
  /** A token of scope `admin`, which `call` sends. */
  readonly token: string
  readonly hub: EventHub
  readonly rendererDir: string
  readonly url: string
  readonly port: number
  /** An admin's, which nobody has opened yet. */
  readonly link: string
  call(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

export const PAGE = '<!doctype html><title>Jira TPM</title>'

export async function startServer(options: Partial<ServerOptions> = {}): Promise<ServerFixture> {
  const rendererDir = makeRenderer()
  const hub = createEventHub()
  const log = options.log ?? pino({ level: 'silent' })
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tpm-tokens-'))
  const keychain = createMemoryKeychain()
  const clock = options.clock === undefined ? {} : { clock: options.clock }
  const { tokens, close } = await openTokens(dataDir, { log, keychain, ...clock })
  const wish = { scope: 'admin', ttlMs: 3_600_000, name: 'test' } as const
  const { token } = await tokens.create(wish, new AbortController().signal)
  const server = createServer({
    app: {
      dispatch: createDispatch(handlers() as Handlers, () => {}),
      hub,
      readiness: () => ({ ok: true, store: 'up', jira: 'open' }),
    },
    dataDir,
    rendererDir,
    port: 0,
    log,
    tokens,
    ...options,
  })
  const { url: publicUrl, localUrl: url } = await server.start()
  const { code } = await tokens.createLink({ scope: 'admin', ttlMs: 3_600_000 })
  return {
    server,
    tokens,
    dataDir,
    keychain,
    token,
    rendererDir,
    hub,
    url,
    port: Number(new URL(url).port),
    link: `${publicUrl}/#code=${code}`,
    call: (where, init = {}) =>
      fetch(`${url}${where}`, {
        method: 'POST',
        body: '{}',
        ...init,
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${token}`,
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    async close() {
      await server.stop()
      await close()
      for (const folder of [rendererDir, dataDir]) rmSync(folder, { recursive: true, force: true })
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
    'counts.outside': async (asked) => ({
      before: 'fromMs' in asked ? asked.fromMs : 0,
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
