import type { ResumeRequest, RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { isHere } from '../leases/lease-owner.ts'
import { limit, sleep, type Limit } from '../runtime/async.ts'
import type { RequestedState, Run } from '../store/ledger/ledger.ts'
import type { GeneratorParts } from './parts.ts'
import { askedRun, prepareResumed, prepareStill, type Prepared } from './planning/prepare-run.ts'
import { createRunLease, otherRunHolder, runsAreTaken } from './run-lease.ts'
import { isActive, isStoreAway } from './run-state.ts'
import { createRunViews, type RunViews } from './run-views.ts'
import { startWorker, type RunWorker } from './run-worker.ts'

/** A store that cannot be written is tried so often (real ms), besides when it is reported to be back. */
const TRY_STORE_MS = 5_000

/** A program that ends lets go of its run in this time (real ms). */
const ENDING_MS = 2_500

/** The run that this process works on, one at a time, or worked on last. */
export interface ActiveRun {
  readonly parts: GeneratorParts
  /** The program is closing. */
  readonly closing: AbortSignal
  /** One request at a time. */
  readonly serial: Limit
  readonly views: RunViews
  worker: RunWorker | null
  /** How it will end, when it goes on no more; null where none is under way. */
  finished: PromiseWithResolvers<RunProgress> | null
  /** Aborted to cut short the wait for the next try at what the store could not be given. */
  hurry: AbortController
  isTrying: boolean
}

export function createActiveRun(parts: GeneratorParts, closing: AbortSignal): ActiveRun {
  const active: ActiveRun = {
    parts,
    closing,
    serial: limit(1),
    views: createRunViews(parts, () => active.worker),
    worker: null,
    finished: null,
    hurry: new AbortController(),
    isTrying: false,
  }
  return active
}

/** People are shown how the run stands now; what is owed of it is written when the store is back. */
export function conclude(active: ActiveRun, worker: RunWorker): void {
  const progress = worker.lastProgress()
  active.parts.hub.publish('run.changed', progress)
  if (worker.isOpen()) void keepTrying(active)
  if (!worker.waits()) finish(active, progress)
}

function finish(active: ActiveRun, progress: RunProgress): void {
  active.finished?.resolve(progress)
  active.finished = null
}

/**
 * Makes a run ready while holding the lease, and sets it to work. Null where the preparation found nothing to do. Throws
 * `busy` where one is under way, here or in a process that does not end within `waitMs`, and what the preparation throws.
 */
export async function launch(
  active: ActiveRun,
  { runId, waitMs }: { readonly runId: string; readonly waitMs: number },
  prepare: () => Promise<Prepared | null>,
): Promise<RunWorker | null> {
  const { parts, closing } = active
  if (active.worker?.isBusy() === true) throw underWay()
  const lease = createRunLease(parts, runId)
  const lost = Promise.withResolvers<unknown>()
  try {
    await lease.take({ waitMs: await patienceMs(parts, waitMs), signal: closing, onLost: lost.resolve })
  } catch (error) {
    const isTaken = error instanceof AppError && error.code === 'busy'
    throw isTaken ? runsAreTaken(await otherRunHolder(parts)) : error
  }
  let begun: RunWorker | null = null
  try {
    await settle(active, runId)
    const prepared = await prepare()
    closing.throwIfAborted()
    const inherited = active.worker?.runId === runId ? active.worker.ledger : null
    if (prepared !== null) begun = startWorker({ ...parts, ...prepared, lease, inherited })
    return begun
  } finally {
    // Undropped it runs out by itself; what went wrong is what counts.
    if (begun === null)
      await lease.drop().catch((err: unknown) => parts.log.warn({ err }, 'a lease was not let go of'))
    else setToWork(active, begun, lost.promise)
  }
}

function setToWork(active: ActiveRun, worker: RunWorker, lost: Promise<unknown>): void {
  active.worker = worker
  active.finished ??= Promise.withResolvers()
  void lost.then((error) => worker.fail(error))
  void worker.rests.then(() => conclude(active, worker))
}

/** What the last worker could not write is written before another begins. */
async function settle({ worker }: ActiveRun, nextId: string): Promise<void> {
  if (worker === null || !worker.isOpen()) return
  await worker.flush()
  if (worker.waits() && worker.runId === nextId) return
  if (worker.waits()) worker.suspend({ code: 'closing' })
  await worker.save()
  worker.release()
}

/** Goes on with a run: see `ResumeRequest`. Throws as `launch`. */
export async function resumeRun(
  active: ActiveRun,
  request: ResumeRequest,
  waitMs: number,
): Promise<RunWorker | null> {
  const { parts, closing } = active
  const { runId } = await askedRun(parts, request.runId)
  const stoodSinceMs = (run: Run): number | null =>
    active.worker?.runId === runId && active.worker.isAsLeft(run) ? active.worker.stoodSinceMs() : null
  return launch(active, { runId, waitMs }, () => prepareResumed(parts, request, stoodSinceMs, closing))
}

/** Pauses or stops a run that no process works on. Throws as `launch`. */
export function bringToRest(
  active: ActiveRun,
  runId: string,
  requested: RequestedState,
  waitMs: number,
): Promise<RunWorker | null> {
  return launch(active, { runId, waitMs }, () => prepareStill(active.parts, runId, requested))
}

/** Tries again and again to write what is owed, and to go on with a run that waits for its store. */
async function keepTrying(active: ActiveRun): Promise<void> {
  const { closing, parts, serial } = active
  if (active.isTrying) return
  active.isTrying = true
  do {
    // A wait that is cut short leads to the next try.
    await sleep(TRY_STORE_MS, AbortSignal.any([closing, active.hurry.signal]), parts.clock)
    active.hurry = new AbortController()
  } while (!closing.aborted && !(await serial(() => catchUp(active))))
  active.isTrying = false
}

/** Goes on with a run that waited for its store, or writes what is owed of one. True where nothing is left to do. */
export async function catchUp(active: ActiveRun): Promise<boolean> {
  const { parts, worker } = active
  if (worker === null || !worker.isOpen()) return true
  if (parts.store.health().state === 'down') return false
  try {
    return await writeOwed(active, worker)
  } catch (error) {
    if (active.closing.aborted) return true
    const passes = isStoreAway(error) || (error instanceof AppError && error.retryable)
    if (!passes && worker.waits()) {
      worker.fail(error)
      conclude(active, worker)
    } else if (!passes) parts.log.warn({ err: error }, 'the end of a run could not be written down')
    return false
  }
}

/** False where the store is away again. Throws as it does, and as `launch`. */
async function writeOwed(active: ActiveRun, worker: RunWorker): Promise<boolean> {
  const { store, siteId } = active.parts
  const { runId } = worker
  await worker.flush()
  const [row, last] = await Promise.all([store.run(siteId, runId), store.lastRun(siteId)])
  const isOvertaken = last !== null && last.runId !== runId && last.createdAtMs >= worker.stoodSinceMs()
  if (row === null || isOvertaken || !worker.isAsLeft(row)) {
    worker.release()
    finish(active, (await active.views.current()) ?? worker.lastProgress())
    return true
  }
  if (row.requested !== null && isActive(row)) worker.request(row.requested)
  if (worker.waits()) await resumeRun(active, { runId }, 0)
  else if (isActive(worker.current())) await bringToRest(active, runId, 'stop', 0)
  else if (worker.isWritten() || (await worker.save()) || worker.isWritten()) {
    await worker.progress()
    conclude(active, worker)
  } else return false
  return true
}

/** A process of this machine that is alive works on, unless it is about to end. */
async function patienceMs(parts: GeneratorParts, waitMs: number): Promise<number> {
  const holder = waitMs > ENDING_MS ? await otherRunHolder(parts) : null
  return holder !== null && isHere(holder.owner) ? ENDING_MS : waitMs
}

function underWay(): AppError {
  return new AppError('busy', 'A run is under way already.', {
    consequence: 'No other was begun.',
    hint: 'Stop it first, or wait until it is done.',
  })
}
