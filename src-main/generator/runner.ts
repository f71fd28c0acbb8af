import type { ResumeRequest, RunProgress, RunRequest } from '../../src-shared/contract/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import { OUTLIVE_MS, type Lease } from '../leases/lease.ts'
import type { RequestedState } from '../store/ledger.ts'
import { limit, withTimeout } from '../runtime/async.ts'
import { stopRemotely } from './requested-state.ts'
import { createRunLease, runsAreTaken } from './run-lease.ts'
import {
  createActiveRun,
  createRetry,
  finalState,
  isAsLeft,
  isOpen,
  waitsForStore,
  type ActiveRun,
  type RunOutcome,
} from './active-run.ts'
import type { GeneratorParts } from './parts.ts'
import { prepareNew, preparePark, prepareResumed } from './prepare-run.ts'
import { isStoreAway } from './run-abort.ts'
import { createRunViews, type RunViews } from './run-views.ts'
import type { LaunchedRun } from './launch-run.ts'

/** Requests under way when the program closes get so long (real ms) for their answers. */
const CLOSE_PATIENCE_MS = 1_000

/** A store that cannot be written is tried this often (real ms), besides when its health changes. */
const TRY_STORE_MS = 5_000

export type Generator = ReturnType<typeof createGenerator>

export function createGenerator(parts: GeneratorParts) {
  const closing = new AbortController()
  const { signal } = closing
  const lease = createRunLease(parts)
  const serial = limit(1)
  const taken = async (): Promise<AppError> => {
    const there = await views.underWay()
    const isWorkedOn = there !== null && there.holder !== null
    if (isWorkedOn) return runsAreTaken(there.holder, there.run)
    return runsAreTaken((await lease.otherHolder())?.owner ?? null, null)
  }
  const active = createActiveRun({ parts, lease, closing: signal, taken, onOpenOutcome: () => retry.begin() })
  const views = createRunViews({ ...parts, lease, active })
  const control: Control = { parts, lease, active, views, signal }
  const retry = createRetry(() => serial(() => finishOpen(control)), {
    clock: parts.clock,
    everyMs: TRY_STORE_MS,
    signal,
  })

  /** A request waits for its turn behind others; the run that it means is the one under way when it is made. */
  const inTurn = (
    request: (control: Control, meant: LaunchedRun | null) => Promise<RunProgress>,
  ): Promise<RunProgress> => {
    const meant = active.launched()
    return serial(() => request(control, meant))
  }

  return {
    /**
     * Begins a run; resolves when it is under way. Throws `usage`, `busy` where this or another process works on one,
     * `jira-refused` where Jira does not let us create such tickets, and whatever Jira and the store throw.
     */
    start: (request: RunRequest): Promise<RunProgress> => serial(() => start(control, request)),
    /**
     * Sends no further slot, of this process's run or of another's; resolves when what was sent has its outcome, so that
     * no further ticket comes. A run that waits for its store does not go on by itself any more. Throws `not-found` where
     * no run is under way.
     */
    pause: (): Promise<RunProgress> => inTurn(pause),
    /**
     * Goes on with a run, of this process or a dead one: see `ResumeRequest`. Throws `not-found` where it has ended, and as
     * `start`.
     */
    resume: (request: ResumeRequest = {}): Promise<RunProgress> =>
      serial(() => resume(control, request, OUTLIVE_MS)),
    /**
     * As `pause`, but for good. A run that is paused or broken can be stopped, too. What the store cannot be given of it
     * now is written when it can be.
     */
    stop: (): Promise<RunProgress> => inTurn(stop),
    /** The run under way, else the last one; null before the first. Changes nothing in the store. */
    current: (): Promise<RunProgress | null> => views.current(),
    /** Any run. Throws `not-found`. */
    get: (runId: string): Promise<RunProgress> => views.get(runId),
    /** The newest runs, newest first, begun before `beforeMs` where that is given; `more`: there are older ones. */
    list: (most: number, beforeMs?: number): Promise<{ runs: RunProgress[]; more: boolean }> =>
      views.list(most, beforeMs),
    /**
     * Resolves when the run under way ends or pauses, except for one that waits for its store: that goes on. Throws
     * `not-found` where there never was one.
     */
    async finished(): Promise<RunProgress> {
      const end = await (active.finished() ?? views.current())
      if (end === null) throw noneUnderWay()
      return end
    },
    /** Whether this process works on a run, also while that waits for its store. */
    works: (): boolean => active.launched() !== null || active.waiting() !== null,
    /** The store can be reached again: what waited for it goes on at once. */
    storeBack: () => retry.hurry(),
    /** For the program's exit: pauses the run, within two seconds. Nothing can be begun afterwards. */
    async close() {
      closing.abort(closed())
      const working = active.launched()
      if (working !== null) await pauseSoon(working, parts.clock)
      await serial(async () => {})
    },
  }
}

