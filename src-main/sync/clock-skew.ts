import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import type { Clock, SiteTime } from '../clock.ts'

/** A `Date` header shows whole seconds and comes after a way of its own: less than this says nothing. */
const TOLERANCE_MS = 2_000

/** Sets a real site's time by its `Date` header where the two have come apart. */
export function followSiteClock(siteTime: SiteTime, clock: Clock, siteMs: number): void {
  const middleOfSecondMs = siteMs + 500
  if (Math.abs(siteTime.now() - middleOfSecondMs) <= TOLERANCE_MS) return
  siteTime.set(steadyClock(clock.now(), middleOfSecondMs - clock.now()))
}
