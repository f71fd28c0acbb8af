import { elapsedMs, type Clock } from '../runtime/clock.ts'
import { JiraError } from './errors.ts'

/**
 * Stands before every call of a site. After a failed log-in nothing more is sent until a person acts, and then once a
 * minute at most: each further try with the same token brings the account nearer to being locked out.
 */
export interface Gate {
  /** Throws the error of the failed log-in while there is one. Returns what `failed` is to be told. */
  pass(): Pass
  /** Hears of a call's error, and shuts for a failed log-in. A call that left before the last reset tells nothing. */
  failed(error: unknown, pass: Pass): void
  /** Lets calls out again. False where it was not shut, and within a minute of the last time: then nothing changes. */
  reset(): boolean
}

type Pass = symbol

const MINUTE_MS = 60_000

/** For whatever tries a log-in again: true once a minute at most. */
export function createOncePerMinute(clock: Pick<Clock, 'now' | 'elapsedMs'>): () => boolean {
  let lastMs = -Infinity
  return () => {
    const nowMs = elapsedMs(clock)
    if (nowMs - lastMs < MINUTE_MS) return false
    lastMs = nowMs
    return true
  }
}

export function createGate(clock: Pick<Clock, 'now' | 'elapsedMs'>): Gate {
  const mayReset = createOncePerMinute(clock)
  let shutBy: JiraError | null = null
  let current: Pass = Symbol('pass')
  return {
    pass() {
      if (shutBy !== null) throw shutBy
      return current
    },
    failed(error, pass) {
      if (pass !== current) return
      if (error instanceof JiraError && error.code === 'not-authenticated') shutBy ??= error
    },
    reset() {
      if (shutBy === null || !mayReset()) return false
      shutBy = null
      current = Symbol('pass')
      return true
    },
  }
}

/** For whoever has no person to wait for: a test, the sandbox. */
export const OPEN_GATE: Gate = {
  pass: () => Symbol('pass'),
  failed: () => {},
  reset: () => false,
}
