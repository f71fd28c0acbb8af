import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bandOf, isCurrent, makeBaseline, usualOf, type BaselineCell, type History } from './baseline.ts'
import { plainUpperTail, plainUsual } from '../../../test-support/domain/plain-usual.ts'

/** A Monday, 00:00 UTC. */
const START = 26_798_400
const WEEK = 10_080

function historyOf(weeks: number, countOf: (step: number) => number | null, startMinute = START): History {
  return {
    startMinute,
    stepMinutes: 5,
    counts: Array.from({ length: (weeks * WEEK) / 5 }, (_, at) => countOf(at)),
  }
}

describe('a baseline', () => {
  test('of a steady history is that history', () => {
    const baseline = makeBaseline(
      historyOf(4, (at) => (at % 2 === 0 ? 3 : 7)),
      'UTC',
      START + 4 * WEEK,
    )
    const [monday]: readonly BaselineCell[] = baseline.cells
    expect(monday).toMatchObject({ tickets: 240, hours: 4 })
    expect(usualOf(baseline, START + 4 * WEEK, 60)).toMatchObject({ mean: expect.closeTo(60, 0) })
    expect(bandOf(baseline, START + 4 * WEEK, 5)).toEqual({ low: 2, high: 9 })
  })

  test('stands until another hour can be learned', () => {
    const baseline = makeBaseline(
      historyOf(4, () => 1),
      'UTC',
      START + 4 * WEEK,
    )
    expect(isCurrent(baseline, START + 4 * WEEK + 59)).toBe(true)
    expect(isCurrent(baseline, START + 4 * WEEK + 60)).toBe(false)
  })

  test('learns nothing of the last hour, of what is not known, and of what is older than eight weeks', () => {
    const now = START + 9 * WEEK
    const plain = makeBaseline(
      historyOf(9, (at) => at % 3),
      'UTC',
      now,
    )
    const other = historyOf(9, (at) => (at < 2_000 || at >= 9 * 2_016 - 12 ? 90 : at % 3))
    expect(usualOf(makeBaseline(other, 'UTC', now), now, 60)).toEqual(usualOf(plain, now, 60))
    const gap = makeBaseline(
      historyOf(9, (at) => (at >= 4_000 && at < 8_000 ? null : at % 3)),
      'UTC',
      now,
    )
    expect(gap.days).toBeCloseTo(56 - 4_000 / 288, 9)
    expect(usualOf(gap, now, 60)).toMatchObject({ mean: expect.closeTo(12, 0) })
  })

  test('is learning until it has 14 days and 50 tickets', () => {
    const now = START + 2 * WEEK
    const isLearning = (countOf: (at: number) => number | null, at = now + 60): boolean =>
      makeBaseline(historyOf(2, countOf), 'UTC', at).isLearning
    expect(isLearning(() => 1)).toBe(false)
    expect(isLearning(() => 1, now)).toBe(true)
    expect(isLearning((at) => (at < 49 ? 1 : 0))).toBe(true)
    expect(isLearning((at) => (at < 50 ? 1 : 0))).toBe(false)
    expect(
      usualOf(
        makeBaseline(
          historyOf(1, () => 1),
          'UTC',
          now,
        ),
        now,
        5,
      ),
    ).toBe('learning')
    expect(
      bandOf(
        makeBaseline(
          historyOf(1, () => 1),
          'UTC',
          now,
        ),
        now,
        5,
      ),
    ).toBeNull()
  })

  test('keeps its hour of the week where clocks change, and where they stand at half hours', () => {
    // Berlin's clocks are put back on 2026-10-25 at 01:00 UTC; each day at 09:00 of its clocks there is a rush.
    const start = Date.parse('2026-09-27T22:00Z') / 60_000
    const change = Date.parse('2026-10-25T01:00Z') / 60_000
    const berlin = historyOf(
      6,
      (at) => {
        const minute = start + at * 5
        return (minute + (minute < change ? 120 : 60)) % 1_440 === 540 ? 30 : 0
      },
      start,
    )
    const now = start + 6 * WEEK
    const nine = Date.parse('2026-11-12T08:00Z') / 60_000
    const inBerlin = makeBaseline(berlin, 'Europe/Berlin', now)
    expect(usualOf(inBerlin, nine, 60)).toMatchObject({ mean: expect.closeTo(27, -1) })
    expect(inBerlin.cells[9]).toMatchObject({ tickets: 180, hours: 6 })
    expect(inBerlin.cells[8]).toMatchObject({ tickets: 0 })
    // The hour that came twice.
    expect(inBerlin.cells[6 * 24 + 2]).toMatchObject({ hours: 7 })
    const delhi = makeBaseline(
      historyOf(3, (at) => (at % 12 < 6 ? 2 : 0)),
      'Asia/Kolkata',
      START + 3 * WEEK,
    )
    expect(delhi.cells.slice(24, 48).every(({ tickets }) => tickets === 36)).toBe(true)
    expect(delhi.hourOfWeek(START - 331)).toBe(167)
    expect(delhi.hourOfWeek(START - 330)).toBe(0)
  })

  test('is, with its band, what the formulas say, written down plainly', () => {
    const asked = fc.record({
      zone: fc.constantFrom(
        'UTC',
        'Europe/Berlin',
        'America/New_York',
        'Asia/Kathmandu',
        'Australia/Lord_Howe',
      ),
      weeks: fc.integer({ min: 2, max: 9 }),
      most: fc.integer({ min: 1, max: 40 }),
      seed: fc.nat(1_000),
      startStep: fc.nat(60_000),
      fromStep: fc.integer({ min: -20_000, max: 20_000 }),
      minutes: fc.constantFrom(1, 5, 15, 60, 180, 1_440),
    })
    fc.assert(
      fc.property(asked, ({ zone, weeks, most, seed, startStep, fromStep, minutes }) => {
        const history = historyOf(
          weeks,
          (at) => ((at + seed) % 811 < 9 ? null : ((at * at * 7 + at * seed) % 97) % most),
          START + startStep * 5,
        )
        const now = history.startMinute + history.counts.length * 5 + 77
        const baseline = makeBaseline(history, zone, now)
        const usual = usualOf(baseline, now + fromStep, minutes)
        const band = bandOf(baseline, now + fromStep, minutes)
        if (usual === 'learning' || band === null) return
        const plain = plainUsual(history, zone, now)(now + fromStep, minutes)
        expect(usual.mean / plain.mean).toBeCloseTo(1, 9)
        expect(usual.variance / plain.variance).toBeCloseTo(1, 9)
        if (plain.mean > 500) return
        expect(plainUpperTail(band.low + 1, plain)).toBeLessThanOrEqual(0.95 + 1e-9)
        expect(plainUpperTail(band.low, plain)).toBeGreaterThan(0.95 - 1e-9)
        expect(plainUpperTail(band.high + 1, plain)).toBeLessThanOrEqual(0.05 + 1e-9)
        expect(plainUpperTail(band.high, plain)).toBeGreaterThan(0.05 - 1e-9)
      }),
      { numRuns: 15, endOnFailure: true },
    )
  })
})
