import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import plannedTimes from '../../../test-support/domain/planned-times.json' with { type: 'json' }
import { countPerMinute, plannedSize, planTimes, requestedTimes } from './plan-times.ts'
import { parseProfile } from './profile.ts'
import { criticalDistance, distance } from '../../../test-support/domain/kolmogorov.ts'
import { BURSTS, PROFILES, REQUESTS } from '../../../test-support/domain/profiles.ts'
import { refusalOf } from '../../../test-support/domain/refusal.ts'

const HOUR_MS = 3_600_000

/**
 * Times that were planned once: a seed gives them on every platform, in every version. By request: those of some seeds,
 * 12 tickets each, and a number that all times of the seeds from 0 to 999 were mixed into.
 */
const PLANNED: Readonly<Record<string, { bySeed: object; of1000Seeds: number }>> = plannedTimes

describe.each(Object.keys(REQUESTS))('the times of %s', (name) => {
  const request = REQUESTS[name] ?? {}

  test('of 1,000 seeds are exactly as many as asked, whole, sorted, inside the span, and those of every platform', () => {
    let hash = 0
    for (let seed = 0; seed < 1_000; seed++) {
      const { offsetsMs, spanMs, count } = planTimes({ ...request, seed })
      expect(offsetsMs).toHaveLength(request.count ?? 40)
      expect(offsetsMs).toHaveLength(count)
      expect(isInOrder(offsetsMs, spanMs)).toBe(true)
      for (const offsetMs of offsetsMs) hash = Math.imul(hash ^ offsetMs, 16_777_619)
    }
    expect(hash).toBe(PLANNED[name]?.of1000Seeds)
  })

  test('are those that are kept for some seeds', () => {
    for (const [seed, offsetsMs] of Object.entries(PLANNED[name]?.bySeed ?? {})) {
      expect(planTimes({ ...request, count: 12, seed: Number(seed) }).offsetsMs).toEqual(offsetsMs)
    }
    expect(Object.keys(PLANNED[name]?.bySeed ?? {})).toHaveLength(3)
  })

  test('hold for any number, length and seed', () => {
    const asked = fc.record({
      count: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.constant(5_000)),
      minutes: fc.double({ min: 61, max: 1_440, noNaN: true }),
      seed: fc.nat(4_294_967_295),
    })
    fc.assert(
      fc.property(asked, ({ count, minutes, seed }) => {
        const times = planTimes({ ...request, count, minutes, seed })
        expect(times.offsetsMs).toHaveLength(count)
        expect(isInOrder(times.offsetsMs, times.spanMs)).toBe(true)
        expect(times.spanMs).toBe(Math.round(minutes * 60_000))
        expect(planTimes({ ...request, count, minutes, seed })).toEqual(times)
      }),
    )
  })
})

function isInOrder(offsetsMs: readonly number[], spanMs: number): boolean {
  return offsetsMs.every(
    (offsetMs, index) =>
      Number.isInteger(offsetMs) && offsetMs >= (offsetsMs[index - 1] ?? 0) && offsetMs < spanMs,
  )
}

/** The share of all tickets that should have come by a share of the hour, written down once more from the definition. */
const CUMULATIVE: Readonly<Record<string, (share: number) => number>> = {
  steady: (x) => x,
  ramp: (x) => x * x,
  'ramp 5-1': (x) => (5 * x - 2 * x * x) / 3,
  spike: (x) => spiked(x, { from: 1 / 2, to: 7 / 12, height: 5 }),
  'spike 10m x8 5m': (x) => spiked(x, { from: 1 / 6, to: 1 / 4, height: 8 }),
  sine: (x) => x - Math.sin(2 * Math.PI * x) / (2 * Math.PI),
  'sine 3': (x) => x - Math.sin(6 * Math.PI * x) / (6 * Math.PI),
  '1h@100': (x) => x,
  '1h@30-90': (x) => (30 * x + 30 * x * x) / 60,
}

