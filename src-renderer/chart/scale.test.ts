import { expect, test } from 'vitest'
import { countScale } from './geometry.ts'

test.each([
  [0, 1],
  [3, 1],
  [5, 1],
  [6, 2],
  [37, 10],
  [250, 50],
])('a highest bar of %i has lines every %i, and room above it', (most, step) => {
  const scale = countScale(most)
  expect(scale.step).toBe(step)
  expect(scale.top).toBeGreaterThan(most)
})

test('one ticket more leaves the scale of a quiet hour as it is', () => {
  expect(countScale(1)).toEqual(countScale(4))
})
