import type { Run, RunState } from '../store/store.ts'
import type { Ledger } from './ledger.ts'
import { abortReasonText } from './rest-reason.ts'
import type { GeneratorParts } from './parts.ts'
import type { RunEnd } from './working-run.ts'

/** How the last run of this process came to rest: what the store does not keep of it, or does not know yet. */
export interface RunOutcome {
  readonly run: Run
  readonly end: RunEnd
  readonly ledger: Ledger
}

/** Whether nothing but its store hinders it: it goes on when that is back. */
export function waitsForStore({ end }: RunOutcome): boolean {
  return end.progress.waits === true
}

/** Whether something is left to be done as soon as its store can be written again. */
export function isOpen(rest: RunOutcome): boolean {
  return waitsForStore(rest) || rest.end.owes
}

/** Whether a run is in the store as this process left it: no other has gone on with it or ended it, or begun a new one. */
export function isAsLeft({ run, end }: RunOutcome, stored: Run | null, last: Run | null): boolean {
  if (stored?.runId !== run.runId || !end.stateSinceMs.includes(stored.stateSinceMs)) return false
  return last === null || last.runId === run.runId || last.createdAtMs < end.siteMs
}

/** What is to be written of it. */
export function finalState({ progress, cause }: RunEnd): RunState {
  if (progress.state === 'done') return 'done'
  return cause === 'stop' ? 'stopped' : 'paused'
}

/** The rest of a run that waited for its store and shall not go on: as a person says, or because of an error. */
export function suspended(
  rest: RunOutcome,
  cause: NonNullable<RunEnd['cause']>,
  log: GeneratorParts['log'],
): RunOutcome {
  const { waits: _, ...progress } = rest.end.progress
  const state = cause === 'stop' ? 'stopped' : 'paused'
  const reason = abortReasonText(cause, { waits: false, missed: rest.end.progress.missed }, log)
  return { ...rest, end: { ...rest.end, cause, progress: { ...progress, state, reason }, owes: true } }
}

/** The rest of a run that others take care of, or of which all is written. */
export function released({ end, ...rest }: RunOutcome): RunOutcome {
  const { waits: _, ...progress } = end.progress
  return { ...rest, end: { ...end, progress, owes: false } }
}
