import type { CleanUp, CleanUpPreview } from '../../src-shared/contract/runs/clean-up.ts'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import { AppError, nothingDeleted } from '../../src-shared/errors/app-error.ts'
import { cleanUpOwner, RUN_LEASE } from '../generator/run-lease.ts'
import { isEnded } from '../generator/run-state.ts'
import type { Jira } from '../jira/jira.ts'
import { createLease, type Lease } from '../leases/lease.ts'
import { limit, withTimeout } from '../runtime/async.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { LeaseStore } from '../store/leases.ts'
import type { LedgerStore, Run } from '../store/ledger/ledger.ts'
import type { DeletedTicket } from '../sync/removed-tickets.ts'
import { createRemovals, deleteTickets } from './delete-tickets.ts'
import { openRun, previewOf, previewOfOpen, refusalOf } from './preview.ts'
import { createCleanUpProgress, endFailure, otherCleanUp } from './progress.ts'
import { surveyRun, type Survey } from './survey.ts'

export interface CleanUpParts {
  readonly siteId: string
  readonly jira: Pick<Jira, 'byIds' | 'search' | 'permissions' | 'deleteTicket'>
  readonly store: LedgerStore & LeaseStore
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly hub: Pick<EventHub, 'publish'>
  /** Names this process among those that share the store. */
  readonly owner: string
  /** Called with batches of deleted tickets: they leave the chart at once. Site epoch ms. */
  readonly onDeleted: (deleted: readonly DeletedTicket[], atMs: number) => Promise<void>
  readonly log: Pick<Log, 'warn' | 'info'>
}

/** Deletes from Jira what a run made, and nothing else. */
export function createCleanUp(parts: CleanUpParts) {
  const closing = new AbortController()
  const serial = limit(1)
  let work: DeletingWork | null = null
  const underWay = (): DeletingWork | null => (work?.current().state === 'running' ? work : null)
  const current = (): CleanUp | null => work?.current() ?? null
  const last = async (): Promise<CleanUp | null> =>
    underWay()?.current() ?? (await otherCleanUp(parts, cleanUpOwner(parts.owner))) ?? current()

  return {
    /** What would be deleted. Asks Jira anew; deletes nothing. Throws `not-found`, and whatever Jira and the store throw. */
    async preview(runId: string, signal: AbortSignal): Promise<CleanUpPreview> {
      const run = await storedRun(parts, runId)
      if (!isEnded(run)) return previewOfOpen(run)
      return previewOf(await surveyRun(parts, run, signal))
    },
    /**
     * Begins; `clean-up.changed` says what happens. Throws `not-confirmed` where another site or another count was
     * agreed to than there is, `busy` where the run is not over, or a run or a clean-up is under way, here or in another
     * process, `jira-refused` where the account may not delete, and as `preview`.
     */
    start: (request: Params<'runs.cleanUp'>) =>
      serial(async () => {
        if (underWay() !== null) throw isUnderWay()
        closing.signal.throwIfAborted()
        work = await begin(parts, request, closing.signal)
        return work.current()
      }),
    /** Ends it at the next ticket; it can be begun again. Throws `not-found` where none is under way, `busy` where another process works on it. */
    async stop() {
      const working = underWay()
      if (working !== null) return working.stop()
      throw (await last())?.state === 'running'
        ? isElsewhere()
        : new AppError('not-found', 'No clean-up is under way.')
    },
    /** The clean-up under way, else the last one of this process; null before the first. */
    current,
    /** The same of all processes that share the store. Throws as the store. */
    last,
    /** For the program's exit: as `stop`, within two seconds. Nothing can be begun afterwards. */
    async close(): Promise<void> {
      closing.abort(closed())
      await underWay()?.stop()
      await serial(async () => {})
    },
  }
}

/** Looks at a run anew, under the lease, and sets to work where that is what was agreed to. */
async function begin(
  parts: CleanUpParts,
  request: Params<'runs.cleanUp'>,
  closing: AbortSignal,
): Promise<DeletingWork> {
  if (request.confirmedSite !== parts.siteId) throw otherSite()
  const { lease, lost } = await takeRunLease(parts, closing)
  try {
    const signal = AbortSignal.any([closing, lost])
    const run = await storedRun(parts, request.runId)
    if (!isEnded(run)) throw openRun(run)
    const survey = await surveyRun(parts, run, signal)
    refuseUnlessAgreed(survey, request.count)
    signal.throwIfAborted()
    return startDeleting({ ...parts, lease, lost, survey })
  } catch (error) {
    // Undropped it runs out by itself; what went wrong is what counts.
    await lease.drop().catch(() => {})
    throw error
  }
}

export type CleanUpService = ReturnType<typeof createCleanUp>

/** While tickets of a run are deleted none is made, and no other process deletes any. */
async function takeRunLease(parts: CleanUpParts, signal: AbortSignal) {
  // Under a name of its own: a run of this very process is another's, too.
  const owner = cleanUpOwner(parts.owner)
  const lease = createLease({ ...parts, owner, name: RUN_LEASE, taken, takenOver })
  const lost = new AbortController()
  await lease.take({ waitMs: 0, signal, onLost: (error) => lost.abort(error) })
  return { lease, lost: lost.signal }
}

