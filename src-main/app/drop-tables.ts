import { AppError } from '../../src-shared/errors/app-error.ts'
import { RUN_LEASE } from '../generator/run-lease.ts'
import { isGone } from '../leases/lease-owner.ts'
import type { Store } from '../store/store.ts'

/**
 * Drops the ticket tables; false where there were none. Throws `busy` while anybody who shares the store works a run:
 * it would lose the tickets that its audit looks for.
 */
export function dropTables(store: Pick<Store, 'dropTables'>): Promise<boolean> {
  return store.dropTables({
    lease: RUN_LEASE,
    check(holders) {
      if (holders.some(({ owner, expiresInMs }) => expiresInMs > 0 && !isGone(owner))) throw runUnderWay()
    },
  })
}

function runUnderWay(): AppError {
  return new AppError('busy', 'A run is under way in this store.', {
    consequence: 'The tables were not dropped.',
    hint: 'Pause or stop the run first, here or on the machine that works on it; then drop them.',
    retryable: true,
  })
}
