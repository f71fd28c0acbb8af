import { AppError } from '../src-shared/errors/app-error.ts'
import type { Generator } from './generator/runner.ts'
import type { Log } from './log.ts'

/** A busy hour: who looks on for a minute shall see a bar move. */
const DEMO_RUN = { weights: { Highest: 2, High: 5, Medium: 2, Low: 1 } }

/**
 * The demo workspace is never still: goes on with the run that the last session left, else starts one of the usual
 * 100 tickets an hour. Another process may be at it already; then there is nothing to do. Never rejects.
 */
export async function keepDemoRunning(generator: Generator, log: Log): Promise<void> {
  try {
    const last = await generator.current()
    // One that still seems to run may be that of a process that was killed a moment ago; going on with it tells.
    const unfinished = last !== null && last.state !== 'done' && last.state !== 'stopped'
    await (unfinished ? generator.resume() : generator.start(DEMO_RUN))
  } catch (error) {
    if (error instanceof AppError) log.info({ code: error.code }, `no demo run: ${error.message}`)
    else log.error({ err: error }, 'the demo run was not started')
  }
}
