import type { Clock } from '../runtime/clock.ts'

/** How many overdue slots may be sent: a stall must not become a burst. */
export interface CatchUp {
  /** How many may be sent now, `most` at most; they count as sent. */
  take(most: number): number
  /** Real milliseconds until one may be sent. */
  waitMs(): number
}

/** From here on a tenth of what is allowed a second may come at once, so that timers need not be finer than 100 ms. */
const COARSE = 10

/** Lets at most `perSecond` pass in each second of the clock. */
export function createCatchUp(perSecond: number, clock: Pick<Clock, 'now'>): CatchUp {
  const atOnce = perSecond < COARSE ? 1 : perSecond / COARSE
  const perMs = (perSecond < COARSE ? perSecond : perSecond - atOnce) / 1_000
  let allowed = 1
  let knownMs = clock.now()
  const refill = (): void => {
    const nowMs = clock.now()
    allowed = Math.min(atOnce, allowed + Math.max(0, nowMs - knownMs) * perMs)
    knownMs = nowMs
  }
  return {
    take(most) {
      refill()
      const taken = Math.min(most, Math.floor(allowed))
      allowed -= taken
      return taken
    },
    waitMs() {
      refill()
      return allowed >= 1 ? 0 : Math.ceil((1 - allowed) / perMs)
    },
  }
}

/**
 * The most that may be caught up with in a second: twice what the plan itself sends in its busiest one. `plannedMs` are
 * times of the site in their order; `rate` is how fast its clock runs.
 */
export function catchUpPerSecond(plannedMs: readonly number[], rate: number): number {
  let busiest = 0
  let first = 0
  plannedMs.forEach((ms, last) => {
    while (ms - (plannedMs[first] ?? ms) >= 1_000 * rate) first++
    busiest = Math.max(busiest, last - first + 1)
  })
  return Math.max(1, 2 * busiest)
}
