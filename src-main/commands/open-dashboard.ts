import type { App } from '../app.ts'
import { createServer } from '../server/server.ts'
import { announce, withdraw } from '../workspace/instance.ts'
import { say, type CliIo } from './io.ts'

export interface DashboardOptions {
  readonly dataDir: string
  /** 0: any free one. */
  readonly port: number
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
 * Serves the live dashboard on this machine, and tells the workspace's other programs of it. Throws `port-in-use`, or
 * `not-found` where it is not built.
 */
export async function openDashboard(
  io: CliIo,
  app: App,
  { dataDir, port }: DashboardOptions,
): Promise<OpenDashboard> {
  let current = ''
  const server = createServer({
    app,
    rendererDir: io.rendererDir,
    port,
    log: app.log,
    links: {
      onUsed(link) {
        current = link
        say(io, `For another browser: ${link}`)
      },
    },
  })
  try {
    const { url, link } = await server.start()
    current = link
    await announce(dataDir, { dashboard: { url, bearerToken: server.bearerToken } })
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
