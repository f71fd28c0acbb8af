import { AppError } from '../../src-shared/errors/app-error.ts'
import type { App, AppOptions } from '../app.ts'
import type { Config } from '../config/config.ts'
import { logFolder, openLog, type Log } from '../log.ts'
import { say, type CliIo } from './io.ts'

/** Opens the workspace's log for `work`, and closes it whatever comes. An error that is a bug is logged whole. */
export async function withLog<T>(io: CliIo, dataDir: string, work: (log: Log) => Promise<T>): Promise<T> {
  const opened = openLog(dataDir, (error) =>
    say(io, `The log in ${logFolder(dataDir)} cannot be written: ${error.message}`),
  )
  try {
    return await work(opened.log)
  } catch (error) {
    opened.log.error({ err: error }, 'the command failed')
    throw withLogFolder(error, dataDir)
  } finally {
    await opened.close()
  }
}

/** Opens the core for a command, does `work` with it and closes it again. The rest: see `AppOptions`. */
export function withApp<T>(
  io: CliIo,
  config: Config,
  work: (app: App) => Promise<T>,
  { background = false, demoRun = false }: Pick<AppOptions, 'background' | 'demoRun'> = {},
): Promise<T> {
  return withLog(io, config.dataDir, async (log) => {
    // Loaded late: help and wrong flags are answered without the core's weight.
    const { createApp } = await import('../app.ts')
    const app = await createApp(config, { log, background, demoRun })
    try {
      return await work(app)
    } finally {
      await app.stop()
    }
  })
}

/** The core's hint for bugs points at a menu, which a terminal does not have. */
function withLogFolder(error: unknown, dataDir: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'internal') return error
  return new AppError('internal', error.message, { hint: `The log has the details: ${logFolder(dataDir)}` })
}
