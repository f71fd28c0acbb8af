import type { ResumeRequest, RunRequest } from '../../src-shared/contract/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { ResumedRun, Run, Slot } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import type { RunAbort } from './run-abort.ts'
import type { ActiveRun, Prepared } from './active-run.ts'
import { USUAL_FIELD, USUAL_ORDER, type GeneratorParts } from './parts.ts'
import { cannotCompress, chooseTarget, draftRun, storeRun } from './new-run.ts'

const GO_ON = 'go on with'

/** The run that is asked for, the last one where none is. Throws `not-found`. */
async function askedRun(
  { store, siteId }: Pick<GeneratorParts, 'store' | 'siteId'>,
  runId: string | undefined,
  /** What is to be done with it. */
  what = GO_ON,
): Promise<Run> {
  const run = runId === undefined ? await store.lastRun(siteId) : await store.run(siteId, runId)
  if (run !== null) return run
  if (runId === undefined) {
    throw new AppError('not-found', `There is no run to ${what}: none was started in this Jira.`, {
      hint: what === GO_ON ? 'Start one.' : '',
    })
  }
  throw new AppError('not-found', `There is no run ${runId} in this Jira’s ledger.`, {
    consequence: 'Nothing was begun.',
    hint: 'The list of runs names them all: jira-tpm runs.',
  })
}

/** The same, where it can go on: it is not at its end, or there is a word about its unknown slots. Throws `not-found`. */
async function resumableRun(
  parts: Pick<GeneratorParts, 'store' | 'siteId'>,
  {
    runId,
    unknown,
    what = GO_ON,
  }: {
    readonly runId?: string | undefined
    readonly unknown?: ResumeRequest['unknown'] | undefined
    readonly what?: string
  },
): Promise<Run> {
  const run = await askedRun(parts, runId, what)
  if (!isEnded(run) || unknown !== undefined) return run
  const end = run.state === 'done' ? 'is done' : 'was stopped'
  const which = runId === undefined ? `the last one, ${run.runId},` : `run ${run.runId}`
  throw new AppError('not-found', `There is no run to ${what}: ${which} ${end}.`, {
    hint: what === GO_ON ? 'Start a new one.' : '',
  })
}

export function isEnded({ state }: Pick<Run, 'state'>): boolean {
  return state === 'done' || state === 'stopped'
}

type Revived = {
  readonly store: Pick<Store, 'slots' | 'resumeRun'>
  readonly siteId: string
  readonly siteTime: Pick<SiteTime, 'now'>
}

/**
 * Marks a run running. What is left of it moves by the time that it stood still, so that the spacing of its slots is
 * kept; or keeps its times, and those that have passed are caught up with or skipped. `stoodSinceMs` (site time) is null
 * where nobody knows: then it stood since its last sign of life.
 */
export async function reviveRun(
  { store, siteId, siteTime }: Revived,
  run: Run,
  stoodSinceMs: number | null,
  missed: NonNullable<ResumeRequest['missed']> = 'shift',
): Promise<Run> {
  const nowMs = siteTime.now()
  const slots = await store.slots(siteId, run.runId)
  // A move whose answer was lost is not made again.
  const since = Math.max(run.stateSinceMs, stoodSinceMs ?? lastSign(run, slots))
  const byMs = missed === 'shift' ? Math.max(0, nowMs - since) : 0
  const passed = slots.filter(({ state, plannedMs }) => state === 'planned' && plannedMs < nowMs)
  return resumed({ store, siteId }, run, {
    byMs,
    atMs: nowMs,
    ...(missed === 'skip' && { skipped: { slots: passed.map(({ slot }) => slot), reason: SKIPPED } }),
  })
}

const SKIPPED = 'Its time had passed while the run stood still, and it was decided to skip it.'

const WAS_STOPPED = 'The run had been stopped before its time.'

/** Marks a run running that had come to its end, for the sake of its unknown slots alone. */
async function reopenRun({ store, siteId, siteTime }: Revived, run: Run): Promise<Run> {
  const slots = await store.slots(siteId, run.runId)
  const planned = slots.filter(({ state }) => state === 'planned').map(({ slot }) => slot)
  return resumed({ store, siteId }, run, {
    byMs: 0,
    atMs: siteTime.now(),
    skipped: { slots: planned, reason: WAS_STOPPED },
  })
}

