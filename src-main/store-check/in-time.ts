import type { Clock } from '../runtime/clock.ts'
import { NoAnswerError } from '../store/postgres/connection/failure.ts'

/** How long a server is waited for (real ms). */
export const MAX_WAIT_MS = 5_000

export interface WaitParts {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Waits for `work`, which goes on unheard where it takes too long. Throws a NoAnswerError, or the signal's reason. */
export async function inTime<T>(work: Promise<T>, { clock, signal }: WaitParts): Promise<T> {
  const over = new AbortController()
  const late = clock.sleep(MAX_WAIT_MS, AbortSignal.any([signal, over.signal])).then((): never => {
    throw new NoAnswerError()
  })
  for (const loser of [work, late]) loser.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    over.abort()
  }
}
