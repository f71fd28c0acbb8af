import { createHash } from 'node:crypto'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import { heldBack, JiraError } from './errors.ts'
import { siteUrl } from './site-url.ts'

export type AuthGate = ReturnType<typeof createAuthGate>

type Pass = symbol

/** How an account is known to a Jira: another token, user or address is another one. */
interface Account {
  readonly url: string
  readonly user: string | null
  readonly token: string
}

export type AuthGates = ReturnType<typeof createAuthGates>

const MINUTE_MS = 60_000

type GateClock = Pick<Clock, 'now' | 'elapsedMs'>

/**
 * Stands before every call with a token. After a failed log-in nothing more is sent until a person acts, and then once a
 * minute at most: each further try with the same token brings the account nearer to being locked out.
 */
export function createAuthGate(clock: GateClock) {
  let refusal: { readonly error: JiraError; readonly atMs: number; readonly elapsedMs: number } | null = null
  let current: Pass = Symbol('pass')
  let triedMs = -Infinity
  const waitMs = (): number => triedMs + MINUTE_MS - elapsedMs(clock)
  return {
    /** Throws that of the failed log-in while there is one, and until when nothing is sent. Returns what `failed` is given. */
    pass(): Pass {
      if (refusal === null) return current
      const ms = waitMs()
      const wait = ms > 0 ? { refusedMs: refusal.atMs, untilMs: clock.now() + ms } : null
      throw heldBack(refusal.error, wait)
    },
    /** Called for a call's error, and shuts for a failed log-in. A call from before the last reset does not count. */
    failed(error: unknown, pass: Pass) {
      if (pass !== current) return
      if (!(error instanceof JiraError) || error.code !== 'not-authenticated') return
      refusal ??= { error, atMs: clock.now(), elapsedMs: elapsedMs(clock) }
    },
    /** Lets calls out again. False where it was not shut, and within a minute of the last time: then nothing changes. */
    reset(): boolean {
      if (refusal === null || waitMs() > 0) return false
      triedMs = elapsedMs(clock)
      refusal = null
      current = Symbol('pass')
      return true
    },
    /** Where it is shut now, a person's own try was refused: the next may come a minute after it. */
    countRefusal() {
      if (refusal !== null && waitMs() <= 0) triedMs = refusal.elapsedMs
    },
  }
}

/** The gates of all credentials that were used: one each, whatever is opened, tried out or opened again with them. */
export function createAuthGates(clock: GateClock) {
  const gates = new Map<string, AuthGate>()
  return {
    of({ url, user, token }: Account): AuthGate {
      const credentials = JSON.stringify([siteUrl(url).href, user, token])
      const key = createHash('sha256').update(credentials).digest('hex')
      const gate = gates.get(key) ?? createAuthGate(clock)
      gates.set(key, gate)
      return gate
    },
    /** See `Gate.reset`: of all. */
    reset() {
      for (const gate of gates.values()) gate.reset()
    },
  }
}

/** For a caller without a person to wait for: a test, the sandbox. */
export const OPEN_AUTH_GATE: AuthGate = {
  pass: () => Symbol('pass'),
  failed: () => {},
  reset: () => false,
  countRefusal: () => {},
}
