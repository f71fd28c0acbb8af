import { expect, test } from 'vitest'
import { startStopwatch } from './reconcile.ts'

test.each([
  ['set forward', 3_600_000],
  ['set back', -3_600_000],
])('a clock that is %s deceives neither who must not be early nor who must not be late', (_how, byMs) => {
  let nowMs = 1_800_000_000_000
  const watch = startStopwatch({ now: () => nowMs })
  nowMs += byMs
  expect(watch.atLeastMs()).toBeLessThan(60_000)
  // Whoever waits for a bound waits no longer because a clock went back.
  expect(watch.atLeastMs()).toBeGreaterThanOrEqual(0)
  expect(watch.atMostMs()).toBeGreaterThanOrEqual(0)
  expect(watch.atMostMs() >= 3_600_000).toBe(byMs > 0)
})