async function storedRun({ store, siteId }: CleanUpParts, runId: string): Promise<Run> {
  const run = await store.run(siteId, runId)
  if (run !== null) return run
  throw nothingDeleted('not-found', `There is no run ${runId} here.`, 'jira-tpm runs lists them.')
}

function refuseUnlessAgreed(survey: Survey, agreed: number): void {
  const refusal = refusalOf(survey)
  if (refusal !== null) throw refusal
  const { count } = previewOf(survey)
  if (count === agreed) return
  throw nothingDeleted(
    'not-confirmed',
    `Run ${survey.run.runId} has ${count} tickets to delete by now, not ${agreed}.`,
    'Look at them again, and say yes to their number.',
  )
}

function otherSite(): AppError {
  return nothingDeleted(
    'not-confirmed',
    'The tickets would be deleted from another Jira than was agreed to.',
    'Look at them again, and say yes.',
  )
}

function isUnderWay(): AppError {
  return new AppError('busy', 'A clean-up is under way already.', {
    consequence: 'No other was begun.',
    hint: 'Stop it first, or wait until it is done.',
  })
}

function isElsewhere(): AppError {
  return new AppError('busy', 'Another window or command works on the clean-up.', {
    consequence: 'It goes on.',
    hint: 'Stop it there.',
  })
}

function closed(): AppError {
  return new AppError('cancelled', 'The program is closing.', { consequence: 'No clean-up was begun.' })
}

function taken(): AppError {
  return new AppError('busy', 'A run or a clean-up is under way in this Jira, here or elsewhere.', {
    consequence: 'Nothing was deleted.',
    hint: 'Wait until it has ended, or stop it.',
    retryable: true,
  })
}

function takenOver(): AppError {
  return new AppError(
    'busy',
    'This program was held up, and another one has begun to work on the runs of this Jira.',
    { hint: 'Begin again when that has ended.' },
  )
}

interface WorkParts extends CleanUpParts {
  /** It is held; it is let go of when the work ends. */
  readonly lease: Lease
  /** Aborted with the reason when another process took it over. */
  readonly lost: AbortSignal
  readonly survey: Survey
}

/** A clean-up that this process works on. */
type DeletingWork = ReturnType<typeof startDeleting>

/** Requests under way when it is stopped get so long (real ms) for their answers. */
const STOP_PATIENCE_MS = 1_000

/** Sets to work on what a survey found. Never throws: what goes wrong is the clean-up's failure. */
function startDeleting(parts: WorkParts) {
  const { clock, siteTime, onDeleted, jira, lease, lost, survey, log } = parts
  const { runId } = survey.run
  const stopping = new AbortController()
  const abandoned = new AbortController()
  const letGo = (): Promise<void> =>
    lease.drop().catch((err: unknown) => log.warn({ err, runId }, 'a lease runs out by itself'))
  const progress = createCleanUpProgress({ ...parts, owner: cleanUpOwner(parts.owner), letGo })
  let trouble: unknown = null
  const onTrouble = (error: unknown): void => {
    trouble ??= error
    stopping.abort()
  }
  const removals = createRemovals(parts, runId, onTrouble)
  lost.addEventListener('abort', () => stopping.abort(), { once: true })

  const work = async (): Promise<boolean> => {
    // Somebody else deleted them, or a clean-up that died before it had said so.
    const gone = survey.goneIds.map((id) => ({ id }))
    await onDeleted(gone, siteTime.now())
    const both = { stopping: stopping.signal, signal: abandoned.signal }
    return deleteTickets({ runId, jira, clock, removals, listener: progress, ...both }, survey.permitted)
  }
  const end = async (): Promise<CleanUp> => {
    const { isWhole, failure } = await workAndWrite(work, () => removals.flush())
    const error = lost.aborted ? lost.reason : (trouble ?? failure)
    if (error !== null) log.warn({ err: error, runId }, 'a clean-up ended before its end')
    return progress.end(howItEnded(error, isWhole, abandoned.signal.aborted))
  }
  const ended = end()
  return {
    current: progress.current,
    /**
     * Ends it at the next ticket; resolves when all that it did is written. What Jira does not answer within a second is
     * given up, and found out when it is begun again.
     */
    stop(): Promise<CleanUp> {
      stopping.abort()
      void withTimeout(ended, STOP_PATIENCE_MS, () => abandoned.abort(), { clock })
      return ended
    },
  }
}

function howItEnded(
  error: unknown,
  isWhole: boolean,
  isAbandoned: boolean,
): Pick<CleanUp, 'state' | 'failure'> {
  if (error === null) return { state: isWhole ? 'done' : 'stopped', failure: null }
  const isGivenUp = isAbandoned && error instanceof AppError && error.code === 'cancelled'
  return { state: 'stopped', failure: isGivenUp ? null : endFailure(error) }
}

/** Does the work and, however that ends, writes what it did. `failure` is the error of either; null where there is none. */
async function workAndWrite(
  work: () => Promise<boolean>,
  write: () => Promise<void>,
): Promise<{ isWhole: boolean; failure: unknown }> {
  try {
    const isWhole = await work()
    await write()
    return { isWhole, failure: null }
  } catch (failure) {
    // What cannot be written now is found to be gone when it is begun again.
    await write().catch(() => {})
    return { isWhole: false, failure }
  }
}
