import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { siteTime as timeOfSite } from '../../src-shared/domain/site-clock.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { Lease } from '../leases/lease.ts'
import type { Run, RunCounts, RunState, Slot } from '../store/ledger.ts'
import {
  abortedReason,
  isRequested,
  isStoreAway,
  stateReason,
  type AbortReason,
  type RunReason,
  type RunAbort,
} from './run-abort.ts'
import type { Ledger } from './ledger.ts'
import { watchRequests } from './requested-state.ts'
import { USUAL_LIMITS, type GeneratorParts, type WorkOrder } from './parts.ts'
import type { SleptSpan } from './pacer.ts'
import { createProgressFeed, NO_COUNTS, runProgress } from './run-progress.ts'
import { runLoop } from './run-loop.ts'

const SLOW_DOWN_TIMEOUT_MS = 1_000

/** How the work on a run ended. */
export interface RunEnd {
  readonly progress: RunProgress
  /** The site's clock since when it stands still. */
  readonly siteMs: number
  /** Null where nothing was left to do, or only what others have in hand. */
  readonly cause: AbortReason | null
  /** The end, or the outcome of a slot, could not be written down. */
  readonly owes: boolean
  /** The `stateSinceMs` that the run may have in the store now, unless another process has touched it since. */
  readonly stateSinceMs: readonly number[]
}

/** A run that this process works on. */
export interface LaunchedRun {
  readonly run: Run
  readonly runAbort: RunAbort
  /** How it ended: done, stopped, or paused with the reason. Never rejects. */
  readonly ended: Promise<RunEnd>
  progress(): Promise<RunProgress>
  /** Gives up the requests under way. Their slots stay in doubt and are looked for when the run goes on. */
  readonly abandon: () => void
}

export interface LaunchParts extends GeneratorParts {
  readonly run: Run
  readonly order: WorkOrder
  /** The type of tickets whose slots name none: those of runs that are older than types. */
  readonly issueTypeId: string
  /** How a run is marked whose end nobody asked for. */
  readonly finalState: RunState
  readonly ledger: Ledger
  readonly lease: Lease
  readonly runAbort: RunAbort
}

/** Sets a run to work. The lease is held; it is dropped when the work ends. How it ended is the caller's to publish. */
export function launchRun(parts: LaunchParts): LaunchedRun {
  const { run, hub, clock, runAbort } = parts
  const abandoned = new AbortController()
  const readCounts = createCountsReader(parts)
  // One that is only put to rest is never shown as going on.
  const state = runAbort.signal.aborted ? run.state : 'running'
  const progress = async (): Promise<RunProgress> =>
    runProgress(run, await readCounts(), { state, ...stateReason(state) })
  const feed = createProgressFeed(async () => hub.publish('run.changed', await progress()), clock)

  const work = async (): Promise<RunEnd> => {
    feed.changed()
    const ended = watchRequests(parts)
    try {
      await speedUp(parts)
      await runLoop({
        ...USUAL_LIMITS,
        ...parts,
        slots: await readSlots(parts),
        run: await readRun(parts),
        claimedAgoMs: (slot) => claimedAgoMs(parts, slot),
        readRun: () => readRun(parts),
        readSlots: () => readSlots(parts),
        signal: abandoned.signal,
        onOutcome: () => feed.changed(),
      })
    } finally {
      ended()
    }
    return finish()
  }
  const finish = async (): Promise<RunEnd> => {
    await slowDown(parts)
    await feed.closeRun()
    const allWritten = await writeOwed(parts)
    const end = await close(parts, await readCounts())
    return { ...end, owes: end.owes || !allWritten }
  }
  const ended = work().catch((error: unknown) => {
    runAbort.abort({ error })
    return finish()
  })
  return { run, runAbort, ended, progress, abandon: () => abandoned.abort() }
}

/** The ledger's counts, the last known ones while it is out of reach. */
function createCountsReader({ store, siteId, siteTime, run, log }: LaunchParts): () => Promise<RunCounts> {
  let counts: RunCounts = { ...NO_COUNTS, open: run.planned }
  return async () => {
    try {
      counts = await store.runCounts(siteId, run.runId, siteTime.now())
    } catch (error) {
      log.warn({ err: error, runId: run.runId }, 'the counts of a run could not be read')
    }
    return counts
  }
}

/** The run as it is in the store now. */
async function readRun({ store, siteId, run }: LaunchParts): Promise<Run> {
  return (await store.run(siteId, run.runId)) ?? run
}

/** Its slots as they are in the store now, each with a type. */
async function readSlots({ store, siteId, run, issueTypeId }: LaunchParts): Promise<Slot[]> {
  const slots = await store.slots(siteId, run.runId)
  return slots.map((slot) => (slot.issueTypeId === '' ? { ...slot, issueTypeId } : slot))
}