function spiked(x: number, { from, to, height }: { from: number; to: number; height: number }): number {
  const at = (share: number): number => share + (height - 1) * (Math.min(Math.max(share, from), to) - from)
  return at(x) / at(1)
}

describe('tickets come as the rate says (Kolmogorov–Smirnov, 300 seeds)', () => {
  test.each(Object.keys(CUMULATIVE))('%s', (text) => {
    const sample = sampleOf(text)
    const expected = CUMULATIVE[text] ?? (() => Number.NaN)
    expect(distance(sample, (offsetMs) => expected((offsetMs + 0.5) / HOUR_MS))).toBeLessThan(
      criticalDistance(sample.length),
    )
  })

  test('in each part of a combination, by its own rate', () => {
    const sample = manySeeds({ profile: parseProfile('20m@60,10m@60-300,30m@90'), count: 100, minutes: 60 })
    const within = (from: number, to: number): number[] =>
      sample
        .flat()
        .filter((at) => at >= from * HOUR_MS && at < to * HOUR_MS)
        .map((at) => at / HOUR_MS)
    const parts: readonly [number, number, (x: number) => number][] = [
      [0, 1 / 3, (x) => x],
      [1 / 3, 1 / 2, (x) => (60 * x + 120 * x * x) / 180],
      [1 / 2, 1, (x) => x],
    ]
    for (const [from, to, expected] of parts) {
      const times = within(from, to)
      expect(times.length).toBeGreaterThan(5_000)
      expect(distance(times, (at) => expected((at - from) / (to - from)))).toBeLessThan(
        criticalDistance(times.length),
      )
    }
  })

  test('and the test tells a rate from another that is nearly the same', () => {
    const sample = sampleOf('ramp 10-11')
    expect(distance(sample, (offsetMs) => (offsetMs + 0.5) / HOUR_MS)).toBeGreaterThan(
      criticalDistance(sample.length),
    )
  })

  test('gaps are those of a Poisson process in a part, too', () => {
    const sample = manySeeds({ profile: parseProfile('1h@100'), count: 100, minutes: 60 })
    const gaps = sample.flatMap((offsets) => offsets.slice(1).map((at, i) => at - (offsets[i] ?? 0)))
    expect(distance(gaps, shareOfShorterGaps)).toBeLessThan(criticalDistance(gaps.length))
  })
})

function sampleOf(text: string): number[] {
  return manySeeds({ profile: parseProfile(text), count: 100, minutes: 60 }).flat()
}

/** The gap between two of 100 uniform points exceeds x with probability (1 − x)¹⁰⁰. */
function shareOfShorterGaps(gapMs: number): number {
  return 1 - (1 - (gapMs + 0.5) / HOUR_MS) ** 100
}

function manySeeds(request: Parameters<typeof plannedSize>[0]): (readonly number[])[] {
  return Array.from({ length: 300 }, (_, seed) => planTimes({ ...request, seed }).offsetsMs)
}

describe('an evenly spaced run', () => {
  test('has the same gap everywhere, and half of it at both ends', () => {
    const { offsetsMs } = planTimes({ profile: parseProfile('even'), count: 90, minutes: 60, seed: 7 })
    expect(offsetsMs).toEqual(Array.from({ length: 90 }, (_, index) => 20_000 + index * 40_000))
  })

  test.each([
    ['ramp even', (x: number) => x * x],
    ['sine 2 even', (x: number) => x - Math.sin(4 * Math.PI * x) / (4 * Math.PI)],
  ])('is never a whole ticket away from its rate: %s', (text, cumulative) => {
    const { offsetsMs } = planTimes({ profile: parseProfile(text), count: 100, minutes: 60, seed: 7 })
    for (const [index, offsetMs] of offsetsMs.entries()) {
      expect(Math.abs(cumulative((offsetMs + 0.5) / HOUR_MS) * 100 - index - 0.5)).toBeLessThan(0.15)
    }
  })

  test('does not depend on its seed', () => {
    const request = { profile: parseProfile('even') }
    expect(planTimes({ ...request, seed: 1 })).toEqual(planTimes({ ...request, seed: 2 }))
  })
})

