import { Check } from 'typebox/value'
import { PauseReason, type RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { AppError, errorText, messageOf, toWireError } from '../../src-shared/errors/app-error.ts'
import type { RequestedState, Run, RunState } from '../store/ledger/ledger.ts'

/** Where a run stands. Whoever holds the lease of the site's runs writes it. */
export type Standing =
  | { readonly state: Exclude<RunState, 'pausing' | 'paused'> }
  | { readonly state: 'pausing' | 'paused'; readonly reason: PauseReason }

export type RunEvent =
  /** By the process that has the lease: new, resumed, or taken over. `resends`: also one that has ended. */
  | { readonly kind: 'started'; readonly resends?: boolean }
  /** By a person, in whichever process. */
  | { readonly kind: 'requested'; readonly requested: RequestedState }
  /** It cannot go on. */
  | { readonly kind: 'suspended'; readonly reason: PauseReason }
  /** No request is under way any more; so many slots have no outcome. */
  | { readonly kind: 'drained'; readonly open: number }

/** One that this process works on. */
export const RUNNING: ShownStanding = { state: 'running', by: null }

/** Whether it has come to its end. */
export function isEnded({ state }: { readonly state: RunState }): boolean {
  return state === 'stopped' || state === 'done'
}

/** Whether a process works on it, or did when it died. */
export function isActive({ state }: { readonly state: RunState }): boolean {
  return state === 'running' || state === 'pausing' || state === 'stopping'
}

/** Whether nothing but its store hinders it. That is never written: in the store it is running. */
export function waitsForStore(standing: Standing): boolean {
  return 'reason' in standing && standing.reason.code === 'store-away'
}

/** The one place where a run's state follows from another; the same object where nothing changes. */
export function nextStanding(standing: Standing, event: RunEvent): Standing {
  if (event.kind === 'drained') return drained(standing, event.open)
  if (event.kind === 'requested') return requested(standing, event.requested)
  const { state } = standing
  if (event.kind === 'started') {
    return state === 'running' || (isEnded(standing) && event.resends !== true)
      ? standing
      : { state: 'running' }
  }
  if (state === 'running') return { state: 'pausing', reason: event.reason }
  if (!waitsForStore(standing) || event.reason.code === 'store-away') return standing
  return { state: isActive(standing) ? 'pausing' : 'paused', reason: event.reason }
}

function requested(standing: Standing, asked: RequestedState): Standing {
  if (isEnded(standing) || standing.state === 'stopping') return standing
  if (asked === 'stop') return { state: 'stopping' }
  if ('reason' in standing && standing.reason.code === 'requested') return standing
  return { state: isActive(standing) ? 'pausing' : 'paused', reason: { code: 'requested' } }
}

function drained(standing: Standing, open: number): Standing {
  const { state } = standing
  if (state === 'planned' || state === 'paused') return standing
  if (open === 0) return state === 'done' ? standing : { state: 'done' }
  if (state === 'stopping') return { state: 'stopped' }
  if (state === 'pausing') return { state: 'paused', reason: standing.reason }
  return state === 'running' ? { state: 'paused', reason: { code: 'shared-slots' } } : standing
}

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
