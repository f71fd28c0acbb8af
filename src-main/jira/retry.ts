import type { Clock } from '../runtime/clock.ts'
import { cancelled, JiraError, type Failure } from './errors.ts'

/** A read may be repeated whatever became of it. */
export const READ_REPEATS: ReadonlySet<Failure> = new Set(['reset', 'timeout', 'server', 'cut', 'limited'])

/** A create only where it surely was not carried out: twice the request is twice the ticket. */
export const CREATE_REPEATS: ReadonlySet<Failure> = new Set(['refused', 'limited'])

const FIRST_WAIT_MS = 2_000
const LONGEST_BACKOFF_MS = 30_000

/** The least wait that jitter makes of the first. */
export const SHORTEST_BACKOFF_MS = FIRST_WAIT_MS * 0.7

/** Asked to wait longer than this, a call fails at once and leaves it to its caller when to come again. */
export const LONGEST_ASKED_WAIT_MS = 120_000

/** How long a caller can be kept waiting for a repeat. */
export interface RetryPolicy {
  readonly maxRetries: number
  /** Asked by Jira to wait longer, a call fails at once. */
  readonly longestAskedWaitMs: number
  /** Whether what took too long is tried again. */
  readonly afterTimeout: boolean
}

/** As Atlassian asks of programs. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxRetries: 4,
  longestAskedWaitMs: LONGEST_ASKED_WAIT_MS,
  afterTimeout: true,
}

interface RetryOptions {
  /** The failures after which a repeat does no harm. */
  readonly repeats: ReadonlySet<Failure>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Where absent, that of a program in the background. */
  readonly retryPolicy?: RetryPolicy | undefined
  /** Called for each wait that came to its end. */
  readonly onWaited?: ((after: Failure, waitedMs: number) => void) | undefined
  /** In [0, 1). */
  readonly random?: () => number
}

/**
 * Repeats an attempt, at most four times where `retryPolicy` says nothing else, as Atlassian asks: `Retry-After` is the
 * least wait, else 2 s doubling to 30 s; jitter keeps many clients apart. Throws the last attempt's error, or `cancelled` when the signal ends a wait.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  {
    repeats,
    clock,
    signal,
    retryPolicy = DEFAULT_RETRY_POLICY,
    onWaited,
    random = Math.random,
  }: RetryOptions,
): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof JiraError) || !repeats.has(error.failure)) throw error
      if (retries === retryPolicy.maxRetries || (error.retryAfterMs ?? 0) > retryPolicy.longestAskedWaitMs)
        throw error
      if (error.failure === 'timeout' && !retryPolicy.afterTimeout) throw error
      const asked = { askedMs: error.retryAfterMs, random: random(), longestMs: LONGEST_BACKOFF_MS }
      const ms = backoffMs(retries, asked)
      await sleepOrCancel(ms, clock, signal)
      onWaited?.(error.failure, ms)
    }
  }
}

/** The wait before the next try, after so many; `askedMs` is what the other side asked for. `random` is in [0, 1). */
export function backoffMs(
  retries: number,
  { askedMs, random, longestMs }: { askedMs: number | null; random: number; longestMs: number },
): number {
  if (askedMs !== null && askedMs > 0) return askedMs * (1 + 0.3 * random)
  return Math.min(FIRST_WAIT_MS * 2 ** retries, longestMs) * (0.7 + 0.6 * random)
}

/** Throws `cancelled` where the signal ends the wait, the only way a sleep ends early. */
export async function sleepOrCancel(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(ms, signal).catch(() => {
    throw cancelled('unsent')
  })
}
