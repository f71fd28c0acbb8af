import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { isHere } from '../leases/lease-owner.ts'
import type { Lease } from '../leases/lease.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Run, RunState } from '../store/ledger.ts'
import { launchRun, type LaunchedRun, type LaunchParts, type RunEnd } from './launch-run.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { GeneratorParts } from './parts.ts'
import { abortedReason, createRunAbort, type AbortReason, type RunAbort } from './run-abort.ts'
import { sleep } from '../runtime/async.ts'

/** A program that ends lets go of its run in this time (real ms). */
const ENDING_MS = 2_500

/** A run that is ready to be worked on. */
export type Prepared = Pick<LaunchParts, 'run' | 'order' | 'issueTypeId' | 'finalState'>

export type ActiveRun = ReturnType<typeof createActiveRun>

interface ActiveRunParts {
  readonly parts: GeneratorParts
  readonly lease: Lease
  /** The program is closing. */
  readonly closing: AbortSignal
  /** What is thrown where another process has the lease. */
  readonly taken: () => Promise<AppError>
  /** Called when a run came to rest and something is left to be done when its store is back. */
  readonly onOpenOutcome: () => void
}

/** The run that this process works on, one at a time, or how its last one came to rest. */
export function createActiveRun({ parts, lease, closing, taken, onOpenOutcome }: ActiveRunParts) {
  const { store, siteId, siteTime, hub, log } = parts
  let working: LaunchedRun | null = null
  let outcome: RunOutcome | null = null
  let finished: PromiseWithResolvers<RunProgress> | null = null
  const outcomeOf = (runId: string): RunOutcome | null => (outcome?.run.runId === runId ? outcome : null)

  const setToWork = (prepared: Prepared, runAbort: RunAbort): LaunchedRun => {
    const { run } = prepared
    const { runId } = run
    const ledger = outcomeOf(runId)?.ledger ?? createLedger({ store, siteId, runId, siteTime })
    const launched = launchRun({ ...parts, ...prepared, ledger, lease, runAbort })
    working = launched
    finished ??= Promise.withResolvers()
    void launched.ended.then((end) => {
      working = null
      conclude({ run, end, ledger })
    })
    return launched
  }
  const conclude = (next: RunOutcome): void => {
    outcome = next
    hub.publish('run.changed', next.end.progress)
    if (isOpen(next)) onOpenOutcome()
    if (!waitsForStore(next)) finish(next.end.progress)
  }
  const finish = (progress: RunProgress): void => {
    finished?.resolve(progress)
    finished = null
  }

  return {
    launched: (): LaunchedRun | null => working,
    outcome: (): RunOutcome | null => outcome,
    /** The outcome of that run; null where this process has not worked on it of late. */
    outcomeOf,
    /** The outcome that waits for its store; null where none does. */
    waiting: (): RunOutcome | null =>
      working === null && outcome !== null && waitsForStore(outcome) ? outcome : null,
    /**
     * Prepares a run while holding the lease, and sets it to work. Throws `busy` where one is under way, here or in a
     * process that does not end within `waitMs`, and what the preparation throws.
     */
    async launch(waitMs: number, prepare: (runAbort: RunAbort) => Promise<Prepared>): Promise<LaunchedRun> {
      if (working !== null) throw underWay()
      const runAbort = createRunAbort()
      try {
        await lease.take({
          waitMs: await patienceMs(lease, waitMs),
          signal: closing,
          onLost: (error) => runAbort.abort({ error }),
        })
      } catch (error) {
        throw error instanceof AppError && error.code === 'busy' ? await taken() : error
      }
      try {
        const prepared = await prepare(runAbort)
        closing.throwIfAborted()
        return setToWork(prepared, runAbort)
      } catch (error) {
        // Undropped it runs out by itself; what went wrong is what counts.
        await lease
          .drop()
          .catch((failure: unknown) => log.warn({ err: failure }, 'a lease was not let go of'))
        throw error
      }
    },
    /** The run that waits shall not go on by itself. */
    suspend(waiting: RunOutcome, cause: AbortReason): RunProgress {
      const held = suspended(waiting, cause, log)
      conclude(held)
      return held.end.progress
    },
    /** Nothing is left to do about an outcome: another process has taken care of the run, or all was written. */
    release(known: RunOutcome, shown: RunProgress) {
      outcome = released(known)
      finish(shown)
    },
    /** How the run under way will end, when it goes on no more; null where none is under way. */
    finished: (): Promise<RunProgress> | null => finished?.promise ?? null,
  }
}

