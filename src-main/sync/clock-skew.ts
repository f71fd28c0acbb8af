import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'

/** A `Date` header shows whole seconds and comes after a way of its own: less than this says nothing. */
const TOLERANCE_MS = 2_000

const HALF_A_SECOND_MS = 500

/** Sets a real site's time by its `Date` header (epoch ms, whole seconds) where the two have come apart. */
export function followDateHeader(siteTime: SiteTime, clock: Clock, siteMs: number): void {
  followSiteClock(siteTime, clock, siteMs + HALF_A_SECOND_MS)
}

/** Sets the site's time by what another instance that speaks with the site takes it to be, epoch ms. */
export function followSiteClock(siteTime: SiteTime, clock: Clock, siteMs: number): void {
  if (Math.abs(siteTime.now() - siteMs) <= TOLERANCE_MS) return
  siteTime.set(steadyClock(clock.now(), siteMs - clock.now()))
}
