import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Log } from '../runtime/log.ts'
import type { SecretStore } from './secret-store.ts'

/**
 * The first of the stores that gives back what is put into it. One that is there but locked ends the search: a secret
 * goes nowhere else only because nobody has unlocked the right place yet. Throws `secrets-unavailable`, with what the
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
