import type { SiteTime } from '../clock.ts'

export interface Pacer<T> {
  /** How many have not been given out yet. */
  left(): number
  /**
   * Waits until the next one is due and gives all that are, `most` at once; rejects when the signal is aborted. Never
   * gives one before its time; one whose time has passed comes at once.
   */
  nextDue(most: number, signal: AbortSignal): Promise<T[]>
}

/**
 * Gives out slots at their planned times, which are absolute times of the site: waiting never adds up, and it does not
 * matter how long anything between two calls took. `slots` are in the order of their times.
 */
export function createPacer<T extends { readonly plannedMs: number }>(
  slots: readonly T[],
  siteTime: Pick<SiteTime, 'now' | 'until'>,
): Pacer<T> {
  let next = 0
  return {
    left: () => slots.length - next,
    async nextDue(most, signal) {
      const first = slots[next]
      if (first === undefined) return []
      await siteTime.until(first.plannedMs, signal)
      signal.throwIfAborted()
      const nowMs = siteTime.now()
      const begin = next
      while (next - begin < most && (slots[next]?.plannedMs ?? Infinity) <= nowMs) next++
      return slots.slice(begin, next)
    },
  }
}
