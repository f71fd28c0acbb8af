import type { Clock } from '../runtime/clock.ts'

/**
 * Real time since it was started, by two clocks: one may be set, the other may stand still while the machine sleeps, and
 * never shows more than has passed. Whoever must not be too early asks for the least, whoever must not be too late for
 * the most.
 */
export interface Stopwatch {
  atLeastMs(): number
  atMostMs(): number
}

/** `alreadyMs`: so many milliseconds ago. */
export function startStopwatch(clock: Pick<Clock, 'now'>, alreadyMs = 0): Stopwatch {
  const [setMs, steadyMs] = [clock.now(), performance.now()]
  const steady = (): number => performance.now() - steadyMs
  return {
    atLeastMs: () => steady() + alreadyMs,
    atMostMs: () => Math.max(clock.now() - setMs, steady()) + alreadyMs,
  }
}
