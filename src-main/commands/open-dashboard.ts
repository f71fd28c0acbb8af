import { createAccessLog, openAccessLog } from '../runtime/access-log.ts'
import type { App } from '../app/app.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { Observation } from '../server/metrics-route.ts'
import { createServer } from '../server/server.ts'
import { LINK_TTL_MS } from '../tokens/links.ts'
import { createTokens } from '../tokens/tokens.ts'
import { announce, withdraw } from '../workspace/instance.ts'
import type { CliIo } from './io.ts'
import { sayAccessLogFailed } from './with-app.ts'

export interface DashboardOptions {
  readonly dataDir: string
  /** 0: any free one. */
  readonly port: number
  /** How it is reached; by this machine alone where left out. */
  readonly access?: ServerConfig
  /** What measures it; nothing where left out. */
  readonly observe?: Observation
}

/** A dashboard that is served. */
export interface OpenDashboard {
  readonly url: string
  /**
   * A new admin's link, for a person at a terminal and nowhere else: what it is printed to may be kept. Its code is in
   * the fragment, which no browser sends or logs. Throws as `Tokens.createLink`.
   */
  link(): Promise<string>
  /** Serves it no more. */
  close(): Promise<void>
}

/**
 * Serves the live dashboard, and tells the workspace's other programs of it. Throws `port-in-use`, `usage`,
 * `not-configured` where TLS files are of no use, or `not-found` where it is not built.
 */
export async function openDashboard(
  io: CliIo,
  app: App,
  { dataDir, port, access, observe }: DashboardOptions,
): Promise<OpenDashboard> {
  const file = openAccessLog(dataDir, (error) => sayAccessLogFailed(io, dataDir, error))
  const stdout = access?.accessLogToStdout ? createAccessLog((line) => io.stdout.write(line)) : undefined
  const tokens = createTokens({
    dataDir,
    log: app.log,
    accessLog: { record: (event, fields) => file.record(event, { who: 'server', ...fields }) },
    seenBy: stdout,
  })
  const server = createServer({
    app,
    tokens,
    dataDir,
    rendererDir: io.rendererDir,
    port,
    ...(access !== undefined && { access }),
    log: app.log,
    observe,
    accessLog: {
      record(event, fields) {
        file.record(event, fields)
        stdout?.record(event, fields)
      },
    },
  })
  try {
    const { url, localUrl } = await server.start()
    await announce(dataDir, { dashboard: { url: localUrl, publicUrl: url } })
    return {
      url,
      async link() {
        const { code } = await tokens.createLink({ scope: 'admin', ttlMs: LINK_TTL_MS })
        return `${url}/#code=${code}`
      },
      async close() {
        await server.stop()
        await file.close()
        await withdraw(dataDir, ['dashboard'], app.log)
      },
    }
  } catch (error) {
    await server.stop()
    await file.close()
    throw error
  }
}
