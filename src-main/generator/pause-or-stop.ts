import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { OUTLIVE_MS } from '../leases/lease.ts'
import { sleep } from '../runtime/async.ts'
import { elapsedMs } from '../runtime/clock.ts'
import type { RequestedState } from '../store/ledger.ts'
import { bringToRest, catchUp, conclude, type ActiveRun } from './active-run.ts'
import { askedRun, unendedRun } from './prepare-run.ts'
import { otherRunHolder, RUN_LEASE } from './run-lease.ts'
import { isEnded } from './run-state.ts'

/** Another process is looked at so often (real ms), besides when there is a notification. */
const LOOK_EVERY_MS = 500

/** What it has sent may need so long (real ms) until it is known what became of it. */
const LONGEST_MS = 5 * 60_000

/**
 * Pauses or stops a run, whichever process works on it; resolves when no further ticket comes. Whoever works on it obeys;
 * where none does, this process does it. It is looked at again after each attempt: somebody may go on with it meanwhile.
 * What the store cannot be given of it now is written when it can be. Throws `busy` where another process does not obey.
 */
export async function pauseOrStop(
  active: ActiveRun,
  requested: RequestedState,
  runId: string,
): Promise<RunProgress> {
  const { parts, closing } = active
  const { store, siteId, clock } = parts
  const untilMs = elapsedMs(clock) + LONGEST_MS
  for (;;) {
    closing.throwIfAborted()
    const own = active.worker
    if (own !== null && own.runId === runId && (own.isBusy() || own.isOpen())) {
      own.request(requested)
      await own.rests
      if (own.isOpen()) await catchUp(active)
      if (active.worker !== own) continue
      if (own.isOpen()) {
        conclude(active, own)
        return own.lastProgress()
      }
    }
    const run = await askedRun(parts, runId)
    if (isEnded(run) || (requested === 'pause' && run.state === 'paused')) return active.views.get(runId)
    if ((await otherRunHolder(parts))?.runId !== runId) {
      await bringToRest(active, runId, requested, OUTLIVE_MS)
      continue
    }
    if (elapsedMs(clock) >= untilMs) throw notObeyed(runId, requested)
    // Whoever goes on with a run takes the request back; it is asked again until it is done.
    if (run.requested !== requested && run.requested !== 'stop')
      await store.setRequestedState(siteId, runId, requested)
    await somethingHappens(active)
  }
}

/**
 * The run that a person means who names none: the one under way, else one that can be brought to rest, of this process or
 * the last one. Throws `not-found`.
 */
export async function meantRun(active: ActiveRun, requested: RequestedState): Promise<string> {
  const { parts } = active
  const { store, siteId } = parts
  const own = active.worker
  if (own !== null && (own.isBusy() || own.isOpen())) return own.runId
  const worked = (await otherRunHolder(parts))?.runId ?? null
  if (worked !== null) return worked
  const rows = [own === null ? null : await store.run(siteId, own.runId), await store.lastRun(siteId)]
  const [first, ...others] = rows.filter((run) => run !== null).filter((run) => !isEnded(run))
  const meant = [first, ...others].find((run) => run?.state !== 'paused')
  if (meant !== undefined) return meant.runId
  if (requested === 'pause') throw noneUnderWay()
  return (first ?? (await unendedRun(parts, undefined, requested))).runId
}

export function noneUnderWay(): AppError {
  return new AppError('not-found', 'No run is under way.', { hint: 'Start one, or resume the last one.' })
}

async function somethingHappens({ parts, closing }: ActiveRun): Promise<void> {
  const { store, siteId, clock } = parts
  const notified = new AbortController()
  const leave = store.onCommit(siteId, ['ledger', `lease ${RUN_LEASE}`], () => notified.abort())
  await sleep(LOOK_EVERY_MS, AbortSignal.any([closing, notified.signal]), clock).finally(leave)
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
