import { expect, test } from 'vitest'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import { createSiteTime } from '../runtime/clock.ts'
import { provisionalFrom } from './index-lag.ts'

const MINUTE = 60_000
const NOON = Date.UTC(2026, 5, 1, 12)

/** A site that is three hours ahead of the machine, on which it is noon. */
function time() {
  const siteTime = createSiteTime({ now: () => NOON, sleep: () => Promise.resolve() })
  siteTime.set(steadyClock(NOON, 180 * MINUTE))
  return siteTime
}

const NOW = minuteOf(NOON) + 180

test.each([
  { name: 'nothing is known', lastSuccessMs: null, indexLagMs: null, minutesAgo: 0 },
  { name: 'the last fetch was just now', lastSuccessMs: NOON, indexLagMs: null, minutesAgo: 0 },
  { name: 'the index lags', lastSuccessMs: NOON, indexLagMs: 4 * MINUTE, minutesAgo: 4 },
  { name: 'fetches fail', lastSuccessMs: NOON - 20 * MINUTE, indexLagMs: 4 * MINUTE, minutesAgo: 24 },
  { name: 'the machine’s clock was set back', lastSuccessMs: NOON + MINUTE, indexLagMs: 0, minutesAgo: 0 },
])('the first minute that is not settled, where $name', ({ lastSuccessMs, indexLagMs, minutesAgo }) => {
  expect(provisionalFrom({ lastSuccessMs, indexLagMs }, time())).toBe(NOW - minutesAgo)
})
