import type { RunProgress, RunRequest } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../clock.ts'
import { OUTLIVE_MS } from '../lease.ts'
import { createSerial } from '../serial.ts'
import type { Run } from '../store/store.ts'
import type { Halt, HaltCause } from './halt.ts'
import { createKeepTrying } from './keep-trying.ts'
import { createOwnRun, type Prepared } from './own-run.ts'
import { USUAL_FIELD, type GeneratorParts } from './parts.ts'
import { isAsLeft, isOpen, restState, waitsForStore, type Rest } from './rest.ts'
import { isStoreAway, restReason } from './rest-reason.ts'
import { resumableRun, reviveRun } from './resume-run.ts'
import { createRunLease } from './run-lease.ts'
import { runProgress } from './run-progress.ts'
import { chooseTarget } from './run-target.ts'
import { cannotCompress, draftRun, storeRun } from './start-run.ts'
import type { WorkingRun } from './working-run.ts'

/** Requests under way when the program closes get so long (real ms) for their answers. */
const CLOSE_PATIENCE_MS = 1_000

/** A store that cannot be written is tried so often (real ms), besides when it is told to be back. */
const TRY_STORE_MS = 5_000

export interface Generator {
  /**
   * Begins a run; resolves when it is under way. Throws `usage`, `busy` where this or another process works on one,
   * `jira-refused` where Jira does not let us create such tickets, and whatever Jira and the store throw.
   */
  start(request: RunRequest): Promise<RunProgress>
  /**
   * Sends no further slot; resolves when what was sent has its outcome. A run that waits for its store does not go on by
   * itself any more. Throws `not-found` where no run is under way.
   */
  pause(): Promise<RunProgress>
  /** Goes on with the last run, of this process or a dead one. Throws `not-found` where it has ended, and as `start`. */
  resume(): Promise<RunProgress>
  /**
   * As `pause`, but for good. A run that is paused or broken can be stopped, too. What the store cannot be told of it
   * now is written when it can be.
   */
  stop(): Promise<RunProgress>
  /** The run under way, else the last one; null before the first. Changes nothing in the store. */
  current(): Promise<RunProgress | null>
  /**
   * Resolves when the run under way ends or pauses, except for one that waits for its store: that goes on. Throws
   * `not-found` where there never was one.
   */
  finished(): Promise<RunProgress>
  /** Whether this process works on a run, also while that waits for its store. */
  works(): boolean
  /** The store can be reached again: what waited for it goes on at once. */
  storeBack(): void
  /** For the program's exit: pauses the run, within two seconds. Nothing can be begun afterwards. */
  close(): Promise<void>
}

