import type { PauseReason } from '../../src-shared/contract/runs.ts'
import type { RequestedState, RunState } from '../store/ledger.ts'

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
