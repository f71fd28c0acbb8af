import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { distribution } from './series.ts'

const minutes = fc.array(fc.nat(30), { minLength: 1, maxLength: 1_440 })

describe('the distribution', () => {
  test('counts each minute once, observed and expected alike', () => {
    fc.assert(
      fc.property(minutes, (perMinute) => {
        const bars = distribution(perMinute)
        expect(sum(bars.map((bar) => bar.observed))).toBe(perMinute.length)
        expect(sum(bars.map((bar) => bar.expected))).toBeCloseTo(perMinute.length, 6)
        expect(bars.every((bar) => bar.expected >= -1e-9)).toBe(true)
        expect(bars.map((bar) => bar.tickets)).toEqual(bars.map((_, i) => i))
      }),
    )
  })

  test('observes as many tickets as there were', () => {
    fc.assert(
      fc.property(minutes, (perMinute) => {
        expect(sum(distribution(perMinute).map((bar) => bar.tickets * bar.observed))).toBe(sum(perMinute))
      }),
    )
  })

  test('expects what Poisson gives for the mean', () => {
    const bars = distribution([0, 1, 2, 1])
    expect(bars[0]?.expected).toBeCloseTo(4 * Math.exp(-1), 9)
    expect(bars[1]?.expected).toBeCloseTo(4 * Math.exp(-1), 9)
    expect(bars[2]?.expected).toBeCloseTo(2 * Math.exp(-1), 9)
  })

  test('of no minutes is empty, and of empty minutes all zero', () => {
    expect(distribution([])).toEqual([])
    expect(distribution([0, 0])).toEqual([{ tickets: 0, observed: 2, expected: 2 }])
  })
})

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
