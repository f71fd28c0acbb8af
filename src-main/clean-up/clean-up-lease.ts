import { AppError } from '../../src-shared/errors/app-error.ts'
import { cleanUpOwner, RUN_LEASE } from '../generator/run-lease.ts'
import { createLease, type Lease, type LeaseParts } from '../leases/lease.ts'

/**
 * The lease of the site's runs: while tickets of a run are deleted none is made, and nobody else deletes any. It is held
 * under a name of its own, so that a run of this very process is another's, too.
 */
export function createCleanUpLease(parts: Pick<LeaseParts, 'store' | 'siteId' | 'owner' | 'clock'>): Lease {
  const owner = cleanUpOwner(parts.owner)
  return createLease({ ...parts, owner, name: RUN_LEASE, taken, takenOver })
}

function taken(): AppError {
  return new AppError(
    'busy',
    'A run or a clean-up is under way in this Jira, here or elsewhere. Nothing was deleted.',
    { hint: 'Wait until it has ended, or stop it.', retryable: true },
  )
}

function takenOver(): AppError {
  return new AppError(
    'busy',
    'This program was held up, and another one has begun to work on the runs of this Jira.',
    { hint: 'Begin again when that has ended.' },
  )
}