describe('a combination', () => {
  test('has a number and a length of its own', () => {
    const profile = parseProfile('30m@50,10m@200,20m@50')
    expect(planTimes({ profile, seed: 7 })).toMatchObject({ count: 75, minutes: 60, spanMs: HOUR_MS })
    expect(plannedSize({ profile, count: 40 })).toEqual({ count: 40, minutes: 60 })
    expect(plannedSize({ profile, minutes: 6 })).toEqual({ count: 75, minutes: 6 })
    expect(plannedSize({ profile: parseProfile('90s@3600,0.5m@7200') })).toEqual({ count: 150, minutes: 2 })
  })

  test('gives each part its exact number, whatever the seed', () => {
    const profile = parseProfile('30m@50,10m@200,20m@50')
    for (let seed = 0; seed < 200; seed++) {
      expect(inParts(planTimes({ profile, seed }).offsetsMs, [30, 10, 20])).toEqual([25, 33, 17])
      const scaled = planTimes({ profile, count: 1_000, minutes: 6, seed })
      expect(inParts(scaled.offsetsMs, [3, 1, 2])).toEqual([333, 445, 222])
    }
  })

  test('keeps quiet where a part has no rate', () => {
    const profile = parseProfile('10m@60,10m@0,10m@60')
    for (let seed = 0; seed < 200; seed++) {
      expect(inParts(planTimes({ profile, seed }).offsetsMs, [10, 10, 10])).toEqual([10, 0, 10])
    }
  })

  test('of one part with one rate is the steady run of that size', () => {
    const steady = planTimes({ count: 100, minutes: 60, seed: 7 })
    expect(planTimes({ profile: parseProfile('1h@100'), seed: 7 })).toEqual(steady)
  })

  test('keeps the tickets of a part that scaling leaves no time', () => {
    const profile = parseProfile('1s@3600000,24h@1')
    const { offsetsMs } = planTimes({ profile, minutes: 0.1, seed: 7 })
    expect(offsetsMs).toHaveLength(1_024)
    expect(isInOrder(offsetsMs, 6_000)).toBe(true)
  })
})

function inParts(offsetsMs: readonly number[], partMinutes: readonly number[]): number[] {
  const perMinute = countPerMinute(offsetsMs, partMinutes.reduce((a, b) => a + b) * 60_000)
  let from = 0
  return partMinutes.map((minutes) => {
    from += minutes
    return perMinute.slice(from - minutes, from).reduce((a, b) => a + b, 0)
  })
}

