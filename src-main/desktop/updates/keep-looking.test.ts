import { expect, test } from 'vitest'
import type { Clock } from '../../runtime/clock.ts'
import { keepLooking } from './update-flow.ts'

/** A clock whose sleeps end when the test says so. */
function sleepyClock() {
  const slept: number[] = []
  let wake: (() => void) | undefined
  const clock: Clock = {
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        slept.push(ms)
        wake = resolve
        signal.addEventListener('abort', () => reject(signal.reason as Error))
      }),
  }
  return { clock, slept, wake: () => wake?.() }
}

test('looks a minute after the start, then daily, and no more once it is stopped', async () => {
  const { clock, slept, wake } = sleepyClock()
  const stopping = new AbortController()
  let looks = 0
  const done = keepLooking(async () => void looks++, clock, stopping.signal)
  expect(looks).toBe(0)
  wake()
  await expect.poll(() => slept).toEqual([60_000, 86_400_000])
  expect(looks).toBe(1)
  wake()
  await expect.poll(() => slept.length).toBe(3)
  expect(looks).toBe(2)
  stopping.abort()
  await done
  expect(looks).toBe(2)
})
