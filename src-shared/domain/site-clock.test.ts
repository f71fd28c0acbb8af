import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { machineTime, realMsUntil, siteTime, steadyClock, type SiteClock } from './site-clock.ts'

const NOON = Date.parse('2026-01-15T12:00:00Z')

/** Plays an hour in a minute, from noon on. */
const COMPRESSED: SiteClock = { machineMs: NOON, siteMs: NOON, rate: 60, untilSiteMs: NOON + 3_600_000 }

const clocks = fc.record({
  machineMs: fc.constant(NOON),
  siteMs: fc.integer({ min: NOON - 1e9, max: NOON + 1e9 }),
  rate: fc.constantFrom(1, 2, 60, 120, 3_600),
  spanMs: fc.nat(7_200_000),
})
const anyClock = clocks.map(({ spanMs, ...clock }): SiteClock => ({
  ...clock,
  untilSiteMs: clock.siteMs + spanMs,
}))

describe('a site’s time', () => {
  test('keeps its distance from the machine’s while it is steady', () => {
    expect(siteTime(steadyClock(NOON, 1_500), NOON + 10)).toBe(NOON + 1_510)
  })

  test('runs faster until the end of a compressed hour, then as fast as the machine’s', () => {
    expect(siteTime(COMPRESSED, NOON + 1_000)).toBe(NOON + 60_000)
    expect(siteTime(COMPRESSED, NOON + 60_000)).toBe(NOON + 3_600_000)
    expect(siteTime(COMPRESSED, NOON + 61_000)).toBe(NOON + 3_601_000)
  })

  test('never goes back', () => {
    fc.assert(
      fc.property(anyClock, fc.nat(1e7), fc.nat(1e7), (clock, a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)]
        expect(siteTime(clock, NOON + early)).toBeLessThanOrEqual(siteTime(clock, NOON + late))
      }),
    )
  })
})

describe('the wait for a site’s time', () => {
  test('ends when the site shows it, not a millisecond before and hardly later', () => {
    fc.assert(
      fc.property(anyClock, fc.nat(1e6), fc.nat(1e8), (clock, elapsed, ahead) => {
        const wanted = siteTime(clock, NOON + elapsed) + ahead
        const waited = Math.ceil(realMsUntil(clock, wanted, NOON + elapsed))
        expect(siteTime(clock, NOON + elapsed + waited)).toBeGreaterThanOrEqual(wanted)
        fc.pre(waited > 2)
        expect(siteTime(clock, NOON + elapsed + waited - 2)).toBeLessThan(wanted)
      }),
    )
  })

  test('is over for what is past', () => {
    fc.assert(
      fc.property(anyClock, fc.nat(1e6), fc.nat(1e8), (clock, elapsed, ago) => {
        const past = siteTime(clock, NOON + elapsed) - ago
        expect(realMsUntil(clock, past, NOON + elapsed)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('the machine’s time of a site’s time', () => {
  test('is when the site shows it', () => {
    fc.assert(
      fc.property(anyClock, fc.nat(1e8), (clock, ahead) => {
        const wanted = clock.siteMs + ahead
        expect(siteTime(clock, Math.ceil(machineTime(clock, wanted)))).toBeGreaterThanOrEqual(wanted)
        expect(siteTime(clock, Math.floor(machineTime(clock, wanted)) - 1)).toBeLessThan(wanted)
      }),
    )
  })

  test('tells lateness in real milliseconds, however fast the site’s clock runs', () => {
    expect(NOON + 600 - machineTime(COMPRESSED, NOON + 30_000)).toBe(100)
    expect(NOON + 60_500 - machineTime(COMPRESSED, NOON + 3_600_000)).toBe(500)
  })
})
