import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'

/** A holder that died is waited out within `WAIT_MS`. */
const TTL_MS = 8_000
const RENEW_MS = 2_500
const WAIT_MS = 10_000
const LOOK_AGAIN_MS = 200

export interface LeaseParts {
  readonly store: Pick<Store, 'takeLease' | 'dropLease'>
  readonly siteId: string
  readonly name: string
  readonly owner: string
  readonly clock: Clock
}

/**
 * Works while holding a lease, renewed as long as it takes. Throws `busy` where another process keeps it for 10 s, or
 * took it over while this one was held up. `work` gets a signal that also ends when the lease is lost.
 */
export async function withLease<T>(
  lease: LeaseParts,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  await take(lease, signal)
  const ended = new AbortController()
  const lost = new AbortController()
  const renewing = renew(lease, ended.signal).catch((error: unknown) => lost.abort(error))
  try {
    return await work(AbortSignal.any([signal, lost.signal]))
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error
  } finally {
    ended.abort()
    await renewing
    // Undropped it runs out by itself; what the work brought or threw is what counts.
    await lease.store.dropLease(lease.siteId, lease.name, lease.owner).catch(() => {})
  }
}

async function take(lease: LeaseParts, signal: AbortSignal): Promise<void> {
  const untilMs = lease.clock.now() + WAIT_MS
  while (!(await takeOnce(lease))) {
    if (lease.clock.now() >= untilMs) throw taken()
    await lease.clock.sleep(LOOK_AGAIN_MS, signal)
  }
}

/** Renews until the signal ends it; throws where the lease went to someone else or the store fails. */
async function renew(lease: LeaseParts, ended: AbortSignal): Promise<void> {
  const pause = (): Promise<boolean> =>
    lease.clock.sleep(RENEW_MS, ended).then(
      () => true,
      () => false,
    )
  while (await pause()) {
    if (!(await takeOnce(lease))) throw taken()
  }
}

function takeOnce({ store, siteId, name, owner, clock }: LeaseParts): Promise<boolean> {
  return store.takeLease(siteId, name, owner, clock.now(), TTL_MS)
}

function taken(): AppError {
  return new AppError(
    'busy',
    'Another window or command is fetching from this Jira. Nothing was lost: it fetches for all.',
    {
      hint: 'Wait until it is done.',
      retryable: true,
    },
  )
}
