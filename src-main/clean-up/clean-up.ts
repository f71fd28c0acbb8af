import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { Params } from '../../src-shared/contract/methods.ts'
import type { CleanUp, CleanUpPreview } from '../../src-shared/contract/clean-up.ts'
import { AppError, nothingDeleted } from '../../src-shared/errors/app-error.ts'
import { cleanUpOwner, RUN_LEASE } from '../generator/run-lease.ts'
import { isEnded } from '../generator/run-state.ts'
import type { Jira } from '../jira/jira.ts'
import { createLease, type Lease, type LeaseParts } from '../leases/lease.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { LeaseStore } from '../store/leases.ts'
import type { LedgerStore, Run } from '../store/ledger.ts'
import { limit } from '../runtime/async.ts'
import type { DeletedTicket } from '../sync/removed-tickets.ts'
import { openRun, previewOf, previewOfOpen, refusalOf } from './preview.ts'
import { surveyRun, type Survey } from './survey.ts'
import { startDeleting, type DeletingWork } from './delete-run.ts'

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
  const { siteId } = parts
  const closing = new AbortController()
  const serial = limit(1)
  let work: DeletingWork | null = null
  const underWay = (): DeletingWork | null => (work?.current().state === 'running' ? work : null)

  const begin = async (request: Params<'runs.cleanUp'>): Promise<CleanUp> => {
    closing.signal.throwIfAborted()
    if (request.confirmedSite !== siteId) throw otherSite()
    const lease = createCleanUpLease(parts)
    const lost = new AbortController()
    const onLost = (error: unknown): void => lost.abort(error)
    await lease.take({ waitMs: 0, signal: closing.signal, onLost })
    try {
      const signal = AbortSignal.any([closing.signal, lost.signal])
      const survey = await surveyOfEnded(parts, await storedRun(parts, request.runId), signal)
      refuseUnlessAgreed(survey, request.count)
      signal.throwIfAborted()
      work = startDeleting({ ...parts, lease, lost: lost.signal, survey })
      return work.current()
    } catch (error) {
      // Undropped it runs out by itself; what went wrong is what counts.
      await lease.drop().catch(() => {})
      throw error
    }
  }

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
        return begin(request)
      }),
    /** Ends it at the next ticket; it can be begun again. Throws `not-found` where none is under way. */
    async stop() {
      const working = underWay()
      if (working === null) throw noneUnderWay()
      return working.stop()
    },
    /** The clean-up under way, else the last one of this process; null before the first. */
    current: () => work?.current() ?? null,
    /** For the program's exit: as `stop`, within two seconds. Nothing can be begun afterwards. */
    async close(): Promise<void> {
      closing.abort(closed())
      await underWay()?.stop()
      await serial(async () => {})
    },
  }
}
export type CleanUpService = ReturnType<typeof createCleanUp>

async function storedRun(
  { store, siteId }: Pick<CleanUpParts, 'store' | 'siteId'>,
  runId: string,
): Promise<Run> {
  const run = await store.run(siteId, runId)
  if (run !== null) return run
  throw nothingDeleted('not-found', `There is no run ${runId} here.`, 'jira-tpm runs lists them.')
}

async function surveyOfEnded(parts: CleanUpParts, run: Run, signal: AbortSignal): Promise<Survey> {
  if (!isEnded(run)) throw openRun(run)
  return surveyRun(parts, run, signal)
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

function noneUnderWay(): AppError {
  return new AppError('not-found', 'No clean-up is under way.')
}

function closed(): AppError {
  return new AppError('cancelled', 'The program is closing.', { consequence: 'No clean-up was begun.' })
}

/**
 * The lease of the site's runs: while tickets of a run are deleted none is made, and no other process deletes any. It is held
 * under a name of its own, so that a run of this very process is another's, too.
 */
function createCleanUpLease(parts: Pick<LeaseParts, 'store' | 'siteId' | 'owner' | 'clock'>): Lease {
  const owner = cleanUpOwner(parts.owner)
  return createLease({ ...parts, owner, name: RUN_LEASE, taken, takenOver })
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
