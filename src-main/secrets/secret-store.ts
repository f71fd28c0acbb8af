import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Log } from '../runtime/log.ts'

/**
 * Where secrets are kept. A secret is named by its account, as `jira https://name.atlassian.net me@example.com`. Every
 * method throws `secrets-unavailable` where the store is missing, locked or refuses; the error never holds a secret.
 */
export interface SecretStore {
  readonly kind: 'keychain' | 'safe-storage'
  /** For the person: `macOS Keychain`, `Secret Service (GNOME Keyring, KWallet)`, … */
  readonly label: string
  /** Writes a secret, reads it back and deletes it: only what worked once is relied on. */
  probe(signal: AbortSignal): Promise<void>
  /** Null where there is none. */
  get(account: string, signal: AbortSignal): Promise<string | null>
  /** Replaces what was there. */
  set(account: string, secret: string, signal: AbortSignal): Promise<void>
  /** False where there was none. */
  delete(account: string, signal: AbortSignal): Promise<boolean>
}

/**
 * The first of the stores that gives back what is put into it. One that is there but locked ends the search: a secret
 * goes nowhere else only because the right place is not unlocked yet. Throws `secrets-unavailable`, with what the
 * locked or else the first store said, where none can be used.
 */
export async function chooseSecretStore(
  stores: readonly SecretStore[],
  log: Pick<Log, 'warn'>,
  signal: AbortSignal,
): Promise<SecretStore> {
  let firstRefusal: AppError | undefined
  for (const store of stores) {
    try {
      await store.probe(signal)
      return store
    } catch (error) {
      const isMissing = error instanceof AppError && error.code === 'secrets-unavailable' && !error.retryable
      if (!isMissing) throw error
      log.warn({ err: error }, `secrets cannot be kept in ${store.label}`)
      firstRefusal ??= error
    }
  }
  throw firstRefusal ?? new AppError('secrets-unavailable', 'There is no place for secrets on this system.')
}