/** A process of this machine that is alive works on, unless it is about to end. */
async function patienceMs(lease: Lease, waitMs: number): Promise<number> {
  const holder = waitMs > ENDING_MS ? await lease.otherHolder() : null
  return holder !== null && isHere(holder.owner) ? ENDING_MS : waitMs
}

function underWay(): AppError {
  return new AppError('busy', 'A run is under way already.', {
    consequence: 'No other was begun.',
    hint: 'Stop it first, or wait until it is done.',
  })
}

/** How the last run of this process came to rest: what the store does not keep of it, or does not know yet. */
export interface RunOutcome {
  readonly run: Run
  readonly end: RunEnd
  readonly ledger: Ledger
}

/** Whether nothing but its store hinders it: it goes on when that is back. */
export function waitsForStore({ end }: RunOutcome): boolean {
  return end.progress.waits === true
}

/** Whether something is left to be done as soon as its store can be written again. */
export function isOpen(rest: RunOutcome): boolean {
  return waitsForStore(rest) || rest.end.owes
}

/** Whether a run is in the store as this process left it: no other has gone on with it or ended it, or begun a new one. */
export function isAsLeft({ run, end }: RunOutcome, stored: Run | null, last: Run | null): boolean {
  if (stored?.runId !== run.runId || !end.stateSinceMs.includes(stored.stateSinceMs)) return false
  return last === null || last.runId === run.runId || last.createdAtMs < end.siteMs
}

/** What is to be written of it. */
export function finalState({ progress, cause }: RunEnd): RunState {
  if (progress.state === 'done') return 'done'
  return cause === 'stop' ? 'stopped' : 'paused'
}

/** The rest of a run that waited for its store and shall not go on: as a person says, or because of an error. */
function suspended(
  rest: RunOutcome,
  cause: NonNullable<RunEnd['cause']>,
  log: GeneratorParts['log'],
): RunOutcome {
  const { waits: _waits, why: _why, ...progress } = rest.end.progress
  const state = cause === 'stop' ? 'stopped' : 'paused'
  const reason = abortedReason(cause, { waits: false, missed: rest.end.progress.missed }, log)
  return { ...rest, end: { ...rest.end, cause, progress: { ...progress, state, ...reason }, owes: true } }
}

/** The rest of a run that others take care of, or of which all is written. */
function released({ end, ...rest }: RunOutcome): RunOutcome {
  const { waits: _, ...progress } = end.progress
  return { ...rest, end: { ...end, progress, owes: false } }
}

/** Tries something again and again until it is done with. */

/**
 * `work` returns whether it is done; it must not reject. `everyMs`: real milliseconds before each try. It ends with
 * the signal's abort.
 */
export function createRetry(
  work: () => Promise<boolean>,
  {
    clock,
    everyMs,
    signal,
  }: { readonly clock: Clock; readonly everyMs: number; readonly signal: AbortSignal },
) {
  let trying = false
  let pause = new AbortController()

  const tryOn = async (): Promise<void> => {
    do {
      // A pause that is cut short leads to the next try.
      await sleep(everyMs, AbortSignal.any([signal, pause.signal]), clock)
      pause = new AbortController()
      if (signal.aborted) return
    } while (!(await work()))
    trying = false
  }
  return {
    /** Tries after a pause, and from then on. Where it is at it already, it goes on as it does. */
    begin() {
      if (trying || signal.aborted) return
      trying = true
      void tryOn()
    },
    /** The next try comes at once: what hindered it may be gone. */
    hurry: () => pause.abort(),
  }
}
