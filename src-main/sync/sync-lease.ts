import { AppError } from '../../src-shared/errors/app-error.ts'
import { createLease, type Lease, type LeaseParts } from '../lease.ts'

/** The right to fetch from a site, or to take its census: one process has it at a time. */
export function createSyncLease(
  name: 'sync' | 'census',
  parts: Pick<LeaseParts, 'store' | 'siteId' | 'owner' | 'clock'>,
): Lease {
  return createLease({ ...parts, name, taken, takenOver: taken })
}

function taken(): AppError {
  return new AppError(
    'busy',
    'Another window or command is fetching from this Jira. Nothing was lost: it fetches for all.',
    { hint: 'Wait until it is done.', retryable: true },
  )
}
