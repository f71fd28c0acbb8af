import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createRefresher } from './timers.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function counted(): { load: () => Promise<void>; starts: () => number; finish: () => Promise<void> } {
  const open: (() => void)[] = []
  let starts = 0
  return {
    load: () => {
      starts += 1
      return new Promise((resolve) => open.push(resolve))
    },
    starts: () => starts,
    finish: async () => {
      for (const resolve of open.splice(0)) resolve()
      await vi.advanceTimersByTimeAsync(0)
    },
  }
}

describe('refresher', () => {
  test('starts at once, and once more for all that was asked meanwhile, not before the gap is over', async () => {
    const work = counted()
    const refresher = createRefresher(work.load, 500)
    refresher.request()
    expect(work.starts()).toBe(1)
    refresher.request()
    refresher.request()
    await work.finish()
    expect(work.starts()).toBe(1)
    await vi.advanceTimersByTimeAsync(500)
    expect(work.starts()).toBe(2)
    await work.finish()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(work.starts()).toBe(2)
  })

  test('never runs twice at the same time, even when it is slower than the gap', async () => {
    const work = counted()
    const refresher = createRefresher(work.load, 500)
    refresher.request()
    refresher.request()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(work.starts()).toBe(1)
    await work.finish()
    expect(work.starts()).toBe(2)
  })

  test('does not keep a person waiting for the gap', async () => {
    const work = counted()
    const refresher = createRefresher(work.load, 500)
    refresher.request()
    await work.finish()
    refresher.request(true)
    expect(work.starts()).toBe(2)
  })

  test('does nothing after its stop', async () => {
    const work = counted()
    const refresher = createRefresher(work.load, 500)
    refresher.request()
    refresher.request()
    refresher.stop()
    await work.finish()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(work.starts()).toBe(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
