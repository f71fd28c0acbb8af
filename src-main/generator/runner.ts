import type { ResumeRequest, RunProgress, RunRequest } from '../../src-shared/contract/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { OUTLIVE_MS } from '../leases/lease.ts'
import { withTimeout } from '../runtime/async.ts'
import type { RequestedState } from '../store/ledger.ts'
import { createActiveRun, launch, resumeRun } from './active-run.ts'
import { newRunId } from './marks.ts'
import type { GeneratorParts } from './parts.ts'
import { meantRun, noneUnderWay, pauseOrStop } from './pause-or-stop.ts'
import { prepareNew, unendedRun, type Prepared } from './prepare-run.ts'
import type { RunWorker } from './run-worker.ts'

/** Requests under way when the program closes get so long (real ms) for their answers. */
const CLOSE_PATIENCE_MS = 1_000

export type Generator = ReturnType<typeof createGenerator>

/** Makes runs of tickets, and goes on with them. */
export function createGenerator(parts: GeneratorParts) {
  const closing = new AbortController()
  const { signal } = closing
  const active = createActiveRun(parts, signal)
  const { serial, views } = active
  /** A request waits for its turn behind others; the run that it means is the one under way when it is made. */
  const bringToRest = (requested: RequestedState, named: string | undefined): Promise<RunProgress> => {
    const worked = active.worker?.isBusy() === true ? active.worker.runId : undefined
    return serial(async () => {
      if (named !== undefined) await unendedRun(parts, named, requested)
      return pauseOrStop(active, requested, named ?? worked ?? (await meantRun(active, requested)))
    })
  }

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
    pause: (runId?: string): Promise<RunProgress> => bringToRest('pause', runId),
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
    stop: (runId?: string): Promise<RunProgress> => bringToRest('stop', runId),
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
    works(): boolean {
      const { worker } = active
      return worker !== null && (worker.isBusy() || worker.waits())
    },
    /** The store can be reached again: what waited for it goes on at once. */
    storeBack: () => active.hurry.abort(),
    /** For the program's exit: pauses the run, within two seconds. Nothing can be begun afterwards. */
    async close() {
      closing.abort(closed())
      const { worker } = active
      if (worker?.isBusy() === true) {
        worker.suspend({ code: 'closing' })
        // What Jira has not answered in time is given up and looked for when the run goes on.
        await withTimeout(worker.rests, CLOSE_PATIENCE_MS, worker.abandon, parts)
        await worker.rests
      }
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
