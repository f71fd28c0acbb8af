import { AppError } from '../src-shared/errors/app-error.ts'
import type { Generator } from './generator/runner.ts'
import type { Log } from './log.ts'

/**
 * The demo workspace is never still: goes on with the run that the last session left, else starts one of the usual
 * 100 tickets an hour. Another process may be at it already; then there is nothing to do.
 */
export async function keepDemoRunning(generator: Generator, log: Log): Promise<void> {
  try {
    const last = await generator.current()
    const unfinished = last !== null && (last.state === 'paused' || last.state === 'broken')
    await (unfinished ? generator.resume() : generator.start({}))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    log.info({ code: error.code }, `the demo run was not started: ${error.message}`)
  }
}