/** What the requests for a run share. */
interface Control {
  readonly parts: GeneratorParts
  readonly lease: Lease
  readonly active: ActiveRun
  readonly views: RunViews
  /** The program is closing. */
  readonly signal: AbortSignal
}

async function start(control: Control, request: RunRequest): Promise<RunProgress> {
  const { parts, active, signal } = control
  const { store, siteId, siteTime } = parts
  const begun = await active.launch(0, async () => {
    const owed = active.outcome()
    if (owed !== null && isOpen(owed) && (await writeOwed(control, owed))) {
      await store.setRunState(siteId, owed.run.runId, finalState(owed.end), siteTime.now())
    }
    return prepareNew(parts, request, signal)
  })
  return begun.progress()
}

async function resume(
  { parts, active, signal }: Control,
  request: ResumeRequest,
  waitMs: number,
): Promise<RunProgress> {
  return (await active.launch(waitMs, () => prepareResumed(parts, active, request, signal))).progress()
}

/** Brings a run to rest that nobody works on: the last one where none is named. */
async function park(
  { parts, active }: Control,
  cause: RequestedState,
  runId: string | undefined,
  waitMs: number,
): Promise<RunProgress> {
  const named = runId === undefined ? {} : { runId }
  const parked = await active.launch(waitMs, (runAbort) =>
    preparePark(parts, active, { runAbort, cause, ...named }),
  )
  return (await parked.ended).progress
}

/** Goes on with a run that waited for its store, or writes what is owed of one. True where nothing is left to do. */
async function finishOpen(control: Control): Promise<boolean> {
  const { parts, active, signal } = control
  const { store, siteId, log } = parts
  const known = active.outcome()
  if (active.launched() !== null || known === null || !isOpen(known)) return true
  if (store.health().state === 'down') return false
  const waits = waitsForStore(known)
  const { runId } = known.run
  const owed = finalState(known.end) === 'stopped' ? 'stop' : 'pause'
  try {
    if (!(await writeOwed(control, known))) return true
    const requested = waits ? ((await store.run(siteId, runId))?.requested ?? null) : null
    if (waits && requested === null) await resume(control, { runId }, 0)
    else await park(control, requested ?? owed, runId, 0)
    return true
  } catch (error) {
    if (signal.aborted) return true
    const passes = isStoreAway(error) || (error instanceof AppError && error.retryable)
    if (!passes && waits) active.suspend(known, { error })
    else if (!passes) log.warn({ err: error }, 'the end of a run could not be written down')
    return false
  }
}

/** Writes the outcomes that are owed of a run. False where nothing else is. */
async function writeOwed({ parts, active, views }: Control, known: RunOutcome): Promise<boolean> {
  const { store, siteId } = parts
  await known.ledger.flush()
  const [stored, last] = await Promise.all([store.run(siteId, known.run.runId), store.lastRun(siteId)])
  const isWritten = !waitsForStore(known) && stored?.state === finalState(known.end)
  if (isAsLeft(known, stored, last) && !isWritten) return true
  active.release(known, (await views.current()) ?? known.end.progress)
  return false
}

