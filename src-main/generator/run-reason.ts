import { Check } from 'typebox/value'
import { PauseReason, type RunProgress } from '../../src-shared/contract/runs.ts'
import { AppError, errorText, messageOf, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Run } from '../store/ledger.ts'
import type { Standing } from './run-state.ts'

type ShownAs<R> = R extends RunProgress
  ? Pick<R, Extract<keyof R, 'state' | 'by' | 'cause' | 'error'>>
  : never

/** How a run stands, as people are shown it. */
export type ShownStanding = ShownAs<RunProgress>

/** Why a run is paused by an error. `isHeld`: its lease is still this process's. */
export function reasonOfError(error: unknown, isHeld: boolean): PauseReason {
  const failure = toWireError(error)
  // Also where another process kept the store's write lock; one that has the lease now goes on with the run itself.
  const isAway = isStoreAway(error) || (error instanceof AppError && error.code === 'busy' && isHeld)
  return isAway
    ? { code: 'store-away', error: messageOf(failure) }
    : { code: 'failed', error: errorText(failure) }
}

/** Whether a ledger's store is out of reach or full: it may be written again later. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'store-unavailable' || error.code === 'store-full')
}

/** Where a run stands as it is stored: paused by whoever closed its program where no reason is. */
export function standingOf({ state, reason }: Pick<Run, 'state' | 'reason'>): Standing {
  if (state !== 'paused' && state !== 'pausing') return { state }
  const stored: unknown = JSON.parse(reason ?? 'null')
  return { state, reason: Check(PauseReason, stored) ? stored : { code: 'closing' } }
}

/** How the reason of a standing is stored. */
export function storedReason(standing: Standing): string | null {
  return 'reason' in standing ? JSON.stringify(standing.reason) : null
}

/** As people are shown it. What is only to be written yet is shown as if it were. */
export function shownStanding(standing: Standing): ShownStanding {
  if ('reason' in standing) return { state: 'paused', cause: standing.reason }
  if (standing.state === 'stopping' || standing.state === 'stopped') return { state: 'stopped' }
  return standing.state === 'done' ? { state: 'done' } : RUNNING
}

/** One that this process works on. */
export const RUNNING: ShownStanding = { state: 'running', by: null }
