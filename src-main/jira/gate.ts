import { JiraError } from './errors.ts'

/**
 * Stands before every call of a site. After a failed log-in nothing more is sent until the person acts: each further
 * try with the same token brings the account nearer to being locked out.
 */
export interface Gate {
  /** Throws the error of the failed log-in while there is one. Returns what `failed` is to be told. */
  pass(): Pass
  /** Hears of a call's error, and shuts for a failed log-in. A call that left before the person acted tells nothing. */
  failed(error: unknown, pass: Pass): void
  /** Lets calls out again. True where it had been shut. */
  open(): boolean
}

type Pass = symbol

export function createGate(): Gate {
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
    open() {
      const wasShut = shutBy !== null
      shutBy = null
      current = Symbol('pass')
      return wasShut
    },
  }
}

/** For whoever has no person to wait for: a test, the sandbox. */
export const OPEN_GATE: Gate = {
  pass: () => Symbol('pass'),
  failed: () => {},
  open: () => false,
}
