import { AppError } from '../../src-shared/errors/app-error.ts'
import { createLease, type Lease, type LeaseParts } from '../leases/lease.ts'

/** The right to fetch from a site (`sync`), to take its census (`census`), or to lead: one process has it at a time. */
export function createSyncLease(
  name: string,
  parts: Pick<LeaseParts, 'store' | 'siteId' | 'owner' | 'clock'>,
): Lease {
  return createLease({ ...parts, name, taken, takenOver: taken })
}

/**
 * The right to fetch by itself for all who share a store and watch the same; others follow. One for each scope: who
 * watches one project does not fetch for those who watch all.
 */
export function leadLease(scopeName: string): string {
  return `lead ${scopeName}`
}

/** The right to try whether Jira is reached, where the one that leads does not reach it: one tries at a time. */
export function heirLease(scopeName: string): string {
  return `heir ${scopeName}`
}

function taken(): AppError {
  return new AppError('busy', 'Another window or command is fetching from this Jira.', {
    consequence: 'Nothing was lost: it fetches for all.',
    hint: 'Wait until it is done.',
    retryable: true,
  })
}