export function createGenerator(parts: GeneratorParts): Generator {
  const { store, siteId, siteTime, jira, clock, log } = parts
  const closing = new AbortController()
  const { signal } = closing
  const lease = createRunLease(parts)
  const serial = createSerial()
  const own = createOwnRun({ parts, lease, closing: signal, onOpenRest: () => tending.begin() })

  const begin = async (request: RunRequest): Promise<Prepared> => {
    const owed = own.rest()
    if (owed !== null && isOpen(owed) && (await settle(owed))) {
      await store.setRunState(siteId, owed.run.runId, restState(owed.end), siteTime.now())
    }
    const draft = await draftRun(parts, request, signal)
    return { run: await storeRun(parts, draft), issueTypeId: draft.target.issueTypeId }
  }
  const revive = async (): Promise<Prepared> => {
    const run = await resumableRun(parts)
    const known = own.restOf(run.runId)
    // What is known of slots and could not be written when the run came to rest decides what is left to do.
    await known?.ledger.flush()
    if (run.rate !== 1 && parts.compress === undefined) throw cannotCompress()
    const field = parts.watchedField ?? USUAL_FIELD
    const { issueTypeId } = await chooseTarget(jira, { wantedKey: run.projectKey, field }, signal)
    return { run: await reviveRun(parts, run, known?.siteMs ?? null), issueTypeId }
  }
  /** A run at rest is set to work with its brake pulled: what is in doubt is looked for, nothing is sent. */
  const putToRest = async (halt: Halt, cause: HaltCause): Promise<Prepared> => {
    halt.pull(cause)
    const run = await resumableRun(parts)
    await own.restOf(run.runId)?.ledger.flush()
    return { run, issueTypeId: '' }
  }

  /** Goes on with a run that waited for its store, or writes what is owed of one. True where nothing is left to do. */
  const tend = (): Promise<boolean> =>
    serial(async () => {
      const known = own.rest()
      if (own.working() !== null || known === null || !isOpen(known)) return true
      if (store.health().state === 'down') return false
      const waits = waitsForStore(known)
      const { cause } = known.end
      try {
        if (!(await settle(known))) return true
        await own.launch(0, waits ? revive : (halt) => putToRest(halt, cause ?? 'pause'))
        return true
      } catch (error) {
        if (signal.aborted) return true
        const passes = isStoreAway(error) || (error instanceof AppError && error.retryable)
        if (!passes && waits) own.holdBack(known, { error })
        else if (!passes) log.warn({ err: error }, 'the end of a run could not be written down')
        return false
      }
    })
  const tending = createKeepTrying(tend, { clock, everyMs: TRY_STORE_MS, signal })
  /** Writes the outcomes that are owed of a run. False where nothing else is. */
  const settle = async (known: Rest): Promise<boolean> => {
    await known.ledger.flush()
    const stored = await store.lastRun(siteId)
    const isWritten = !waitsForStore(known) && stored?.state === restState(known.end)
    if (isAsLeft(known, stored) && !isWritten) return true
    own.letGo(known, (await current()) ?? known.end.progress)
    return false
  }

  const current = async (): Promise<RunProgress | null> => {
    const working = own.working()
    if (working !== null) return working.progress()
    const rest = own.rest()
    try {
      const run = await store.lastRun(siteId)
      if (run === null) return null
      const mine = rest !== null && isAsLeft(rest, run) ? rest : null
      const counts = await store.runCounts(siteId, run.runId)
      if (mine !== null && isOpen(mine)) return runProgress(run, counts, mine.end.progress)
      const state = await shownState(run)
      const reason = mine?.end.progress.reason ?? restReason(state)
      return runProgress(run, counts, { state, reason })
    } catch (error) {
      if (rest !== null && isStoreAway(error)) return rest.end.progress
      throw error
    }
  }
  const shownState = async ({ state }: Run): Promise<RunProgress['state']> =>
    state === 'running' && (await lease.otherHolder()) === null ? 'broken' : state

  /** Pulls the brake of the run under way; resolves with its end, null where it waits for its store or none is under way. */
  const brake = async (cause: HaltCause): Promise<RunProgress | null> => {
    const working = own.working()
    working?.halt.pull(cause)
    const end = await working?.ended
    return end === undefined || end.progress.waits === true ? null : end.progress
  }
  const pause = async (): Promise<RunProgress> => {
    const paused = await brake('pause')
    if (paused !== null) return paused
    const waiting = own.waiting()
    if (waiting === null) throw noneUnderWay()
    return own.holdBack(waiting, 'pause')
  }
  const stop = async (): Promise<RunProgress> => {
    const stopped = await brake('stop')
    if (stopped !== null) return stopped
    const waiting = own.waiting()
    try {
      const stopping = await own.launch(OUTLIVE_MS, (halt) => putToRest(halt, 'stop'))
      return (await stopping.ended).progress
    } catch (error) {
      if (waiting !== null && isStoreAway(error)) return own.holdBack(waiting, 'stop')
      throw error
    }
  }

  return {
    start: (request) => serial(async () => (await own.launch(0, () => begin(request))).progress()),
    pause: () => serial(pause),
    resume: () => serial(async () => (await own.launch(OUTLIVE_MS, revive)).progress()),
    stop: () => serial(stop),
    current,
    async finished() {
      const end = await (own.finished() ?? current())
      if (end === null) throw noneUnderWay()
      return end
    },
    works: () => own.working() !== null || own.waiting() !== null,
    storeBack: () => tending.hurry(),
    async close() {
      closing.abort(closed())
      const working = own.working()
      if (working !== null) await pauseSoon(working, clock)
      await serial(async () => {})
    },
  }
}

/** Pauses a run; what Jira has not answered in time is given up and looked for when the run goes on. */
async function pauseSoon({ halt, ended, abandon }: WorkingRun, clock: Clock): Promise<void> {
  const waiting = new AbortController()
  void ended.then(() => waiting.abort())
  halt.pull('pause')
  await clock.sleep(CLOSE_PATIENCE_MS, waiting.signal).catch(() => {})
  abandon()
  await ended
}

function noneUnderWay(): AppError {
  return new AppError('not-found', 'No run is under way.', { hint: 'Start one, or resume the last one.' })
}

function closed(): AppError {
  return new AppError('cancelled', 'The program is closing. No run was begun.')
}
