import type { Clock } from '../../runtime/clock.ts'
import { isBusy } from './errors.ts'

const RETRY_MS = 20
const PATIENCE_MS = 5_000

/**
 * Tries again while another process holds the lock, for five seconds, sleeping in between so that the event loop goes
 * on. Throws the last error then, and the signal's reason when it is aborted.
 */
export async function retryWhileBusy<T>(attempt: () => T, clock: Clock, signal: AbortSignal): Promise<T> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || waitedMs >= PATIENCE_MS) throw error
    }
    await clock.sleep(RETRY_MS, signal)
  }
}
