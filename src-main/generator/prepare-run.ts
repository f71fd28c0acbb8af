import type { ResumeRequest, RunRequest } from '../../src-shared/contract/models.ts'
import type { Run } from '../store/store.ts'
import type { RunAbort } from './halt.ts'
import type { ActiveRun, Prepared } from './own-run.ts'
import { USUAL_FIELD, USUAL_ORDER, type GeneratorParts } from './parts.ts'
import { askedRun, isEnded, reopenRun, resumableRun, reviveRun } from './resume-run.ts'
import { chooseTarget } from './run-target.ts'
import { cannotCompress, draftRun, storeRun } from './start-run.ts'

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
