import { AppError } from '../../src-shared/errors/app-error.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import type { Lease } from '../leases/lease.ts'
import type { RunWish, Store } from '../store/store.ts'
import { RUN_LEASE } from './run-lease.ts'

interface RemoteStopParts {
  readonly store: Pick<Store, 'run' | 'setRunWish' | 'onCommit'>
  readonly siteId: string
  readonly lease: Pick<Lease, 'otherHolder'>
  readonly clock: Clock
  /** The program is closing. */
  readonly closing: AbortSignal
}

/** The other process is looked at so often (real ms), besides when it tells of something. */
const LOOK_EVERY_MS = 500
/** What it has sent may need so long (real ms) until it is known what became of it. */
const LONGEST_MS = 5 * 60_000

/**
 * Asks the process that works on a run to pause or stop it, and waits until it has: then no further ticket comes. False
 * where that process is gone before it has done so. Throws `busy` where it does not obey, and what the store throws.
 */
export async function stopRemotely(parts: RemoteStopParts, runId: string, wish: RunWish): Promise<boolean> {
  const { store, siteId, lease, clock, closing } = parts
  const untilMs = elapsedMs(clock) + LONGEST_MS
  for (;;) {
    const run = await store.run(siteId, runId)
    if (run?.state !== 'running') return true
    if ((await lease.otherHolder()) === null) return false
    if (elapsedMs(clock) >= untilMs) throw notObeyed(runId, wish)
    // Whoever goes on with a run takes the request back; it is asked again until it is done.
    if (run.wish !== wish && run.wish !== 'stop') await store.setRunWish(siteId, runId, wish)
    await somethingHappens(parts, clock.sleep(LOOK_EVERY_MS, closing))
  }
}

async function somethingHappens(
  { store, siteId }: Pick<RemoteStopParts, 'store' | 'siteId'>,
  slept: Promise<void>,
): Promise<void> {
  const heard = Promise.withResolvers<void>()
  const leave = store.onCommit(siteId, ['ledger', `lease ${RUN_LEASE}`], heard.resolve)
  await Promise.race([heard.promise, slept]).finally(leave)
}

function notObeyed(runId: string, wish: RunWish): AppError {
  return new AppError(
    'busy',
    `The program that works on run ${runId} was asked to ${wish} it and has not done so yet. It may still create tickets.`,
    { hint: 'Look whether that program hangs, and end it.', retryable: true },
  )
}
