import { AppError } from '../../src-shared/errors/app-error.ts'
import type { SiteTime } from '../clock.ts'
import type { Run, Slot } from '../store/store.ts'
import type { GeneratorParts } from './parts.ts'

/** The last run, where it can go on. Throws `not-found` where there is none, or it has come to its end. */
export async function resumableRun({ store, siteId }: GeneratorParts): Promise<Run> {
  const run = await store.lastRun(siteId)
  if (run === null) {
    throw new AppError('not-found', 'There is no run to go on with: none was started in this Jira.', {
      hint: 'Start one.',
    })
  }
  if (run.state === 'running' || run.state === 'paused') return run
  const end = run.state === 'done' ? 'is done' : 'was stopped'
  throw new AppError('not-found', `There is no run to go on with: the last one, ${run.runId}, ${end}.`, {
    hint: 'Start a new one.',
  })
}

/**
 * Moves what is left of a run by the time that it stood still, so that the spacing of its slots is kept, and marks it
 * running. `stoodSinceMs` (site time) is null where nobody knows: then it stood since its last sign of life.
 */
export async function reviveRun(
  {
    store,
    siteId,
    siteTime,
  }: Pick<GeneratorParts, 'store' | 'siteId'> & { readonly siteTime: Pick<SiteTime, 'now'> },
  run: Run,
  stoodSinceMs: number | null,
): Promise<Run> {
  const nowMs = siteTime.now()
  // A move whose answer was lost is not made again.
  const since = Math.max(
    run.stateSinceMs,
    stoodSinceMs ?? lastSign(run, await store.slots(siteId, run.runId)),
  )
  const byMs = Math.max(0, nowMs - since)
  await store.resumeRun(siteId, run.runId, { byMs, atMs: nowMs })
  return { ...run, endMs: run.endMs + byMs, state: 'running', stateSinceMs: nowMs }
}

/** When a process last gave a sign of a run, by the site's clock (epoch ms). */
export function lastSign(run: Run, slots: readonly Slot[]): number {
  return slots.reduce(
    (last, { sentAtMs, answeredAtMs }) => Math.max(last, sentAtMs ?? 0, answeredAtMs ?? 0),
    run.startMs,
  )
}
