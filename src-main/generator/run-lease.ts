import { AppError } from '../../src-shared/errors/app-error.ts'
import { createLease, type Lease, type LeaseParts } from '../leases/lease.ts'
import { machineOf } from '../leases/lease-owner.ts'
import type { Run } from '../store/ledger.ts'

export const RUN_LEASE = 'run'

/** The right to work on a site's runs: one process has it at a time. */
export function createRunLease(parts: Pick<LeaseParts, 'store' | 'siteId' | 'owner' | 'clock'>): Lease {
  return createLease({ ...parts, name: RUN_LEASE, taken: () => runsAreTaken(null, null), takenOver })
}

const CLEAN_UP = '/clean-up'

/** The name under which a process cleans up: it has the lease then, and works on no run. */
export function cleanUpOwner(owner: string): string {
  return `${owner}${CLEAN_UP}`
}

export function isCleanUp(owner: string): boolean {
  return owner.endsWith(CLEAN_UP)
}

/** Says who has it, as far as that is known: the holder as leases name it, and the run that is under way. */
export function runsAreTaken(owner: string | null, run: Pick<Run, 'runId'> | null): AppError {
  const machine = owner === null ? null : machineOf(owner)
  const who = machine === null ? 'Another window or command' : `Another window or command, on ${machine},`
  const does = run === null ? 'works on the tickets of this Jira' : `works on run ${run.runId}`
  return new AppError('busy', `${who} ${does}.`, {
    consequence: 'Nothing was begun here.',
    hint: 'Wait until it has ended, or pause or stop it.',
    retryable: true,
  })
}

function takenOver(): AppError {
  return new AppError('busy', 'This program was held up, and another one has taken over the run.', {
    consequence: 'No ticket is made twice.',
    hint: 'It goes on there.',
  })
}