describe('a replay', () => {
  test('is what it was, where nothing else is asked', () => {
    const times = planTimes({ replay: BURSTS, seed: 7 })
    expect(times.offsetsMs).toEqual(BURSTS.offsetsMs)
    expect(times.arrivals).toEqual(BURSTS.offsetsMs.map((_, index) => index))
    expect(times.spanMs).toBe((BURSTS.offsetsMs.at(-1) ?? 0) + 1)
  })

  test('of fewer takes some of the arrivals, each as likely as any other, and none twice', () => {
    const taken = Array.from({ length: 40 }, () => 0)
    for (let seed = 0; seed < 2_000; seed++) {
      const { arrivals, offsetsMs } = planTimes({ replay: BURSTS, count: 10, seed })
      expect(new Set(arrivals).size).toBe(10)
      expect(offsetsMs).toEqual(arrivals?.map((arrival) => BURSTS.offsetsMs[arrival]))
      for (const arrival of arrivals ?? []) taken[arrival] = (taken[arrival] ?? 0) + 1
    }
    // Each is taken 500 times, give or take five standard deviations.
    for (const times of taken) expect(Math.abs(times - 500)).toBeLessThan(97)
  })

  test('of more has each arrival at its time, and the others between it and the next', () => {
    for (let seed = 0; seed < 100; seed++) {
      const { arrivals, offsetsMs, spanMs } = planTimes({ replay: BURSTS, count: 130, seed })
      const copies = Array.from({ length: 40 }, () => 0)
      for (const [index, arrival] of (arrivals ?? []).entries()) {
        const [fromMs = 0, toMs = spanMs] = BURSTS.offsetsMs.slice(arrival, arrival + 2)
        const atMs = offsetsMs[index] ?? -1
        expect(copies[arrival] === 0 ? atMs === fromMs : atMs >= fromMs && atMs <= toMs).toBe(true)
        copies[arrival] = (copies[arrival] ?? 0) + 1
      }
      expect(copies.filter((times) => times === 3)).toHaveLength(30)
      expect(copies.filter((times) => times === 4)).toHaveLength(10)
    }
  })

  test('is scaled to a length as a whole', () => {
    const { offsetsMs, spanMs } = planTimes({ replay: BURSTS, minutes: 3, seed: 7 })
    const lengthMs = (BURSTS.offsetsMs.at(-1) ?? 0) + 1
    expect(offsetsMs).toEqual(BURSTS.offsetsMs.map((ms) => Math.floor((ms * spanMs) / lengthMs)))
  })

  test('of tickets that came at once takes as long as the shortest run', () => {
    const replay = { ...BURSTS, offsetsMs: [0, 0, 500], priorityOf: [-1, -1, -1] }
    expect(planTimes({ replay, seed: 7 })).toMatchObject({ offsetsMs: [0, 0, 500], spanMs: 6_000, count: 3 })
  })

  test('of more than a day needs a length to be named', () => {
    const replay = { ...BURSTS, offsetsMs: BURSTS.offsetsMs.map((ms) => ms * 1_000) }
    expect(() => planTimes({ replay, seed: 7 })).toThrow(
      'arrived over 21 days, and a run takes 24 hours at most',
    )
    expect(planTimes({ replay, minutes: 60, seed: 7 }).count).toBe(40)
    expect(() => planTimes({ replay, minutes: 1_441, seed: 7 })).toThrow('minutes cannot be 1441')
  })
})

describe('what does not fit is refused in words', () => {
  test.each([
    ['spike 70m', {}, 'begins at minute 70, and the run is 60 minutes long'],
    ['spike 58m x5 5m', {}, 'ends at minute 63, and the run is 60 minutes long'],
    ['spike 5m', { minutes: 2.5 }, 'begins at minute 5, and the run is 2.5 minutes long'],
    ['spike 0m x0 1h', {}, 'leaves no time for any ticket'],
    ['1s@10', {}, 'brings no whole ticket in all'],
    ['24h@50000', {}, 'brings 1200000 tickets in all'],
    ['48h@1', {}, 'takes 2880 minutes in all'],
    ['1s@3600', {}, 'takes 0.017 minutes in all'],
    ['steady', { count: 0 }, 'number of tickets cannot be 0'],
    ['steady', { minutes: 0.05 }, 'number of minutes cannot be 0.05'],
    ['steady', { seed: -1 }, 'seed cannot be -1'],
    ['steady', { replay: BURSTS }, 'A replay takes the place of a profile'],
  ])('%s with %j', (profile, given, words) => {
    const refusal = refusalOf(() =>
      planTimes({ seed: 7, ...requestedTimes({ profile, ...given }), ...given }),
    )
    expect(refusal).toMatchObject({
      code: 'usage',
      message: expect.stringContaining(words),
      hint: expect.stringMatching(/\w/),
    })
  })

  test('but a combination that is scaled to what a run may have is fine', () => {
    const profile = parseProfile('48h@50000')
    expect(planTimes({ profile, count: 10, minutes: 1, seed: 7 }).offsetsMs).toHaveLength(10)
  })
})

test('every kind of profile is among those that are tried', () => {
  const kinds = new Set(PROFILES.map((text) => parseProfile(text).kind))
  expect([...kinds].toSorted()).toEqual(['flat', 'parts', 'ramp', 'sine', 'spike'])
})
