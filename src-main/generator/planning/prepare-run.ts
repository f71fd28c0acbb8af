import { randomUUID } from 'node:crypto'
import type { ResumeRequest, RunRequest } from '../../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { SiteTime } from '../../runtime/clock.ts'
import type { LedgerStore, RequestedState, ResumedRun, Run, Slot } from '../../store/ledger/ledger.ts'

import { USUAL_FIELD, USUAL_ORDER, type GeneratorParts, type WorkOrder } from '../parts.ts'
import { cannotCompress, chooseTarget, draftRun, storeRun } from './new-run.ts'
import { runsAreTaken } from '../run-lease.ts'
import { isEnded, nextStanding, standingOf } from '../run-state.ts'

const GO_ON = 'go on with'

/** The run that is asked for, the last one where none is. `what` is to be done with it. Throws `not-found`. */
export async function askedRun(
  { store, siteId }: Pick<GeneratorParts, 'store' | 'siteId'>,
  runId: string | undefined,
  what = GO_ON,
): Promise<Run> {
  const run = runId === undefined ? await store.lastRun(siteId) : await store.run(siteId, runId)
  if (run !== null) return run
  if (runId === undefined) throw noRun(what, 'none was started in this Jira', 'Start one.')
  throw new AppError('not-found', `There is no run ${runId} in this Jira’s ledger.`, {
    consequence: 'Nothing was begun.',
    hint: 'The list of runs names them all: jira-tpm runs.',
  })
}

/** The same, where it is not at its end. Throws `not-found`. */
export async function unendedRun(
  parts: Pick<GeneratorParts, 'store' | 'siteId'>,
  runId: string | undefined,
  what = GO_ON,
): Promise<Run> {
  const run = await askedRun(parts, runId, what)
  if (!isEnded(run)) return run
  const which = runId === undefined ? `the last one, ${run.runId},` : `run ${run.runId}`
  throw noRun(what, `${which} ${run.state === 'done' ? 'is done' : 'was stopped'}`, 'Start a new one.')
}

function noRun(what: string, why: string, hint: string): AppError {
  return new AppError('not-found', `There is no run to ${what}: ${why}.`, {
    hint: what === GO_ON ? hint : '',
  })
}

type Revived = {
  readonly store: Pick<LedgerStore, 'run' | 'slots' | 'resumeRun'>
  readonly siteId: string
  readonly siteTime: Pick<SiteTime, 'now'>
}

/**
 * Marks a run running. What is left of it moves by the time that it stood still, so that the spacing of its slots is
 * kept; or keeps its times, and those that have passed are caught up with or skipped. `stoodSinceMs` (site time) is null
 * where that is not known: then it stood since its last sign of life.
 */
export async function reviveRun(
  parts: Revived,
  run: Run,
  stoodSinceMs: number | null,
  missed: NonNullable<ResumeRequest['missed']> = 'shift',
): Promise<Run> {
  const { store, siteId, siteTime } = parts
  const nowMs = siteTime.now()
  const slots = await store.slots(siteId, run.runId)
  // A move whose answer was lost is not made again.
  const since = Math.max(run.stateSinceMs, stoodSinceMs ?? lastSign(run, slots))
  const byMs = missed === 'shift' ? Math.max(0, nowMs - since) : 0
  const passed = slots.filter(({ state, plannedMs }) => state === 'planned' && plannedMs < nowMs)
  return started(parts, run, {
    byMs,
    atMs: nowMs,
    ...(missed === 'skip' && { skipped: { slots: passed.map(({ slot }) => slot), reason: SKIPPED } }),
  })
}

const SKIPPED = 'Its time had passed while the run stood still, and it was decided to skip it.'

const WAS_STOPPED = 'The run had been stopped before its time.'

/** Throws `busy` where another process has changed the run since it was read. */
async function started({ store, siteId }: Revived, run: Run, given: ResumedRun): Promise<Run> {
  const revision = randomUUID()
  await store.resumeRun(siteId, run.runId, { ...given, revision, seen: run.revision })
  const stored = await store.run(siteId, run.runId)
  if (stored?.revision !== revision) throw runsAreTaken(null)
  return stored
}

