import { afterEach, expect, test, vi } from 'vitest'
import { TestPage } from '../../test-support/renderer/live/page.ts'
import { whileVisible } from './timers.ts'

afterEach(() => vi.useRealTimers())

test('works while the page is in sight, at once when it is again, and no more when it is left', async () => {
  vi.useFakeTimers()
  const page = new TestPage()
  let times = 0
  const leave = whileVisible(page, 1_000, () => times++)
  expect(times).toBe(0)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(times).toBe(2)
  page.show(false)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(times).toBe(2)
  page.show(true)
  expect(times).toBe(3)
  leave()
  page.show(true)
  expect(times).toBe(3)
  expect(vi.getTimerCount()).toBe(0)
})
