import type { App } from '../../app/app.ts'
import { DEFAULT_PORT, type Config } from '../../config/config.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { openDashboard, type OpenDashboard } from '../serve-dashboard.ts'
import type { CliIo } from '../io.ts'

/** The dashboard for a browser, served from when it is first wanted until the menu is left. */
export interface Dashboard {
  /** A link that opens it once, another one each time. Throws as `openDashboard` and `OpenDashboard.link`. */
  link(): Promise<string>
  close(): Promise<void>
}

export function createDashboard(io: CliIo, app: App, { dataDir }: Config): Dashboard {
  let open: OpenDashboard | null = null
  const serve = async (): Promise<OpenDashboard> => {
    try {
      return await openDashboard(io, app, { dataDir, port: DEFAULT_PORT })
    } catch (error) {
      // Another workspace's, or any other program: a person at a menu shall not have to choose a port.
      if (!(error instanceof AppError) || error.code !== 'port-in-use') throw error
      return openDashboard(io, app, { dataDir, port: 0 })
    }
  }
  return {
    async link() {
      open ??= await serve()
      return open.link()
    },
    close: async () => open?.close(),
  }
}
