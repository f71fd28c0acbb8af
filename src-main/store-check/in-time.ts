import type { Clock } from '../runtime/clock.ts'
import { noAnswer } from '../store/postgres/connection/failure.ts'
import { withTimeout } from '../runtime/async.ts'

/** How long a server is waited for (real ms). */
export const MAX_WAIT_MS = 5_000

export interface WaitParts {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Waits for `work`, which goes on unheard where it takes too long. Throws a NoAnswerError, or the signal's reason. */
export function inTime<T>(work: Promise<T>, { clock, signal }: WaitParts): Promise<T> {
  return withTimeout(work, MAX_WAIT_MS, noAnswer, { clock, signal })
}
