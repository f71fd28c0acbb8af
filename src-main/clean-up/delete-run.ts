import type { CleanUp } from '../../src-shared/contract/clean-up.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Lease } from '../leases/lease.ts'
import { paced } from '../live/paced.ts'
import type { CleanUpParts } from './clean-up.ts'
import { createRemovals, deleteTickets } from './delete-tickets.ts'
import { keptForbidden, MAX_NAMED, refusalView } from './preview.ts'
import type { Kept, Survey } from './survey.ts'
import { withTimeout } from '../runtime/async.ts'

/** Published at most so often. */
const PACE = { burst: 1, everyMs: 200 }

/** Requests under way when it is stopped get so long (real ms) for their answers. */
const STOP_PATIENCE_MS = 1_000

interface WorkParts extends CleanUpParts {
  /** It is held; it is let go of when the work ends. */
  readonly lease: Lease
  /** Aborted with the reason when another process took it over. */
  readonly lost: AbortSignal
  readonly survey: Survey
}

/** A clean-up that this process works on. */
export type DeletingWork = ReturnType<typeof startDeleting>

/** Sets to work on what a survey found. Never throws: what goes wrong is the clean-up's failure. */
export function startDeleting(parts: WorkParts) {
  const { clock, siteTime, onDeleted, jira, lease, lost, survey, log } = parts
  const { runId } = survey.run
  const stopping = new AbortController()
  const abandoned = new AbortController()
  const progress = createCleanUpProgress(parts)
  let trouble: unknown = null
  const onTrouble = (error: unknown): void => {
    trouble ??= error
    stopping.abort()
  }
  const removals = createRemovals({ ...parts, runId, onTrouble })
  lost.addEventListener('abort', () => stopping.abort(), { once: true })

  const work = async (): Promise<boolean> => {
    // Somebody else deleted them, or a clean-up that died before it had said so.
    await onDeleted(
      survey.goneIds.map((id) => ({ id })),
      siteTime.now(),
    )
    const both = { stopping: stopping.signal, signal: abandoned.signal }
    return deleteTickets({ runId, jira, clock, removals, listener: progress, ...both }, survey.permitted)
  }
  const end = async (): Promise<CleanUp> => {
    const { isWhole, failure } = await workAndWrite(work, () => removals.flush())
    await lease.drop().catch((err: unknown) => log.warn({ err, runId }, 'a lease runs out by itself'))
    const error = lost.aborted ? lost.reason : (trouble ?? failure)
    if (error !== null) log.warn({ err: error, runId }, 'a clean-up ended before its end')
    return progress.end(howItEnded(error, isWhole, abandoned.signal.aborted))
  }
  const giveUp = (): void => abandoned.abort()
  const ended = end()
  return {
    current: progress.current,
    /**
     * Ends it at the next ticket; resolves when all that it did is written. What Jira does not answer within a second is
     * given up, and found out when it is begun again.
     */
    stop(): Promise<CleanUp> {
      stopping.abort()
      void withTimeout(ended, STOP_PATIENCE_MS, giveUp, { clock })
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

const GO_ON = 'Clean up again to go on: what is deleted is not asked for again.'

function endFailure(error: unknown): NonNullable<CleanUp['failure']> {
  const { hint, ...text } = refusalView(error)
  // What a person must change first has a way of its own.
  const isTheirs = error instanceof AppError && error.code === 'jira-refused'
  return { ...text, hint: isTheirs || hint === '' ? hint || GO_ON : `${hint} ${GO_ON}` }
}

/** How far a clean-up is: published at once when it begins, then as tickets go, and in any case when it ends. */
function createCleanUpProgress({ survey, hub }: Pick<WorkParts, 'survey' | 'hub'>) {
  const ended = new AbortController()
  let state = atBeginning(survey)
  const publish = paced(async () => hub.publish('clean-up.changed', state), PACE, ended.signal)
  const change = (next: Partial<CleanUp>): void => {
    state = { ...state, ...next }
    publish()
  }
  publish()
  return {
    deleted: () => change({ deleted: state.deleted + 1 }),
    kept: (ticket: Kept) => change({ kept: [...state.kept, ticket].slice(0, MAX_NAMED) }),
    gone: () => change({ total: state.total - 1 }),
    current: () => state,
    /** Nothing is published after it. */
    end(how: Pick<CleanUp, 'state' | 'failure'>): CleanUp {
      ended.abort()
      state = { ...state, ...how }
      hub.publish('clean-up.changed', state)
      return state
    },
  }
}

function atBeginning({ run, permitted, forbidden, kept }: Survey): CleanUp {
  return {
    runId: run.runId,
    state: 'running',
    total: permitted.length,
    deleted: 0,
    kept: [...kept, ...forbidden.map(keptForbidden)].slice(0, MAX_NAMED),
    failure: null,
  }
}
