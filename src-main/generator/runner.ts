import type { ResumeRequest, RunProgress, RunRequest } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { OUTLIVE_MS } from '../leases/lease.ts'
import { sleep, withTimeout } from '../runtime/async.ts'
import { elapsedMs } from '../runtime/clock.ts'
import type { RequestedState } from '../store/ledger/ledger.ts'
import {
  bringToRest,
  catchUp,
  conclude,
  createActiveRun,
  launch,
  resumeRun,
  type ActiveRun,
} from './active-run.ts'
import { newRunId } from './marks.ts'
import type { GeneratorParts } from './parts.ts'
import { askedRun, prepareNew, unendedRun, type Prepared } from './planning/prepare-run.ts'
import { otherRunHolder, RUN_LEASE } from './run-lease.ts'
import { isEnded } from './run-state.ts'
import type { RunWorker } from './run-worker.ts'

/** Another process is looked at so often (real ms), besides when there is a notification. */
const LOOK_EVERY_MS = 500

/** What it has sent may need so long (real ms) until it is known what became of it. */
const LONGEST_MS = 5 * 60_000

/** Requests under way when the program closes get so long (real ms) for their answers. */
const CLOSE_PATIENCE_MS = 1_000

export type Generator = ReturnType<typeof createGenerator>

/** Makes runs of tickets, and goes on with them. */
export function createGenerator(parts: GeneratorParts) {
  const closing = new AbortController()
  const { signal } = closing
  const active = createActiveRun(parts, signal)
  const { serial, views } = active
  return {
    /**
     * Begins a run; resolves when it is under way. Throws `usage`, `busy` where this or another process works on one,
     * `jira-refused` where Jira does not let us create such tickets, and whatever Jira and the store throw.
     */
    start(request: RunRequest): Promise<RunProgress> {
      const runId = newRunId()
      const prepare = (): Promise<Prepared> => prepareNew(parts, runId, request, signal)
      return serial(() => begun(launch(active, { runId, waitMs: 0 }, prepare)))
    },
    /**
     * Sends no further slot, of this process's run or of another's; resolves when what was sent has its outcome, so that
     * no further ticket comes. A run that waits for its store does not go on by itself any more. Throws `not-found` where
     * no run is under way, or there is none of that name that can be paused.
     */
    pause: (runId?: string): Promise<RunProgress> => ask(active, 'pause', runId),
    /**
     * Goes on with a run, of this process or a dead one: see `ResumeRequest`. Throws `not-found` where it has ended, and as
     * `start`.
     */
    resume: (request: ResumeRequest = {}): Promise<RunProgress> =>
      serial(() => begun(resumeRun(active, request, OUTLIVE_MS))),
    /**
     * As `pause`, but for good. A run that is paused or broken can be stopped, too. What the store cannot be given of it
     * now is written when it can be.
     */
    stop: (runId?: string): Promise<RunProgress> => ask(active, 'stop', runId),
    /** The run under way, else the last one; null before the first. Changes nothing in the store. */
    current: () => views.current(),
    /** Any run. Throws `not-found`. */
    get: views.get,
    /** The newest runs, newest first, begun before `beforeMs` where that is given; `more`: there are older ones. */
    list: (most: number, beforeMs?: number) => views.list(most, beforeMs),
    /**
     * Resolves when the run under way ends or pauses, except for one that waits for its store: that goes on. Throws
     * `not-found` where there never was one.
     */
    async finished(): Promise<RunProgress> {
      const end = await (active.finished?.promise ?? views.current())
      if (end === null) throw noneUnderWay()
      return end
    },
    /** Whether this process works on a run, also while that waits for its store. */
    works: (): boolean => active.worker !== null && (active.worker.isBusy() || active.worker.waits()),
    /** The store can be reached again: what waited for it goes on at once. */
    storeBack: () => active.hurry.abort(),
    /** For the program's exit: pauses the run, within two seconds. Nothing can be begun afterwards. */
    async close() {
      closing.abort(closed())
      if (active.worker?.isBusy() === true) await suspendForExit(active.worker, parts)
      await serial(async () => {})
    },
  }
}

async function begun(launched: Promise<RunWorker | null>): Promise<RunProgress> {
  const worker = await launched
  if (worker === null) throw noneUnderWay()
  return worker.progress()
}

function closed(): AppError {
  return new AppError('cancelled', 'The program is closing.', { consequence: 'No run was begun.' })
}

/** What Jira has not answered in time is given up and looked for when the run goes on. */
async function suspendForExit(worker: RunWorker, { clock }: GeneratorParts): Promise<void> {
  worker.suspend({ code: 'closing' })
  await withTimeout(worker.rests, CLOSE_PATIENCE_MS, worker.abandon, { clock })
  await worker.rests
}

/** A request waits for its turn behind others; the run that it means is the one under way when it is made. */
function ask(active: ActiveRun, requested: RequestedState, named: string | undefined): Promise<RunProgress> {
  const worked = active.worker?.isBusy() === true ? active.worker.runId : undefined
  return active.serial(async () => {
    if (named !== undefined) await unendedRun(active.parts, named, requested)
    return pauseOrStop(active, requested, named ?? worked ?? (await meantRun(active, requested)))
  })
}

/**
 * Pauses or stops a run, whichever process works on it; resolves when no further ticket comes. Whoever works on it obeys;
 * where none does, this process does it. It is looked at again after each attempt: somebody may go on with it meanwhile.
 * What the store cannot be given of it now is written when it can be. Throws `busy` where another process does not obey.
 */
async function pauseOrStop(
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
async function meantRun(active: ActiveRun, requested: RequestedState): Promise<string> {
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

function noneUnderWay(): AppError {
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