async function pause(control: Control, meant: LaunchedRun | null): Promise<RunProgress> {
  const { active } = control
  const paused = await abortHere(control, 'pause')
  if (paused !== null) return paused
  const waiting = active.waiting()
  if (waiting !== null) return active.suspend(waiting, 'pause')
  const ended = (await endedMeanwhile(control, meant)) ?? (await abortRemote(control, 'pause'))
  if (ended === null) throw noneUnderWay()
  return ended
}

async function stop(control: Control, meant: LaunchedRun | null): Promise<RunProgress> {
  const { active } = control
  const stopped = await abortHere(control, 'stop')
  if (stopped !== null && !isPausedInstead(stopped, 'stop')) return stopped
  const waiting = active.waiting()
  try {
    const ended = waiting === null ? await endedMeanwhile(control, meant) : null
    if (ended !== null && !isPausedInstead(ended, 'stop')) return ended
    const remote = await abortRemote(control, 'stop')
    return remote ?? (await park(control, 'stop', await pausedHere(control), OUTLIVE_MS))
  } catch (error) {
    if (waiting !== null && isStoreAway(error)) return active.suspend(waiting, 'stop')
    throw error
  }
}

/** Aborts the run under way; resolves with its end, null where it waits for its store or none is under way. */
async function abortHere({ active }: Control, cause: RequestedState): Promise<RunProgress | null> {
  const working = active.launched()
  working?.runAbort.abort(cause)
  const end = await working?.ended
  return end === undefined || end.progress.waits === true ? null : end.progress
}

/** Pauses or stops a run that another process works on, or worked on when it died. Null where there is none. */
async function abortRemote(control: Control, cause: RequestedState): Promise<RunProgress | null> {
  const { parts, lease, active, views, signal } = control
  const there = await views.underWay()
  if (there === null) return null
  const { runId } = there.run
  // One that a process left long ago is not the one that is meant.
  const isMeant =
    there.holder !== null ||
    runId === active.outcome()?.run.runId ||
    (await parts.store.lastRun(parts.siteId))?.runId === runId
  if (!isMeant) return null
  const asked =
    there.holder !== null && (await stopRemotely({ ...parts, lease, closing: signal }, runId, cause))
  const ended = asked ? await views.get(runId) : null
  return ended === null || isPausedInstead(ended, cause) ? park(control, cause, runId, OUTLIVE_MS) : ended
}

/** The run that was meant by a request which waited for its turn, where it has come to rest meanwhile; else null. */
async function endedMeanwhile({ views }: Control, meant: LaunchedRun | null): Promise<RunProgress | null> {
  const run = meant === null ? null : await views.get(meant.run.runId)
  return run === null || run.state === 'running' || run.state === 'broken' ? null : run
}

/** The run that this process paused, where it still rests: not always the last one. */
async function pausedHere({ parts, active }: Control): Promise<string | undefined> {
  const runId = active.outcome()?.run.runId
  const run = runId === undefined ? null : await parts.store.run(parts.siteId, runId)
  return run?.state === 'paused' ? run.runId : undefined
}

/** One that was about to pause when it was asked to stop. */
function isPausedInstead({ state }: RunProgress, cause: RequestedState): boolean {
  return cause === 'stop' && state === 'paused'
}

/** Pauses a run; what Jira has not answered in time is given up and looked for when the run goes on. */
async function pauseSoon({ runAbort, ended, abandon }: LaunchedRun, clock: Clock): Promise<void> {
  runAbort.abort('closing')
  await withTimeout(ended, CLOSE_PATIENCE_MS, abandon, { clock })
  await ended
}

function noneUnderWay(): AppError {
  return new AppError('not-found', 'No run is under way.', { hint: 'Start one, or resume the last one.' })
}

function closed(): AppError {
  return new AppError('cancelled', 'The program is closing.', { consequence: 'No run was begun.' })
}
