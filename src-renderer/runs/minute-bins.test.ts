import { expect, test } from 'vitest'
import { barsPath, binned, minutesPerBar, outlinePath } from './run-minutes.tsx'

test('an hour has a bar a minute, also where it begins within one; a day is binned', () => {
  expect([1, 60, 61, 62, 120, 1_440, 100_000].map(minutesPerBar)).toEqual([1, 1, 1, 2, 2, 30, 1_640])
  for (const minutes of [1, 59, 61, 62, 333, 1_440, 100_000]) {
    expect(Math.ceil(minutes / minutesPerBar(minutes))).toBeLessThanOrEqual(61)
  }
})

test('bins lose nothing, the last one may be narrower', () => {
  expect(binned([1, 2, 3, 4, 5], 2)).toEqual([3, 7, 5])
  expect(binned([], 2)).toEqual([])
})

test('the outline goes over the bars and ends on the line', () => {
  expect(outlinePath([2, 0, 3], 3)).toBe('M0 3V1H1V3H2V0H3V3')
})

test('an empty bar is not drawn', () => {
  expect(barsPath([0, 2], 3)).toBe('M1.1 3V1h.8V3z')
})
