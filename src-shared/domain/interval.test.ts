import fc from 'fast-check'
import { expect, test } from 'vitest'
import { INTERVALS, intervalFor, intervalText, usualInterval } from './interval.ts'

test.each([
  [60, 120, 1, 1],
  [60, 40, 1, 2],
  [121, 120, 1, 2],
  [1_440, 120, 1, 15],
  [10_080, 120, 1, 120],
  [1_440, 100, 10, 30],
  [525_600, 120, 60, 10_080],
  [10_000_000, 100, 60, 100_800],
])('%i minutes in at most %i bars of buckets of %i: %i', (minutes, most, bucket, interval) => {
  expect(intervalFor(minutes, most, bucket)).toBe(interval)
})

test('is the smallest there is, and never too many bars', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5_000_000 }),
      fc.integer({ min: 1, max: 1_500 }),
      fc.constantFrom(1, 2, 5, 10, 60),
      (minutes, most, bucket) => {
        const interval = intervalFor(minutes, most, bucket)
        expect(Math.ceil(minutes / interval)).toBeLessThanOrEqual(most)
        expect(interval % bucket).toBe(0)
        const smaller = INTERVALS.filter((one) => one < interval && one % bucket === 0)
        for (const one of smaller) expect(Math.ceil(minutes / one)).toBeGreaterThan(most)
      },
    ),
  )
})

test('is a week at most where nobody chose one', () => {
  expect([5, 60, 1_440, 10_080, 525_600, 5_256_000].map(usualInterval)).toEqual([
    1, 1, 15, 120, 10_080, 10_080,
  ])
})

test('is said in the largest unit', () => {
  expect([1, 5, 60, 180, 1_440, 10_080].map(intervalText)).toEqual([
    '1 min',
    '5 min',
    '1 h',
    '3 h',
    '1 day',
    '7 days',
  ])
})
