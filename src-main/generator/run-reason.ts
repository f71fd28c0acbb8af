import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { AppError, errorText, messageOf, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Run } from '../store/ledger.ts'
import type { PauseReason, Standing } from './run-state.ts'

/** How a run stands, as people are shown it. */
export type ShownStanding = Pick<RunProgress, 'state' | 'reason' | 'why' | 'waits' | 'slept'>

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

/** Where a run stands as it is stored: paused by the end of its program where there is no reason. */
export function standingOf({ state, reason }: Pick<Run, 'state' | 'reason'>): Standing {
  if (state !== 'paused' && state !== 'pausing') return { state }
  return { state, reason: reason === null ? { code: 'closing' } : (JSON.parse(reason) as PauseReason) }
}

/** How a standing is stored. */
export function storedReason(standing: Standing): string | null {
  return 'reason' in standing ? JSON.stringify(standing.reason) : null
}

/** As people are shown it while no process works on it, and it does not go on. `missed`: slots whose time has passed. */
export function shownStanding(standing: Standing, missed: number): ShownStanding {
  return 'reason' in standing
    ? { state: 'paused', ...shownReason(standing.reason, missed) }
    : SHOWN[standing.state]
}

/** One that a process works on. */
export const RUNNING: ShownStanding = { state: 'running', reason: null }

/** One that a process left when it died. */
export const BROKEN: ShownStanding = {
  state: 'broken',
  ...untilResumed('The program that worked on it ended.'),
}

const STOPPED: ShownStanding = { state: 'stopped', reason: 'It was stopped before its end.' }

const SHOWN: Readonly<Record<Exclude<Standing['state'], 'pausing' | 'paused'>, ShownStanding>> = {
  planned: RUNNING,
  running: RUNNING,
  stopping: STOPPED,
  stopped: STOPPED,
  done: { state: 'done', reason: null },
}

function shownReason(reason: PauseReason, missed: number): Omit<ShownStanding, 'state'> {
  if (reason.code === 'slept') return { reason: sleptText(reason, missed), slept: true }
  if (reason.code === 'failed') return { reason: reason.error }
  if (reason.code === 'shared-slots') return untilResumed('Another program has some of its slots in hand.')
  if (reason.code !== 'store-away') return untilResumed('It was paused.')
  const waiting = 'It waits for the store, and goes on by itself when that is back.'
  return { reason: `${waiting} ${reason.error}`, waits: true }
}

function untilResumed(why: string): Pick<ShownStanding, 'reason' | 'why'> {
  return { reason: `${why} Resume it to go on.`, why }
}

function sleptText({ fromMs, toMs }: PauseReason & { code: 'slept' }, missed: number): string {
  const slots = missed === 1 ? '1 ticket was' : `${missed} tickets were`
  return `The machine slept, or this program was held up, from ${clockText(fromMs)} to ${clockText(toMs)}. ${slots} missed. Resume it to catch up with them or to skip them.`
}

/** As a clock on the wall of this machine shows it. */
function clockText(machineMs: number): string {
  return new Date(machineMs).toTimeString().slice(0, 8)
}
