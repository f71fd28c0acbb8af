import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Lease } from '../leases/lease.ts'
import { paced } from '../live/paced.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import type { RequestedState } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import { RUN_LEASE } from './run-lease.ts'
import type { LaunchParts } from './launch-run.ts'
import { sleep } from '../runtime/async.ts'

/** How often the other process's run is read (real ms), besides after each of its commits. */
const LOOK_EVERY_MS = 500

/** What it has sent may need so long (real ms) until it is known what became of it. */
const LONGEST_MS = 5 * 60_000

/** Commits come with every slot: the run is read so often at most. */
const PACE = { burst: 1, everyMs: 250 }

/** A commit without a notification is found by then (real ms). */
const LOOK_AGAIN_MS = 2_000

/** Obeys what other processes ask of a run that this one works on, until the returned function is called. */
export function watchRequests({ store, siteId, run, runAbort, log }: LaunchParts): () => void {
  const ended = new AbortController()
  const look = async (): Promise<void> => {
    const stored = await store.run(siteId, run.runId)
    // That of one at rest was obeyed.
    const isAsked = stored?.state === 'running' && stored.requested !== null
    if (!ended.signal.aborted && isAsked) runAbort.abort(stored.requested)
  }
  // A store that cannot be read is noticed by the work itself.
  const lookSoon = paced(
    () =>
      look().catch((err: unknown) =>
        log.info({ err, runId: run.runId }, 'no look at what is asked of a run'),
      ),
    PACE,
    ended.signal,
  )
  const leave = store.onCommit(siteId, ['ledger'], lookSoon)
  const timer = setInterval(lookSoon, LOOK_AGAIN_MS)
  timer.unref()
  return () => {
    leave()
    clearInterval(timer)
    ended.abort()
  }
}

interface RemoteStopParts {
  readonly store: Pick<Store, 'run' | 'setRequestedState' | 'onCommit'>
  readonly siteId: string
  readonly lease: Pick<Lease, 'otherHolder'>
  readonly clock: Clock
  /** The program is closing. */
  readonly closing: AbortSignal
}

/**
 * Asks the process that works on a run to pause or stop it, and waits until it has: then no further ticket comes. False
 * where that process is gone before it has done so. Throws `busy` where it does not obey, and what the store throws.
 */
export async function stopRemotely(
  parts: RemoteStopParts,
  runId: string,
  requested: RequestedState,
): Promise<boolean> {
  const { store, siteId, lease, clock } = parts
  const untilMs = elapsedMs(clock) + LONGEST_MS
  for (;;) {
    const run = await store.run(siteId, runId)
    if (run?.state !== 'running') return true
    if ((await lease.otherHolder()) === null) return false
    if (elapsedMs(clock) >= untilMs) throw notObeyed(runId, requested)
    // A process that resumes the run takes the request back; it is asked again until it is done.
    if (run.requested !== requested && run.requested !== 'stop')
      await store.setRequestedState(siteId, runId, requested)
    await somethingHappens(parts)
  }
}

async function somethingHappens({ store, siteId, clock, closing }: RemoteStopParts): Promise<void> {
  const notified = new AbortController()
  const leave = store.onCommit(siteId, ['ledger', `lease ${RUN_LEASE}`], () => notified.abort())
  await sleep(LOOK_EVERY_MS, AbortSignal.any([closing, notified.signal]), clock).finally(leave)
  closing.throwIfAborted()
}

function notObeyed(runId: string, requested: RequestedState): AppError {
  return new AppError(
    'busy',
    `The program that works on run ${runId} was asked to ${requested} it and has not done so yet.`,
    {
      consequence: 'It may still create tickets.',
      hint: 'Look whether that program hangs, and end it.',
      retryable: true,
    },
  )
}
