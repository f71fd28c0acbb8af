import { siteTime as timeOfSite } from '../../src-shared/domain/site-clock.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { Lease } from '../leases/lease.ts'
import { paced } from '../runtime/async.ts'
import type { RunCounts } from '../store/ledger/ledger.ts'
import { keepStanding, type KeptStanding } from './kept-standing.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { USUAL_LIMITS, type GeneratorParts } from './parts.ts'
import type { Prepared } from './planning/prepare-run.ts'
import { NO_COUNTS, runProgress } from './run-progress.ts'
import { runLoop, type WorkParts } from './run-loop.ts'
import { isActive, isEnded, RUNNING, shownStanding, waitsForStore, type ShownStanding } from './run-state.ts'

const SLOW_DOWN_TIMEOUT_MS = 1_000

/** Five times a second at most, the last change always. */
const PUBLISH_PACE = { burst: 1, everyMs: 200 }

/** Commits come with every slot: the run is read so often at most. */
const LOOK_PACE = { burst: 1, everyMs: 250 }

/** A commit without a notification is found by then (real ms). */
const LOOK_AGAIN_MS = 2_000

interface WorkerParts extends GeneratorParts, Prepared {
  readonly lease: Lease
  /** That of the run's last worker in this process, which knows what was sent. */
  readonly inherited: Ledger | null
}

export type RunWorker = ReturnType<typeof startWorker>

/**
 * Works on a run until it is paused or ended and that is written, or its store is away. The lease is held; it is dropped
 * then. What is left to be written is kept for when the store is back.
 */
export function startWorker(parts: WorkerParts) {
  const { store, siteId, siteTime, log } = parts
  const { runId } = parts.run
  const ledger = parts.inherited ?? createLedger({ store, siteId, runId, siteTime })
  const kept = keepStanding(parts)
  const abandoned = new AbortController()
  if (parts.requested !== undefined) kept.request(parts.requested)
  // One that is only brought to rest is never shown as going on.
  const begun = parts.requested === undefined ? RUNNING : shownStanding(kept.current())
  const counts = keepCounts(parts)
  let isBusy = true
  let isFlushed = true

  const shown = (): ShownStanding => (isBusy ? begun : shownEnd(kept, counts.last()))
  const lastProgress = (): RunProgress => runProgress(kept.run(), counts.last(), shown())
  const progress = async (): Promise<RunProgress> => {
    await counts.read()
    return lastProgress()
  }
  const flush = async (): Promise<void> => {
    isFlushed = false
    await ledger.flush()
    isFlushed = true
  }
  const bringToRest = async (): Promise<void> => {
    await drain(parts, { ...kept, ledger, signal: abandoned.signal }, progress)
    const sinceMs = stillSince(kept, siteTime)
    await flush().catch((error: unknown) =>
      log.warn({ err: error, runId }, 'some outcomes of a run could not be written down'),
    )
    kept.drained((await counts.read()).open, sinceMs)
  }

  return {
    ...kept,
    runId,
    ledger,
    /** Resolves when it works no more. Never rejects. */
    rests: workUntilRest(parts, kept, bringToRest).then(() => void (isBusy = false)),
    isBusy: (): boolean => isBusy,
    /** Whether nothing but its store hinders the run, which goes on when that is back. */
    waits: (): boolean => !isBusy && waitsForStore(kept.current()),
    /** Whether something is left to be written when the store is back. */
    isOpen: (): boolean => !isBusy && !(kept.isWritten() && isFlushed),
    shown,
    /** With the ledger's counts as they were read last. */
    lastProgress,
    progress,
    /** Writes the outcomes that are owed. Throws as the store. */
    flush,
    release() {
      kept.release()
      isFlushed = true
    },
    /** Gives up the requests under way. Their slots stay in doubt and are looked for when the run goes on. */
    abandon: () => abandoned.abort(),
  }
}