/** When a process last gave a sign of a run, by the site's clock (epoch ms). */
export function lastSign(run: Run, slots: readonly Slot[]): number {
  return slots.reduce(
    (last, { sentAtMs, answeredAtMs }) => Math.max(last, sentAtMs ?? 0, answeredAtMs ?? 0),
    run.startMs,
  )
}

/** A run that is ready to be worked on. */
export interface Prepared {
  /** As it is stored. */
  readonly run: Run
  readonly order: WorkOrder
  /** The type of tickets whose slots name none: those of runs that are older than types. */
  readonly issueTypeId: string
  /** It is to be brought to rest, and nothing is sent. */
  readonly requested?: RequestedState
}

/** Writes a new run. Throws as `Generator.start`. */
export async function prepareNew(
  parts: GeneratorParts,
  runId: string,
  request: RunRequest,
  signal: AbortSignal,
): Promise<Prepared> {
  const draft = await draftRun(parts, request, signal)
  const planned = await storeRun(parts, draft, runId)
  if (request.drill !== undefined) await parts.beginDrill?.(planned, request.drill)
  const run = await started(parts, planned, { byMs: 0, atMs: planned.startMs })
  return { run, order: USUAL_ORDER, issueTypeId: draft.targets[0]?.usualTypeId ?? '' }
}

/** Makes a run ready to go on. `stoodSinceMs`: see `reviveRun`. Throws as `Generator.resume`. */
export async function prepareResumed(
  parts: GeneratorParts,
  { runId, missed, unknown }: ResumeRequest,
  stoodSinceMs: (run: Run) => number | null,
  signal: AbortSignal,
): Promise<Prepared> {
  const run = await (unknown === undefined ? unendedRun : askedRun)(parts, runId)
  if (run.rate !== 1 && parts.compress === undefined) throw cannotCompress()
  const issueTypeId = await usualTypeOf(parts, run, signal)
  const order = { planned: true, unknown: unknown ?? USUAL_ORDER.unknown }
  const begun = nextStanding(standingOf(run), { kind: 'started', resends: unknown === 'send' })
  // Only where slots are sent the run is marked running.
  if (begun.state !== 'running') return { run, order: { ...order, planned: false }, issueTypeId }
  await parts.store.doubtLostSlots(parts.siteId, run.runId, parts.siteTime.now())
  if (!isEnded(run))
    return { run: await reviveRun(parts, run, stoodSinceMs(run), missed), order, issueTypeId }
  const left = (await parts.store.slots(parts.siteId, run.runId)).filter(({ state }) => state === 'planned')
  const skipped = { slots: left.map(({ slot }) => slot), reason: WAS_STOPPED }
  const reopened = await started(parts, run, { byMs: 0, atMs: parts.siteTime.now(), skipped })
  return { run: reopened, order, issueTypeId }
}

/**
 * A run that no process works on is to be paused or stopped: what is in doubt is looked for, nothing is sent. Null where
 * nothing is left to be done, since another process was faster.
 */
export async function prepareStill(
  { store, siteId, siteTime }: Pick<GeneratorParts, 'store' | 'siteId' | 'siteTime'>,
  runId: string,
  requested: RequestedState,
): Promise<Prepared | null> {
  const run = await store.run(siteId, runId)
  if (run === null || isEnded(run) || (requested === 'pause' && run.state === 'paused')) return null
  await store.doubtLostSlots(siteId, runId, siteTime.now())
  return { run, order: { planned: false, unknown: 'look' }, issueTypeId: '', requested }
}

/** The type of tickets whose slots are older than types, '' where there are none. Throws as `chooseTarget`. */
async function usualTypeOf(parts: GeneratorParts, run: Run, signal: AbortSignal): Promise<string> {
  const { store, siteId, jira, watchedField: field = USUAL_FIELD } = parts
  const slots = await store.slots(siteId, run.runId)
  if (!slots.some(({ issueTypeId }) => issueTypeId === '')) return ''
  const target = await chooseTarget(jira, { wantedKey: run.projectKey, field }, signal)
  return target.usualTypeId
}
