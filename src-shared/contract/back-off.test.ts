import { expect, test } from 'vitest'
import { backOffMs } from './wire.ts'

test('waits twice as long after each failure, up to a quarter of a minute', () => {
  expect([1, 2, 3, 4].map((failures) => backOffMs(failures, 1))).toEqual([500, 1_000, 2_000, 4_000])
  expect(backOffMs(50, 1)).toBe(15_000)
})

test('windows that lost the server together do not come back together', () => {
  expect(backOffMs(3, 0)).toBe(1_000)
  expect(backOffMs(3, 0.5)).toBe(1_500)
})
