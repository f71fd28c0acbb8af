import { AppError } from '../../src-shared/errors/app-error.ts'
import { createLease, type Lease, type LeaseParts } from '../lease.ts'

export const RUN_LEASE = 'run'

/** The right to work on a site's runs: one process has it at a time. */
export function createRunLease(parts: Pick<LeaseParts, 'store' | 'siteId' | 'owner' | 'clock'>): Lease {
  return createLease({ ...parts, name: RUN_LEASE, taken, takenOver })
}

function taken(): AppError {
  return new AppError(
    'busy',
    'Another window or command is creating tickets in this Jira. Nothing was begun here.',
    { hint: 'Wait until its run has ended, or pause or stop it there.', retryable: true },
  )
}

function takenOver(): AppError {
  return new AppError(
    'busy',
    'This program was held up, and another one has taken over the run. No ticket is made twice.',
    { hint: 'It goes on there.' },
  )
}
