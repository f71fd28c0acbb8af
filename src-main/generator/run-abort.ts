import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { AppError, errorText, messageOf, toWireError } from '../../src-shared/errors/app-error.ts'
import type { SleptSpan } from './pacer.ts'
import type { GeneratorParts } from './parts.ts'

/** Why a run does not go on: the person asked, the program closes, the machine slept, or something went wrong. */
export type AbortReason =
  | 'pause'
  | 'stop'
  | 'closing'
  | { readonly error: unknown }
  | { readonly slept: SleptSpan }

export type RunAbort = ReturnType<typeof createRunAbort>

/** Why a run does not go on. */
export type RunReason = Pick<RunProgress, 'reason' | 'why'>

const PAUSED = untilResumed('It was paused.')

const STOPPED: RunReason = { reason: 'It was stopped before its end.' }

const SHARED = untilResumed('Another program has some of its slots in hand.')

const REASONS: Readonly<Record<RunProgress['state'], RunReason>> = {
  paused: PAUSED,
  stopped: STOPPED,
  broken: untilResumed('The program that worked on it ended.'),
  running: { reason: null },
  done: { reason: null },
}

function untilResumed(why: string): RunReason {
  return { reason: `${why} Resume it to go on.`, why }
}

/** Whether a person said so, here or in another process. */
export function isRequested(cause: AbortReason | null): cause is 'pause' | 'stop' {
  return cause === 'pause' || cause === 'stop'
}

/** Aborts a run: no further slot is sent; what was sent is brought to its end. */
export function createRunAbort() {
  const controller = new AbortController()
  const signal: AbortSignal = controller.signal
  let cause: AbortReason | null = null
  return {
    signal,
    /** Null while the run goes on. */
    reason: (): AbortReason | null => cause,
    /** The first cause stays, except that a word goes before an error, and a stop before all. */
    abort(next: AbortReason) {
      if (cause === null || weight(next) > weight(cause)) cause = next
      controller.abort()
    },
  }
}

function weight(cause: AbortReason): number {
  if (cause === 'stop') return 2
  return typeof cause === 'string' ? 1 : 0
}

/** Why a run that nobody works on does not go on, where nothing more is known. */
export function stateReason(state: RunProgress['state']): RunReason {
  return REASONS[state]
}

/**
 * The same, where the cause is known. `waits`: it goes on by itself once its store is back. `missed`: slots whose time
 * has passed.
 */
export function abortedReason(
  cause: AbortReason | null,
  { waits, missed }: { readonly waits: boolean; readonly missed: number },
  log: Pick<GeneratorParts['log'], 'error'>,
): RunReason {
  if (cause === 'pause' || cause === 'closing') return PAUSED
  if (cause === 'stop') return STOPPED
  if (cause === null) return SHARED
  if ('slept' in cause) return { reason: sleptReason(cause.slept, missed) }
  const { error } = cause
  if (!(error instanceof AppError)) log.error({ err: error }, 'a run was paused by a bug')
  const failure = toWireError(error)
  const waiting = `It waits for the store, and goes on by itself when that is back. ${messageOf(failure)}`
  return { reason: waits ? waiting : errorText(failure) }
}

function sleptReason({ fromMs, toMs }: SleptSpan, missed: number): string {
  const slots = missed === 1 ? '1 ticket was' : `${missed} tickets were`
  return `The machine slept, or this program was held up, from ${clockText(fromMs)} to ${clockText(toMs)}. ${slots} missed. Resume it to catch up with them or to skip them.`
}

/** As a clock on the wall of this machine shows it. */
function clockText(machineMs: number): string {
  return new Date(machineMs).toTimeString().slice(0, 8)
}

/** Whether a ledger's store is out of reach or full: it may be written again later. */
export function isStoreAway(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'store-unavailable' || error.code === 'store-full')
}
