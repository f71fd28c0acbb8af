import type { SleptSpan } from './pacer.ts'

/** Why a run does not go on: the person asked, the program closes, the machine slept, or something went wrong. */
export type AbortReason =
  | 'pause'
  | 'stop'
  | 'closing'
  | { readonly error: unknown }
  | { readonly slept: SleptSpan }

/** Aborts a run: no further slot is sent; what was sent is brought to its end. */
export interface RunAbort {
  readonly signal: AbortSignal
  /** Null while the run goes on. */
  reason(): AbortReason | null
  /** The first cause stays, except that a word goes before an error, and a stop before all. */
  abort(cause: AbortReason): void
}

/** Whether a person said so, here or in another process. */
export function isRequested(cause: AbortReason | null): cause is 'pause' | 'stop' {
  return cause === 'pause' || cause === 'stop'
}

export function createRunAbort(): RunAbort {
  const controller = new AbortController()
  let cause: AbortReason | null = null
  return {
    signal: controller.signal,
    reason: () => cause,
    abort(next) {
      if (cause === null || weight(next) > weight(cause)) cause = next
      controller.abort()
    },
  }
}

function weight(cause: AbortReason): number {
  if (cause === 'stop') return 2
  return typeof cause === 'string' ? 1 : 0
}
