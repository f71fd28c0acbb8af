import { expect, test } from 'vitest'
import { lowerTail, quantile, upperTail } from './tails.ts'

test('a Poisson’s tail is one less its few first terms', () => {
  expect(upperTail(3, { mean: 2, variance: 2 })).toBeCloseTo(1 - Math.exp(-2) * (1 + 2 + 2), 14)
  expect(lowerTail(2, { mean: 2, variance: 2 })).toBeCloseTo(Math.exp(-2) * (1 + 2 + 2), 14)
})

test('a quantile is the smallest count that reaches its share', () => {
  const usual = { mean: 9, variance: 13.5 }
  const count = quantile(0.95, usual)
  expect(lowerTail(count, usual)).toBeGreaterThanOrEqual(0.95)
  expect(lowerTail(count - 1, usual)).toBeLessThan(0.95)
})
