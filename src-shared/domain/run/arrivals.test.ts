import fc from 'fast-check'
import { mersenne } from 'pure-rand/generator/mersenne'
import { describe, expect, test } from 'vitest'
import { poissonArrivals } from './profile-times.ts'
import { criticalDistance, distance } from '../../../test-support/domain/kolmogorov.ts'

const HOUR_MS = 3_600_000

describe('arrivals', () => {
  test('of 1,000 seeds are exactly as many as asked, sorted and inside the span', () => {
    for (let seed = 0; seed < 1_000; seed++) {
      const offsets = arrivalsOf(100, HOUR_MS, seed)
      expect(offsets).toHaveLength(100)
      expect(offsets.every((offset) => Number.isInteger(offset) && offset >= 0 && offset < HOUR_MS)).toBe(
        true,
      )
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b))
    }
  })

  test('hold for any count, span and seed', () => {
    const asked = fc.tuple(fc.nat(500), fc.integer({ min: 1, max: 86_400_000 }), fc.nat(4_294_967_295))
    fc.assert(
      fc.property(asked, ([count, spanMs, seed]) => {
        const offsets = arrivalsOf(count, spanMs, seed)
        expect(offsets).toHaveLength(count)
        expect(offsets.every((offset) => offset >= 0 && offset < spanMs)).toBe(true)
        expect(arrivalsOf(count, spanMs, seed)).toEqual(offsets)
      }),
    )
  })

  test('are uniform over the span (Kolmogorov–Smirnov)', () => {
    const sample = manySeeds().flat()
    expect(distance(sample, (offset) => (offset + 0.5) / HOUR_MS)).toBeLessThan(
      criticalDistance(sample.length),
    )
  })

  test('leave gaps like those of a Poisson process (Kolmogorov–Smirnov)', () => {
    const gaps = manySeeds().flatMap((offsets) => offsets.slice(1).map((at, i) => at - (offsets[i] ?? 0)))
    expect(distance(gaps, shareOfShorterGaps)).toBeLessThan(criticalDistance(gaps.length))
  })

  test('of neighbouring seeds have nothing in common', () => {
    const first = new Set(Array.from({ length: 1_000 }, (_, seed) => arrivalsOf(1, HOUR_MS, seed)[0]))
    expect(first.size).toBeGreaterThan(990)
  })

  test('are the same on every platform', () => {
    expect(arrivalsOf(8, HOUR_MS, 7)).toEqual(SEED_7)
    expect(arrivalsOf(8, HOUR_MS, 4_294_967_295)).toEqual(LAST_SEED)
  })
})

const SEED_7 = [205927, 258934, 1951699, 2025263, 2036931, 2175639, 2697540, 3442073]
const LAST_SEED = [10019, 206294, 1449152, 2430626, 2865991, 2997172, 3081466, 3570828]

function arrivalsOf(count: number, spanMs: number, seed: number): number[] {
  return poissonArrivals(count, spanMs, mersenne(seed))
}

function manySeeds(): number[][] {
  return Array.from({ length: 300 }, (_, seed) => arrivalsOf(100, HOUR_MS, seed))
}

/** The gap between two of n uniform points exceeds x with probability (1 − x)ⁿ: nearly the exponential of rate n. */
function shareOfShorterGaps(gapMs: number): number {
  return 1 - (1 - (gapMs + 0.5) / HOUR_MS) ** 100
}
