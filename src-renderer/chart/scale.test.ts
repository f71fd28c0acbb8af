import { expect, test } from 'vitest'
import { countScale } from './geometry.ts'

test.each([
  [0, 2],
  [3, 2],
  [8, 2],
  [11, 5],
  [37, 10],
  [250, 50],
])('a highest bar of %i has lines every %i, and room above it', (most, step) => {
  const scale = countScale(most)
  expect(scale.step).toBe(step)
  expect(scale.top).toBeGreaterThan(most)
})

test('one ticket more leaves the scale of a quiet hour as it is', () => {
  expect(countScale(1)).toEqual(countScale(8))
})

test('two tickets in a minute are no storm: a quarter of the height at most', () => {
  expect(2 / countScale(2).top).toBeLessThan(0.25)
})
