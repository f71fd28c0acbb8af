import type { App } from '../app.ts'
import type { ServerConfig } from '../config/server-config.ts'
import type { Observation } from '../server/metrics-route.ts'
import { createServer } from '../server/server.ts'
import { createTokens } from '../tokens/tokens.ts'
import { announce, withdraw } from '../workspace/instance.ts'
import { say, type CliIo } from './io.ts'

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
  /** Opens it once; after that this is the link for another browser. */
  link(): string
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
  let current = ''
  const server = createServer({
    app,
    tokens: createTokens({ dataDir, log: app.log }),
    rendererDir: io.rendererDir,
    port,
    ...(access !== undefined && { access }),
    log: app.log,
    observe,
    links: {
      onUsed(link) {
        current = link
        say(io, `For another browser: ${link}`)
      },
    },
  })
  try {
    const { url, link, localUrl } = await server.start()
    current = link
    await announce(dataDir, { dashboard: { url: localUrl, publicUrl: url } })
    return {
      url,
      link: () => current,
      async close() {
        await server.stop()
        await withdraw(dataDir, ['dashboard'], app.log)
      },
    }
  } catch (error) {
    await server.stop()
    throw error
  }
}
