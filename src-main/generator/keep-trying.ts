import type { Clock } from '../runtime/clock.ts'

/** Tries something again and again until it is done with. */
export interface Retry {
  /** Tries after a pause, and from then on. Where it is at it already, it goes on as it does. */
  begin(): void
  /** The next try comes at once: what hindered it may be gone. */
  hurry(): void
}

/**
 * `work` tells whether it is done with; it must not reject. `everyMs`: real milliseconds before each try. It ends with
 * the signal's abort.
 */
export function createRetry(
  work: () => Promise<boolean>,
  {
    clock,
    everyMs,
    signal,
  }: { readonly clock: Clock; readonly everyMs: number; readonly signal: AbortSignal },
): Retry {
  let trying = false
  let pause = new AbortController()

  const tryOn = async (): Promise<void> => {
    do {
      // A pause that is cut short leads to the next try.
      await clock.sleep(everyMs, AbortSignal.any([signal, pause.signal])).catch(() => {})
      pause = new AbortController()
      if (signal.aborted) return
    } while (!(await work()))
    trying = false
  }
  return {
    begin() {
      if (trying || signal.aborted) return
      trying = true
      void tryOn()
    },
    hurry: () => pause.abort(),
  }
}
