import { realMsUntil, siteTime, steadyClock, type SiteClock } from '../../src-shared/domain/site-clock.ts'

/** The machine's clock, as a parameter: the core has no other source of the time. */
export interface Clock {
  /** Epoch ms. */
  now(): number
  /** For durations: ms since any moment, which no one sets back. A clock of a test may leave it out: then `now`. */
  elapsedMs?(): number
  /** Resolves after `ms` real milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export type SiteTime = ReturnType<typeof createSiteTime>

const LONGEST_TIMER_MS = 2 ** 31 - 1

export const machineClock: Clock = {
  now: () => Date.now(),
  elapsedMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error)
      const done = (): void => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      // A longer timer fires at once; a longer sleep than three weeks is set again then.
      const timer = setTimeout(done, Math.min(Math.max(0, ms), LONGEST_TIMER_MS))
      const stop = (): void => {
        clearTimeout(timer)
        reject(signal.reason as Error)
      }
      signal.addEventListener('abort', stop, { once: true })
    }),
}

/** What a duration is measured by: a machine's clock may be set back meanwhile. */
export function elapsedMs(clock: Pick<Clock, 'now' | 'elapsedMs'>): number {
  return clock.elapsedMs?.() ?? clock.now()
}

/** Corrections of the machine's clock that are smaller are followed: no wait is longer by more. */
const SET_BACK_MS = 500

/**
 * The clock of the site that is watched, and what it takes to wait for a time on it: it starts equal to the machine's, and
 * does not go back with it.
 */
export function createSiteTime(clock: Clock) {
  let current = steadyClock(clock.now())
  let aheadMs = clock.now() - elapsedMs(clock)
  const listeners = new Set<(clock: SiteClock) => void>()
  const set = (next: SiteClock): void => {
    current = next
    for (const listener of listeners) listener(next)
  }
  /** Who waits for a time of the site does not wait longer because the machine's clock was set back. */
  const relation = (): SiteClock => {
    const formerMs = aheadMs
    aheadMs = clock.now() - elapsedMs(clock)
    const backMs = formerMs - aheadMs
    if (backMs > SET_BACK_MS) set({ ...current, machineMs: current.machineMs - backMs })
    return current
  }
  return {
    /** The site's epoch ms. */
    now: (): number => siteTime(relation(), clock.now()),
    /** Resolves when the site's clock shows `siteMs`; rejects with the signal's reason when it is aborted first. */
    async until(siteMs: number, signal: AbortSignal): Promise<void> {
      // The rate may change while we wait, so long waits are cut: a late look costs nothing, a missed change a minute.
      for (;;) {
        const ms = realMsUntil(relation(), siteMs, clock.now())
        if (ms <= 0) return
        await clock.sleep(Math.min(ms, 1_000), signal)
      }
    },
    current: relation,
    /** Takes a new relation to the machine's clock: a compressed hour began or ended, or a skew was measured. */
    set,
    /** Called after each `set`; returns what unsubscribes. */
    onChange(listener: (clock: SiteClock) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