async function resumed(
  { store, siteId }: Pick<Revived, 'store' | 'siteId'>,
  run: Run,
  given: ResumedRun,
): Promise<Run> {
  await store.resumeRun(siteId, run.runId, given)
  return {
    ...run,
    endMs: run.endMs + given.byMs,
    shiftedMs: run.shiftedMs + given.byMs,
    state: 'running',
    requested: null,
    stateSinceMs: given.atMs,
  }
}

/** When a process last gave a sign of a run, by the site's clock (epoch ms). */
export function lastSign(run: Run, slots: readonly Slot[]): number {
  return slots.reduce(
    (last, { sentAtMs, answeredAtMs }) => Math.max(last, sentAtMs ?? 0, answeredAtMs ?? 0),
    run.startMs,
  )
}

type Outcomes = Pick<ActiveRun, 'outcomeOf'>

/** Writes a new run. Throws as `Generator.start`. */
export async function prepareNew(
  parts: GeneratorParts,
  request: RunRequest,
  signal: AbortSignal,
): Promise<Prepared> {
  const draft = await draftRun(parts, request, signal)
  return {
    run: await storeRun(parts, draft),
    order: USUAL_ORDER,
    issueTypeId: draft.targets[0]?.usualTypeId ?? '',
    finalState: 'paused',
  }
}

/** Makes a run ready to go on. Throws as `Generator.resume`. */
export async function prepareResumed(
  parts: GeneratorParts,
  active: Outcomes,
  { runId, missed, unknown }: ResumeRequest,
  signal: AbortSignal,
): Promise<Prepared> {
  const run = await resumableRun(parts, { runId, unknown })
  const known = active.outcomeOf(run.runId)
  // What is known of slots and could not be written when the run came to rest decides what is left to do.
  await known?.ledger.flush()
  if (run.rate !== 1 && parts.compress === undefined) throw cannotCompress()
  const issueTypeId = await usualTypeOf(parts, run, signal)
  if (!isEnded(run)) {
    const revived = await reviveRun(parts, run, known?.end.siteMs ?? null, missed)
    return { run: revived, order: orderOf(unknown, true), issueTypeId, finalState: 'paused' }
  }
  // Only where slots are sent the run is marked running.
  if (unknown !== 'send') return { run, order: orderOf(unknown, false), issueTypeId, finalState: run.state }
  return {
    run: await reopenRun(parts, run),
    order: orderOf(unknown, true),
    issueTypeId,
    finalState: 'paused',
  }
}

function orderOf(unknown: ResumeRequest['unknown'], planned: boolean): Prepared['order'] {
  return { planned, unknown: unknown ?? USUAL_ORDER.unknown }
}

/**
 * A run at rest is set to work already aborted: what is in doubt is looked for, nothing is sent. It is marked
 * first, so that a process that had lost it, and wakes, can claim no further slot of it.
 */
export async function preparePark(
  parts: GeneratorParts,
  active: Outcomes,
  {
    runAbort,
    cause,
    runId,
  }: { readonly runAbort: RunAbort; readonly cause: 'pause' | 'stop'; readonly runId?: string },
): Promise<Prepared> {
  runAbort.abort(cause)
  const { store, siteId, siteTime } = parts
  const run = runId === undefined ? await resumableRun(parts, { what: cause }) : await askedRun(parts, runId)
  await active.outcomeOf(run.runId)?.ledger.flush()
  // One that another process has brought to its end meanwhile stays at that.
  const state = isEnded(run) ? run.state : cause === 'stop' ? 'stopped' : 'paused'
  const stateSinceMs = run.state === state ? run.stateSinceMs : siteTime.now()
  if (!isEnded(run)) await store.setRunState(siteId, run.runId, state, stateSinceMs, cause)
  return {
    run: { ...run, state, stateSinceMs },
    order: orderOf('look', false),
    issueTypeId: '',
    finalState: state,
  }
}

/** The type of tickets whose slots are older than types, '' where there are none. Throws as `chooseTarget`. */
async function usualTypeOf(parts: GeneratorParts, run: Run, signal: AbortSignal): Promise<string> {
  const { store, siteId, jira, watchedField: field = USUAL_FIELD } = parts
  const slots = await store.slots(siteId, run.runId)
  if (!slots.some(({ issueTypeId }) => issueTypeId === '')) return ''
  const target = await chooseTarget(jira, { wantedKey: run.projectKey, field }, signal)
  return target.usualTypeId
}
