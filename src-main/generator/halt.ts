/** Why a run does not go on: the person asked, or something went wrong. */
export type HaltCause = 'pause' | 'stop' | { readonly error: unknown }

/** The brake of a run: no further slot is sent; what was sent is brought to its end. */
export interface Halt {
  readonly signal: AbortSignal
  /** Null while the run goes on. */
  cause(): HaltCause | null
  /** The first cause stays, except that who asked for a pause may still ask for the end. */
  pull(cause: HaltCause): void
}

export function createHalt(): Halt {
  const controller = new AbortController()
  let first: HaltCause | null = null
  return {
    signal: controller.signal,
    cause: () => first,
    pull(cause) {
      if (first === null || (first === 'pause' && cause === 'stop')) first = cause
      controller.abort()
    },
  }
}