/** The counts of a run as they were read last. */
function keepCounts({ store, siteId, siteTime, log, run: { runId, planned } }: WorkerParts) {
  let counts: RunCounts = { ...NO_COUNTS, open: planned }
  return {
    last: (): RunCounts => counts,
    async read(): Promise<RunCounts> {
      try {
        counts = await store.runCounts(siteId, runId, siteTime.now())
      } catch (error) {
        log.warn({ err: error, runId }, 'the counts of a run could not be read')
      }
      return counts
    },
  }
}

/** Until the run is at rest and that is written, or cannot be; then the lease is dropped. */
async function workUntilRest(
  { lease, log, run: { runId } }: WorkerParts,
  kept: KeptStanding,
  bringToRest: () => Promise<void>,
): Promise<void> {
  if (isEnded(kept.current())) await bringToRest()
  // One that is to rest is marked first: a process that had lost it, and wakes, can claim no further slot of it.
  while (!kept.isWritten() || isActive(kept.current())) {
    if (!kept.isWritten() && !(await kept.save())) break
    if (isActive(kept.current())) await bringToRest()
  }
  await lease
    .drop()
    .catch((error: unknown) => log.warn({ err: error, runId }, 'the lease of a run runs out by itself'))
}

function shownEnd(kept: KeptStanding, { unknown }: RunCounts): ShownStanding {
  const shown = shownStanding(kept.current())
  const failure = kept.failure()
  if (shown.state !== 'done' || unknown === 0 || failure === null || !('error' in failure)) return shown
  // Why unknown slots are still so: they could not be looked for.
  return { ...shown, error: failure.error }
}

/** One whose machine slept stands still since it fell asleep. */
function stillSince(kept: KeptStanding, siteTime: GeneratorParts['siteTime']): number {
  const standing = kept.current()
  const slept = 'reason' in standing && standing.reason.code === 'slept' ? standing.reason : null
  return slept === null ? siteTime.now() : timeOfSite(siteTime.current(), slept.fromMs)
}

/** Sends what is due, and looks for what is in doubt, until nothing is under way any more. */
async function drain(
  parts: WorkerParts,
  given: KeptStanding & Pick<WorkParts, 'ledger' | 'signal'>,
  progress: () => Promise<RunProgress>,
): Promise<void> {
  const { run, compress } = parts
  const { sending } = given
  const ended = new AbortController()
  const publish = async (): Promise<void> => {
    const reached = await progress()
    if (!ended.signal.aborted) parts.hub.publish('run.changed', reached)
  }
  const onOutcome = paced(publish, PUBLISH_PACE, ended.signal)
  onOutcome()
  watchRequests(parts, () => given.obey(), ended.signal)
  try {
    if (run.rate !== 1 && !sending.aborted) await compress?.(run.rate, run.endMs, sending)
    await runLoop({ ...USUAL_LIMITS, ...parts, ...given, run, onOutcome })
  } catch (error) {
    given.fail(error)
  }
  await slowDown(parts)
  ended.abort()
}

/** Does what other processes ask of a run, until the signal's abort. */
function watchRequests(
  { store, siteId, run, log }: WorkerParts,
  obey: () => Promise<void>,
  ended: AbortSignal,
): void {
  // A store that cannot be read is noticed by the work itself.
  const look = (): Promise<void> =>
    obey().catch((err: unknown) => log.info({ err, runId: run.runId }, 'no look at what is asked of a run'))
  const lookSoon = paced(look, LOOK_PACE, ended)
  const leave = store.onCommit(siteId, ['ledger'], lookSoon)
  const timer = setInterval(lookSoon, LOOK_AGAIN_MS)
  timer.unref()
  ended.addEventListener('abort', () => (leave(), clearInterval(timer)), { once: true })
}

/** The rest of the compressed span is not needed any more. Left alone, the site's clock slows down at its end by itself. */
async function slowDown({ run, compress, siteTime, log }: WorkerParts): Promise<void> {
  if (run.rate === 1) return
  try {
    await compress?.(1, siteTime.now(), AbortSignal.timeout(SLOW_DOWN_TIMEOUT_MS))
  } catch (error) {
    const { runId } = run
    log.warn({ err: error, runId }, 'the site’s clock goes on fast until the end of the run’s span')
  }
}
