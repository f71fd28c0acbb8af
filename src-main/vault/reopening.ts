import type { Clock } from '../clock.ts'
import type { CurrentEngine } from '../current-engine.ts'

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 15_000

/**
 * Opens the engine again where it could not be opened since Vault gave no token: nobody has to act for Vault to come back.
 * Until `stop`.
 */
export function createReopening(
  engine: Pick<CurrentEngine, 'opened' | 'failure' | 'reopen'>,
  clock: Clock,
): { stop(): void } {
  const stopping = new AbortController()
  const { signal } = stopping
  const keep = async (): Promise<void> => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const isOpen = await engine.opened().then(
        () => true,
        () => false,
      )
      if (isOpen || !isVaults(engine)) return
      await clock.sleep(waitMs, signal)
      if (isVaults(engine)) await engine.reopen().catch(() => {}) // the engine keeps why
    }
  }
  keep().catch(() => {}) // it was stopped
  return { stop: () => stopping.abort(new Error('Jira TPM is closing')) }
}

/** Only a keychain has the same code, and that waits for a person. */
function isVaults({ failure }: Pick<CurrentEngine, 'failure'>): boolean {
  const error = failure()
  return error !== null && error.code === 'secrets-unavailable' && error.retryable
}
