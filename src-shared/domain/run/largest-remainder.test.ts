import fc from 'fast-check'
import { expect, test } from 'vitest'
import { largestRemainder } from './profile-times.ts'

test.each([
  [[25, 33.3, 16.7], 75, [25, 33, 17]],
  [[1, 1, 1], 10, [4, 3, 3]],
  [[1, 0, 1], 3, [2, 0, 1]],
  [[3, 1], 1, [1, 0]],
  [[7], 5, [5]],
])('%j share %i as %j', (weights, count, numbers) => {
  expect(largestRemainder(weights, count)).toEqual(numbers)
})

test('the numbers add up, and none is a whole one away from its exact share', () => {
  const weight = fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true }))
  const weights = fc
    .array(weight, { minLength: 1, maxLength: 80 })
    .filter((all) => all.some((one) => one > 0))
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 100_000 }), (all, count) => {
      const numbers = largestRemainder(all, count)
      const total = all.reduce((a, b) => a + b, 0)
      expect(numbers.reduce((a, b) => a + b, 0)).toBe(count)
      for (const [index, number] of numbers.entries()) {
        expect(Math.abs(number - ((all[index] ?? 0) / total) * count)).toBeLessThan(1 + 1e-6)
      }
    }),
  )
})
