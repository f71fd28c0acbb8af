import type { RunProgress } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Lease } from '../leases/lease.ts'
import { isHere } from '../leases/lease-owner.ts'
import { createHalt, type Halt, type HaltCause } from './halt.ts'
import { createLedger } from './ledger.ts'
import type { GeneratorParts } from './parts.ts'
import { heldBack, isOpen, settled, waitsForStore, type Rest } from './rest.ts'
import { launchRun, type LaunchParts, type WorkingRun } from './working-run.ts'

/** A program that ends lets go of its run in this time (real ms). */
const ENDING_MS = 2_500

/** A run that is ready to be worked on. */
export type Prepared = Pick<LaunchParts, 'run' | 'order' | 'issueTypeId' | 'restsAs'>

/** The run that this process works on, one at a time, or how its last one came to rest. */
export interface OwnRun {
  working(): WorkingRun | null
  rest(): Rest | null
  /** The rest of that run; null where this process has not worked on it of late. */
  restOf(runId: string): Rest | null
  /** The rest that waits for its store; null where none does. */
  waiting(): Rest | null
  /**
   * Prepares a run while holding the lease, and sets it to work. Throws `busy` where one is under way, here or in a
   * process that does not end within `waitMs`, and what the preparation throws.
   */
  launch(waitMs: number, prepare: (halt: Halt) => Promise<Prepared>): Promise<WorkingRun>
  /** The run that waits shall not go on by itself. */
  holdBack(waiting: Rest, cause: HaltCause): RunProgress
  /** Nothing is left to do about a rest: another process has taken care of the run, or all was written. */
  letGo(rest: Rest, shown: RunProgress): void
  /** How the run under way will end, when it goes on no more; null where none is under way. */
  finished(): Promise<RunProgress> | null
}

interface OwnRunParts {
  readonly parts: GeneratorParts
  readonly lease: Lease
  /** The program is closing. */
  readonly closing: AbortSignal
  /** What is thrown where another process has the lease. */
  readonly taken: () => Promise<AppError>
  /** Hears that a run came to rest and something is left to be done when its store is back. */
  readonly onOpenRest: () => void
}

export function createOwnRun({ parts, lease, closing, taken, onOpenRest }: OwnRunParts): OwnRun {
  const { store, siteId, siteTime, hub, log } = parts
  let working: WorkingRun | null = null
  let rest: Rest | null = null
  let finished: PromiseWithResolvers<RunProgress> | null = null
  const restOf = (runId: string): Rest | null => (rest?.run.runId === runId ? rest : null)

  const setToWork = (prepared: Prepared, halt: Halt): WorkingRun => {
    const { run } = prepared
    const { runId } = run
    const ledger = restOf(runId)?.ledger ?? createLedger({ store, siteId, runId, siteTime })
    const launched = launchRun({ ...parts, ...prepared, ledger, lease, halt })
    working = launched
    finished ??= Promise.withResolvers()
    void launched.ended.then((end) => {
      working = null
      comeToRest({ run, end, ledger })
    })
    return launched
  }
  const comeToRest = (next: Rest): void => {
    rest = next
    hub.publish('run.changed', next.end.progress)
    if (isOpen(next)) onOpenRest()
    if (!waitsForStore(next)) finish(next.end.progress)
  }
  const finish = (progress: RunProgress): void => {
    finished?.resolve(progress)
    finished = null
  }

  return {
    working: () => working,
    rest: () => rest,
    restOf,
    waiting: () => (working === null && rest !== null && waitsForStore(rest) ? rest : null),
    async launch(waitMs, prepare) {
      if (working !== null) throw underWay()
      const halt = createHalt()
      try {
        await lease.take({
          waitMs: await patienceMs(lease, waitMs),
          signal: closing,
          onLost: (error) => halt.pull({ error }),
        })
      } catch (error) {
        throw error instanceof AppError && error.code === 'busy' ? await taken() : error
      }
      try {
        const prepared = await prepare(halt)
        closing.throwIfAborted()
        return setToWork(prepared, halt)
      } catch (error) {
        // Undropped it runs out by itself; what went wrong is what counts.
        await lease
          .drop()
          .catch((failure: unknown) => log.warn({ err: failure }, 'a lease was not let go of'))
        throw error
      }
    },
    holdBack(waiting, cause) {
      const held = heldBack(waiting, cause, log)
      comeToRest(held)
      return held.end.progress
    },
    letGo(known, shown) {
      rest = settled(known)
      finish(shown)
    },
    finished: () => finished?.promise ?? null,
  }
}

/** A process of this machine that is alive works on, unless it is about to end. */
async function patienceMs(lease: Lease, waitMs: number): Promise<number> {
  const holder = waitMs > ENDING_MS ? await lease.otherHolder() : null
  return holder !== null && isHere(holder.owner) ? ENDING_MS : waitMs
}

function underWay(): AppError {
  return new AppError('busy', 'A run is under way already. No other was begun.', {
    hint: 'Stop it first, or wait until it is done.',
  })
}
