import { AppError } from '../../src-shared/errors/app-error.ts'
import { createLease, type Lease, type LeaseParts } from '../leases/lease.ts'
import { machineOf } from '../leases/lease-owner.ts'

export const RUN_LEASE = 'run'

const CLEAN_UP = 'clean-up'

type RunLeaseParts = Pick<LeaseParts, 'store' | 'siteId' | 'owner' | 'clock'>

/** The right to work on a site's runs: one process has it at a time. It names the run that its holder works on. */
export function createRunLease({ owner, ...parts }: RunLeaseParts, runId = ''): Lease {
  const named = runId === '' ? owner : workOwner(owner, runId)
  return createLease({ ...parts, owner: named, name: RUN_LEASE, taken: () => runsAreTaken(null), takenOver })
}

/** The name under which a process works on a run. */
function workOwner(owner: string, runId: string): string {
  return `${owner}/${runId}`
}

/** The name under which a process cleans up: it has the lease then, and works on no run. */
export function cleanUpOwner(owner: string): string {
  return workOwner(owner, CLEAN_UP)
}

/** A process that has the lease of a site's runs. */
export interface RunHolder {
  /** As leases name it. */
  readonly owner: string
  /** The run that it works on; null while it cleans up. */
  readonly runId: string | null
  /** How long (real ms) it has it if it does not renew it. */
  readonly expiresInMs: number
}

/** The process, other than this one, that works on a site's runs; null where none does. Throws as the store. */
export async function otherRunHolder(parts: RunLeaseParts): Promise<RunHolder | null> {
  const holder = await createRunLease(parts).otherHolder()
  if (holder === null) return null
  const { owner, expiresInMs } = holder
  const work = owner.slice(owner.lastIndexOf('/') + 1)
  if (work === CLEAN_UP) return { owner, runId: null, expiresInMs }
  return owner === workOwner(parts.owner, work) ? null : { owner, runId: work, expiresInMs }
}

/** Says who has it, as far as that is known. */
export function runsAreTaken(holder: RunHolder | null): AppError {
  const machine = holder === null ? null : machineOf(holder.owner)
  const who = machine === null ? 'Another window or command' : `Another window or command, on ${machine},`
  const runId = holder?.runId ?? null
  const does = runId === null ? 'works on the tickets of this Jira' : `works on run ${runId}`
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
