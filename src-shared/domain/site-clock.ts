/**
 * How a site's clock follows the machine's. Until `untilSiteMs` it runs `rate` times as fast as the machine's, from
 * then on as fast as it. A real Jira has rate 1 and an offset; the sandbox may run faster while an hour is compressed.
 * All times are epoch ms; site times only ever grow.
 */
export interface SiteClock {
  readonly machineMs: number
  readonly siteMs: number
  readonly rate: number
  readonly untilSiteMs: number
}

/** The clock of a site whose time is the machine's plus `offsetMs`. */
export function steadyClock(machineMs: number, offsetMs = 0): SiteClock {
  return { machineMs, siteMs: machineMs + offsetMs, rate: 1, untilSiteMs: machineMs + offsetMs }
}

/** The site's time (epoch ms, whole) when the machine's is `machineMs`. */
export function siteTime(clock: SiteClock, machineMs: number): number {
  const elapsed = machineMs - clock.machineMs
  const fastMs = (clock.untilSiteMs - clock.siteMs) / clock.rate
  if (clock.rate === 1 || elapsed <= fastMs) return Math.floor(clock.siteMs + elapsed * clock.rate)
  return Math.floor(clock.untilSiteMs + (elapsed - fastMs))
}

/** How many times as fast as the machine's the site's clock runs when the machine's is `machineMs`. */
export function rateAt(clock: SiteClock, machineMs: number): number {
  return siteTime(clock, machineMs) < clock.untilSiteMs ? clock.rate : 1
}

/** Real milliseconds from `machineMs` until the site's clock shows `siteMs`; negative when that is past. */
export function realMsUntil(clock: SiteClock, siteMs: number, machineMs: number): number {
  const now = siteTime(clock, machineMs)
  if (clock.rate === 1 || siteMs <= now) return siteMs - now
  const fastMs = Math.max(0, Math.min(siteMs, clock.untilSiteMs) - now)
  return fastMs / clock.rate + (siteMs - now - fastMs)
}

/** The machine's time (epoch ms, with fractions) at which the site's clock shows `siteMs`. What is late by it is late in real milliseconds. */
export function machineTime(clock: SiteClock, siteMs: number): number {
  const fastMs = Math.min(siteMs, clock.untilSiteMs) - clock.siteMs
  if (clock.rate === 1) return clock.machineMs + (siteMs - clock.siteMs)
  return clock.machineMs + fastMs / clock.rate + Math.max(0, siteMs - clock.untilSiteMs)
}
