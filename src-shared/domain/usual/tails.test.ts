import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lowerTail, quantile, upperTail } from './tails.ts'
import { TAILS } from '../../../test-support/domain/tails-golden.ts'

const USUAL = fc
  .tuple(fc.double({ min: 0.01, max: 3_000, noNaN: true }), fc.double({ min: 1, max: 30, noNaN: true }))
  .map(([mean, ratio]) => ({ mean, variance: mean * ratio }))

describe('tails', () => {
  test('agree with R’s and @stdlib’s to nine digits, however small', () => {
    expect(TAILS.length).toBeGreaterThan(100)
    for (const [count, mean, variance, upper, lower, stdlib] of TAILS) {
      const usual = { mean, variance }
      const what = `${count} of mean ${mean}, variance ${variance}`
      expect(Math.abs(upperTail(count, usual) / upper - 1), what).toBeLessThan(1e-9)
      expect(Math.abs(lowerTail(count - 1, usual) / lower - 1), what).toBeLessThan(1e-9)
      expect(Math.abs(lowerTail(count - 1, usual) / (stdlib ?? lower) - 1), what).toBeLessThan(1e-9)
    }
  })

  test('of both sides are one together, and fall with the count', () => {
    fc.assert(
      fc.property(USUAL, fc.nat(4_000), (usual, count) => {
        expect(upperTail(count, usual) + lowerTail(count - 1, usual)).toBeCloseTo(1, 12)
        expect(upperTail(count + 1, usual)).toBeLessThanOrEqual(upperTail(count, usual) + 1e-15)
      }),
    )
  })

  test('of what has no mean are those of zero tickets', () => {
    expect([upperTail(0, NONE), upperTail(1, NONE), lowerTail(0, NONE), quantile(0.95, NONE)]).toEqual([
      1, 0, 1, 0,
    ])
  })
})

describe('a quantile', () => {
  test('is the smallest count that reaches its share', () => {
    fc.assert(
      fc.property(USUAL, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (usual, share) => {
        const count = quantile(share, usual)
        expect(lowerTail(count, usual)).toBeGreaterThanOrEqual(share - 1e-10)
        expect(lowerTail(count - 1, usual)).toBeLessThanOrEqual(share + 1e-10)
      }),
    )
  })

  test('of many is right to a hundredth of the spread', () => {
    for (const variance of [12_000, 40_000, 4_000_000]) {
      const usual = { mean: 12_000, variance }
      for (const share of [0.05, 0.95]) {
        expect(lowerTail(quantile(share, usual), usual)).toBeCloseTo(share, 2)
      }
    }
  })
})

const NONE = { mean: 0, variance: 0 }
