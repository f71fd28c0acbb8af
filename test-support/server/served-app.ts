import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pino } from 'pino'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { createApp } from '../../src-main/app/app.ts'
import { machineClock, type Clock } from '../../src-main/runtime/clock.ts'
import type { Config } from '../../src-main/config/config.ts'
import type { Environment } from '../../src-main/config/environment.ts'
import { readConfig } from '../../src-main/config/read-config.ts'
import { createPrometheus } from '../../src-main/metrics/prometheus.ts'
import { watchApp } from '../../src-main/metrics/watch-app.ts'
import { createSecrets } from '../../src-main/secrets/secrets.ts'
import { createMemoryKeychain } from '../secrets/secrets.ts'
import { makeTestEnvironment } from '../store/store.ts'
import { atEnd, testFolder } from '../end.ts'
import { createTokens } from '../../src-main/tokens/tokens.ts'
import { PAGE } from './server.ts'
import { createServer, type ServerOptions } from '../../src-main/server/server.ts'

/** A whole app on a sandbox of its own, served and measured as `serve` does; stopped when the tests end. */
export type ServedApp = Awaited<ReturnType<typeof openServedApp>>

interface ServedOptions {
  readonly historyTickets?: number
  readonly openMetrics?: boolean
  /** False: it fetches only when it is asked to. */
  readonly background?: boolean
  /** What the environment says besides. */
  readonly env?: Environment
  readonly limits?: ServerOptions['limits']
  /** The app's. */
  readonly clock?: Clock
  /** Real ms between two questions to the store for /metrics. */
  readonly storedEveryMs?: number
}

export async function openServedApp(options: ServedOptions = {}) {
  const {
    historyTickets = 5,
    openMetrics = false,
    limits = {},
    clock = machineClock,
    storedEveryMs = 0,
    background = true,
  } = options
  const folder = testFolder()
  const dataDir = path.join(folder, 'data')
  mkdirSync(dataDir)
  writeFileSync(path.join(folder, 'index.html'), PAGE)
  const env = { ...(await makeTestEnvironment()), ...options.env }
  const read = (): Config => {
    const config = readConfig({ flags: { dataDir }, env, cwd: folder })
    return { ...config, syncIntervalMs: 500, sandbox: { ...config.sandbox, historyTickets, historyWeeks: 0 } }
  }
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const keychain = createMemoryKeychain()
  const prometheus = createPrometheus({ version: '1.2.3' })
  const app = createApp(read(), {
    log,
    clock,
    readConfig: read,
    secrets: createSecrets({ dataDir, log, keychain }),
    background,
    metrics: prometheus.metrics,
  })
  atEnd(() => app.stop())
  const leave = watchApp(prometheus.registry, { app, clock: machineClock, storedEveryMs })
  atEnd(async () => leave())
  const tokens = createTokens({ book: app.accessBook, log, keychain })
  const server = createServer({
    app,
    tokens,
    name: 'Team',
    dataDir,
    rendererDir: folder,
    port: 0,
    log,
    limits,
    observe: { prometheus, open: openMetrics },
  })
  const { localUrl: url } = await server.start()
  atEnd(() => server.stop())
  return {
    app,
    dataDir,
    /** What a command line of the same workspace finds in its environment. */
    env,
    prometheus,
    url,
    /** Tokens and links, as who runs the server lists and ends them. */
    tokens: { list: () => tokens.list(), revoke: (id: string) => tokens.revoke(id) },
    async link(scope: Scope = 'admin'): Promise<string> {
      return `${url}/#code=${(await tokens.createLink({ scope, ttlMs: 60_000 })).code}`
    },
    async token(scope: Scope): Promise<string> {
      const wish = { scope, ttlMs: 3_600_000, name: scope } as const
      return (await tokens.create(wish, new AbortController().signal)).token
    },
  }
}
