import type { Log } from '../runtime/log.ts'
import { withTimeout } from '../runtime/async.ts'

/**
 * Resolves when `stop` is done or after `patienceMs`, whichever is first, and never rejects: a program that is asked to
 * quit quits. What did not end well is in the log.
 */
export async function stopInTime(stop: () => Promise<void>, patienceMs: number, log: Log): Promise<void> {
  const late = (): void => log.error(`the core did not end within ${patienceMs} ms; quitting without it`)
  try {
    await withTimeout(stop(), patienceMs, late)
  } catch (error) {
    log.error({ err: error }, 'the core did not end cleanly')
  }
}
