import type { StoreStatus } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'

/** Throws `usage` where nothing may stand in for the store that is set. */
export function refuseFallback({ kind, label, failure, canFallBack }: StoreStatus): void {
  if (canFallBack) return
  const why =
    kind === 'sqlite'
      ? `${label} is a file on this machine already`
      : failure === null
        ? `${label} can be reached`
        : `${label} cannot be used as it is set`
  throw new AppError('usage', `Nothing stands in for the store: ${why}. Nothing was changed.`, {
    hint: failure === null ? '' : `${failure.message} ${failure.hint}`,
  })
}

/** Throws `store-unavailable` where the store that is stood in for cannot be used yet. */
export function refuseWayBack(label: string, failure: StoreStatus['failure']): void {
  if (failure === null) return
  throw new AppError('store-unavailable', `${label} cannot be used yet: ${failure.message}`, {
    hint: 'It is gone back to by itself as soon as it can be used. Until then the file stands in for it.',
    retryable: true,
  })
}

/** Throws `busy` while a run is under way in the file. */
export function refuseWhileRunning(running: boolean): void {
  if (!running) return
  throw new AppError(
    'busy',
    'A run is under way, and its record is in this file. The store was not changed.',
    {
      hint: 'Pause or stop it first; or wait until it is done, and the store is gone back to by itself.',
    },
  )
}

export function closing(): AppError {
  return new AppError('cancelled', 'Jira TPM is closing. The store was not changed.')
}
