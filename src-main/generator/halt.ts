import type { SleptSpan } from './pacer.ts'

/** Why a run does not go on: the person asked, the program closes, the machine slept, or something went wrong. */
export type HaltCause =
  | 'pause'
  | 'stop'
  | 'closing'
  | { readonly error: unknown }
  | { readonly slept: SleptSpan }

/** The brake of a run: no further slot is sent; what was sent is brought to its end. */
export interface Halt {
  readonly signal: AbortSignal
  /** Null while the run goes on. */
  cause(): HaltCause | null
  /** The first cause stays, except that a word goes before an error, and a stop before all. */
  pull(cause: HaltCause): void
}

/** Whether a person said so, here or in another process. */
export function isPersons(cause: HaltCause | null): cause is 'pause' | 'stop' {
  return cause === 'pause' || cause === 'stop'
}

export function createHalt(): Halt {
  const controller = new AbortController()
  let cause: HaltCause | null = null
  return {
    signal: controller.signal,
    cause: () => cause,
    pull(next) {
      if (cause === null || weight(next) > weight(cause)) cause = next
      controller.abort()
    },
  }
}

function weight(cause: HaltCause): number {
  if (cause === 'stop') return 2
  return typeof cause === 'string' ? 1 : 0
}
