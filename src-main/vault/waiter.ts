import type { Clock } from '../runtime/clock.ts'

/** Waits for an instant, or until something happens before. */
export interface WakeableWait {
  /** Resolves at `atMs` (the machine's epoch ms), or when it is woken; rejects with the signal's reason. */
  until(atMs: number, signal: AbortSignal): Promise<void>
  /** Ends a wait, or the next one where nobody waits. */
  wake(): void
}

/** A timer stands still while a laptop sleeps, the clock does not: so long waits are cut. */
const LONGEST_NAP_MS = 5_000

export function createWaiter(clock: Clock): WakeableWait {
  let woken = new AbortController()
  return {
    async until(atMs, signal) {
      const { signal: waking } = woken
      while (!waking.aborted) {
        signal.throwIfAborted()
        const leftMs = atMs - clock.now()
        if (leftMs <= 0) return
        await clock.sleep(Math.min(leftMs, LONGEST_NAP_MS), AbortSignal.any([signal, waking])).catch(() => {})
      }
      woken = new AbortController()
      signal.throwIfAborted()
    },
    wake: () => woken.abort(),
  }
}
