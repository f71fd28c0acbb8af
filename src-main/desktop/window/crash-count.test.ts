import { expect, test } from 'vitest'
import { createCrashCount } from './crash-count.ts'

test('counts the deaths of the last minute alone', () => {
  let nowMs = 1_000_000
  const died = createCrashCount(() => nowMs)
  expect(died()).toBe(1)
  nowMs += 30_000
  expect(died()).toBe(2)
  nowMs += 30_000
  expect(died()).toBe(2) // the first is a minute old
  nowMs += 60_000
  expect(died()).toBe(1)
})
