import type { WireError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { CurrentEngine } from './current-engine.ts'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000

const PASSING = new Set(['jira-unreachable', 'jira-limited', 'secrets-unavailable'])

/**
 * Whether what could not be opened may be opened a little later by itself: a Jira that is out of reach or takes
 * no more requests (until it does, none is sent), a Vault that is sealed or away. A store sees to itself; who was refused
 * a log-in is not sent there again.
 */
export function passesByItself(error: Pick<WireError, 'code' | 'retryable'>): boolean {
  return error.retryable && PASSING.has(error.code)
}

/** Opens the engine again, ever more seldom, while what keeps it from opening passes by itself. Until `stop`. */
export function createReopening(
  engine: Pick<CurrentEngine, 'opened' | 'failure' | 'reopen'>,
  clock: Clock,
): { stop(): void } {
  const stopping = new AbortController()
  const { signal } = stopping
  const isPassing = (): boolean => {
    const failure = engine.failure()
    return failure !== null && passesByItself(failure)
  }
  const keep = async (): Promise<void> => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const isOpen = await engine.opened().then(
        () => true,
        () => false,
      )
      if (isOpen || !isPassing()) return
      await clock.sleep(waitMs, signal)
      if (isPassing()) await engine.reopen().catch(() => {}) // the engine keeps why
    }
  }
  keep().catch(() => {}) // it was stopped
  return { stop: () => stopping.abort(new Error('Jira TPM is closing')) }
}
