import { AppError } from '../../../src-shared/errors/app-error.ts'
import { openAccessLog, type AccessLog } from '../../runtime/access-log.ts'
import { logFolder, openLog, type Log } from '../../runtime/log.ts'
import { say, type CliIo } from './io.ts'

/** Who did it, where the command line did. */
export const COMMAND_LINE = 'command line'

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

/** Opens the access log for `work`, which then says by whom it was done: the command line. */
export async function withAccessLog<T>(
  io: CliIo,
  dataDir: string,
  work: (accessLog: AccessLog) => Promise<T>,
): Promise<T> {
  const opened = openAccessLog(dataDir, (error) => sayAccessLogFailed(io, dataDir, error))
  const record: AccessLog['record'] = (event, fields) =>
    opened.record(event, { who: COMMAND_LINE, ...fields })
  try {
    return await work({ record })
  } finally {
    await opened.close()
  }
}

export function sayAccessLogFailed(io: CliIo, dataDir: string, error: Error): void {
  say(io, `Who did what is not written down: access.log in ${logFolder(dataDir)}: ${error.message}`)
}

/** The core's hint for bugs points at a menu, which a terminal does not have. */
function withLogFolder(error: unknown, dataDir: string): unknown {
  if (!(error instanceof AppError) || error.code !== 'internal') return error
  return new AppError('internal', error.what, {
    consequence: error.consequence,
    hint: `The log has the details: ${logFolder(dataDir)}`,
  })
}
