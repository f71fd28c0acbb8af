import type { Clock } from '../../runtime/clock.ts'
import { kindOf } from './failure.ts'

const ROUNDS = 5
const PAUSE_MS = 20

/**
 * Does the work again where it met another transaction's in a deadlock, or in an order that cannot be: the server has
 * rolled one of the two back. Throws the last failure.
 */
export async function retryConflicts<T>(work: () => Promise<T>, clock: Clock): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work()
    } catch (error) {
      if (kindOf(error) !== 'conflict' || round === ROUNDS) throw error
    }
    // Not both at the same moment again.
    await clock.sleep(Math.random() * PAUSE_MS * round, new AbortController().signal)
  }
}
