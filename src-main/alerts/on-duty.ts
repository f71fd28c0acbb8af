import { createLease, outlive, type LeaseParts } from '../leases/lease.ts'
import { untilAborted } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { ALERT_LEASE } from '../store/alerts/states.ts'

/** The store is away, or another one was faster. Real ms. */
const TRY_AGAIN_MS = 5_000
const MIN_WAIT_MS = 100

interface DutyParts extends Pick<LeaseParts, 'store' | 'siteId' | 'owner' | 'clock'> {
  readonly log: Pick<Log, 'info'>
  /** Whether there is anything to evaluate. Throws as the store. */
  readonly isNeeded: () => Promise<boolean>
  /** Evaluates until the signal’s abort, or until there is nothing to evaluate any more. */
  readonly work: (signal: AbortSignal) => Promise<void>
}

/**
 * Has one of the instances that share a store do the work, for as long as it lives and there is something to do: the one that
 * holds the lease. The others sleep until it would run out, is let go of, or its process is gone from this machine. Returns
 * what has it look again, since something to do came or went.
 */
export function standBy(parts: DutyParts, signal: AbortSignal): { look: () => void; ended: Promise<void> } {
  const { clock, log } = parts
  const lease = createLease({ ...parts, name: ALERT_LEASE, taken, takenOver: taken })
  let asked = new AbortController()

  const evaluate = async (): Promise<void> => {
    const lost = new AbortController()
    if (!(await lease.tryTake((error) => lost.abort(error)))) return
    log.info('this instance evaluates the alert rules for all who share the store')
    try {
      await parts.work(AbortSignal.any([signal, lost.signal]))
    } finally {
      // Undropped it runs out by itself; where another has it already, that one's stays.
      await lease.drop().catch(() => {})
    }
  }

  /** How long to wait for whom; null: until it is asked to look. */
  const turn = async (): Promise<{ readonly ms: number; readonly owner: string | null } | null> => {
    try {
      if (!(await parts.isNeeded())) return null
      const holder = await lease.otherHolder()
      if (holder !== null) return { owner: holder.owner, ms: Math.max(holder.expiresInMs, MIN_WAIT_MS) }
      await evaluate()
      return { ms: MIN_WAIT_MS, owner: null }
    } catch (err) {
      log.info({ err }, 'the alert rules cannot be evaluated; it is tried again')
      return { ms: TRY_AGAIN_MS, owner: null }
    }
  }

  const stand = async (): Promise<void> => {
    while (!signal.aborted) {
      asked = new AbortController()
      const next = await turn()
      const either = AbortSignal.any([signal, asked.signal])
      await (next === null ? untilAborted(either) : outlive(next, either, clock))
    }
  }
  return { look: () => asked.abort(), ended: stand() }
}

function taken(): AppError {
  return new AppError('busy', 'Another instance evaluates the alert rules.', { retryable: true })
}