/** So much less time may have passed since a claim than its stamp says: clocks need not be quite the same. */
const STAMP_SLACK_MS = 5 * 60_000

/** How many real milliseconds ago, at least, a process that is gone had claimed a slot. */
function claimedAgoMs({ compress, siteTime }: LaunchParts, { sentAtMs }: Slot): number {
  // A site whose clock may run fast does not show how much real time has passed.
  if (sentAtMs === null || compress !== undefined) return 0
  return Math.max(0, siteTime.now() - sentAtMs - STAMP_SLACK_MS)
}

async function speedUp({ run, compress, runAbort }: LaunchParts): Promise<void> {
  if (run.rate !== 1 && !runAbort.signal.aborted) await compress?.(run.rate, run.endMs, runAbort.signal)
}

/** The rest of the compressed span is not needed any more. Left alone, the site's clock slows down at its end by itself. */
async function slowDown({ run, compress, siteTime, log }: LaunchParts): Promise<void> {
  if (run.rate === 1) return
  try {
    await compress?.(1, siteTime.now(), AbortSignal.timeout(SLOW_DOWN_TIMEOUT_MS))
  } catch (error) {
    log.warn(
      { err: error, runId: run.runId },
      'the site’s clock goes on fast until the end of the run’s span',
    )
  }
}

/** A last try for outcomes that could not be written; false where they are kept for when the run goes on. */
async function writeOwed({ run, ledger, log }: LaunchParts): Promise<boolean> {
  try {
    await ledger.flush()
    return true
  } catch (error) {
    log.warn({ err: error, runId: run.runId }, 'some outcomes of a run could not be written down')
    return false
  }
}

type FinalState = Exclude<RunState, 'running'>

/** Writes down how the work ended, as far as the store can be reached, and lets the lease go. */
async function close(parts: LaunchParts, counts: RunCounts): Promise<RunEnd> {
  const { run, store, siteId, siteTime, lease, runAbort, log, finalState } = parts
  const cause = runAbort.reason()
  let state: FinalState =
    counts.open === 0 ? 'done' : cause === 'stop' || finalState === 'stopped' ? 'stopped' : 'paused'
  const closedMs = stillSince(cause, siteTime)
  let owes = false
  try {
    const stored = await store.run(siteId, run.runId)
    // Where another process works on it by now, or has brought it to rest while this one slept, it is that one's to mark.
    const isTouched = stored?.stateSinceMs !== run.stateSinceMs
    const isOurs = !isTouched && !lease.lost() && (await lease.otherHolder()) === null
    const word = state !== 'done' && isRequested(cause) ? cause : null
    if (isOurs) await store.setRunState(siteId, run.runId, state, closedMs, word)
    else if (stored?.state === 'done' || stored?.state === 'stopped') state = stored.state
  } catch (error) {
    owes = true
    log.warn({ err: error, runId: run.runId }, 'the end of a run could not be written down')
  }
  try {
    await lease.drop()
  } catch (error) {
    log.warn({ err: error, runId: run.runId }, 'the lease of a run runs out by itself')
  }
  const waits = state === 'paused' && waitsForStore(cause, lease)
  const slept = state === 'paused' && sleptSpan(cause) !== null
  const facts = { waits, missed: counts.missed }
  // One that was stopped before stays so, whatever made it rest now.
  const why = state === 'stopped' ? 'stop' : cause
  const reason = state === 'done' ? doneReason(counts, cause, log) : abortedReason(why, facts, log)
  const progress = runProgress(run, counts, { state, ...reason, waits, slept })
  return { progress, siteMs: closedMs, cause, owes, stateSinceMs: [run.stateSinceMs, closedMs] }
}

/** One whose machine slept stands still since it fell asleep. */
function stillSince(cause: AbortReason | null, time: SiteTime): number {
  const slept = sleptSpan(cause)
  return slept === null ? time.now() : timeOfSite(time.current(), slept.fromMs)
}

function sleptSpan(cause: AbortReason | null): SleptSpan | null {
  return cause !== null && typeof cause === 'object' && 'slept' in cause ? cause.slept : null
}

/** Why slots that nobody knows of are still unknown, where they could not be looked for; else nothing is amiss. */
function doneReason(
  { unknown }: RunCounts,
  cause: AbortReason | null,
  log: GeneratorParts['log'],
): RunReason {
  const hasFailed = cause !== null && typeof cause === 'object' && 'error' in cause
  return unknown > 0 && hasFailed ? abortedReason(cause, { waits: false, missed: 0 }, log) : { reason: null }
}

function waitsForStore(cause: AbortReason | null, lease: Lease): boolean {
  if (cause === null || typeof cause === 'string' || 'slept' in cause) return false
  if (isStoreAway(cause.error)) return true
  // Another process kept the store's write lock; or it has the lease now, and goes on with the run.
  return cause.error instanceof AppError && cause.error.code === 'busy' && !lease.lost()
}
