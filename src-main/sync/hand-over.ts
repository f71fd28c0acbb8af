import type { AppError } from '../../src-shared/errors/app-error.ts'
import { JiraError, type Failure } from '../jira/errors.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'

/** A blip is no reason: so many fetches in a row have to fail … */
const FAILED_FETCHES = 2
/** … over so long (real ms), the first one's own time counted … */
const FAILED_FOR_MS = 8_000
/** … or a single one that took so long to (real ms): a connection that is taken, and never answered. */
const LONG_FAILED_FOR_MS = 60_000

/** Who cannot reach Jira either tries again after so long (real ms), doubling … */
const FIRST_RETRY_MS = 5_000
/** … up to a minute, which is how often the one that leads tries itself. */
const LONGEST_RETRY_MS = 60_000

const ON_THE_WAY: ReadonlySet<Failure> = new Set(['refused', 'reset', 'timeout'])

/**
 * Whether Jira was not reached, or something on the way answered in its place (a proxy, the page of a network that wants a
 * log-in): on another machine it may be otherwise. What Jira itself answered (5xx, 429, a plain no) it answers to all.
 */
export function isOfTheWay(error: unknown): error is AppError {
  if (!(error instanceof JiraError)) return false
  return ON_THE_WAY.has(error.failure) || error.code === 'jira-broken'
}

/** Whether this machine reaches Jira, as its fetches found. */
export function createReach(clock: Clock) {
  let failures = 0
  let sinceMs: number | null = null
  return {
    /** Jira answered, whatever. */
    answered() {
      failures = 0
      sinceMs = null
    },
    /** It was not reached by a fetch that began then (`elapsedMs`). */
    missed(beganMs: number) {
      failures += 1
      sinceMs ??= beganMs
    },
    /** Whether that is more than a blip. */
    isLost(): boolean {
      if (sinceMs === null) return false
      const lastedMs = elapsedMs(clock) - sinceMs
      return lastedMs >= LONG_FAILED_FOR_MS || (failures >= FAILED_FETCHES && lastedMs >= FAILED_FOR_MS)
    },
  }
}

/** When one that follows tries whether it reaches the Jira that the one that leads does not. */
export function createTries(clock: Clock) {
  let failures = 0
  let notBeforeMs = -Infinity
  return {
    /** Real milliseconds until the next try. */
    waitMs: (): number => Math.max(0, notBeforeMs - elapsedMs(clock)),
    failed() {
      notBeforeMs = elapsedMs(clock) + Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS)
      failures += 1
    },
    /** The one that leads reaches it again, or another one leads. */
    forget() {
      failures = 0
      notBeforeMs = -Infinity
    },
  }
}
