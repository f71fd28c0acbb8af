import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { paced } from './paced.ts'

const PACE = { burst: 3, everyMs: 250 }

/** Asks every 10 ms for so long, and gives when the work ran, in ms from the beginning. */
async function runsUnderAStream(work: () => Promise<void>, lastsMs: number): Promise<number[]> {
  const beganMs = Date.now()
  const runs: number[] = []
  const ask = paced(
    async () => {
      runs.push(Date.now() - beganMs)
      await work()
    },
    PACE,
    new AbortController().signal,
  )
  for (let ms = 0; ms < lastsMs; ms += 10) {
    ask()
    await vi.advanceTimersByTimeAsync(10)
  }
  return runs
}

describe('paced work', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('begins at once, a few times in a row', async () => {
    const work = vi.fn(async () => {})
    const ask = paced(work, PACE, new AbortController().signal)
    for (const times of [1, 2, 3]) {
      ask()
      expect(work).toHaveBeenCalledTimes(times)
      await vi.advanceTimersByTimeAsync(1)
    }
    ask()
    await vi.advanceTimersByTimeAsync(200)
    expect(work).toHaveBeenCalledTimes(3)
    await vi.advanceTimersByTimeAsync(50)
    expect(work).toHaveBeenCalledTimes(4)
  })

  test('is at its beginning again after a rest', async () => {
    const work = vi.fn(async () => {})
    const ask = paced(work, PACE, new AbortController().signal)
    for (let n = 0; n < 20; n++) {
      ask()
      await vi.advanceTimersByTimeAsync(10)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(vi.getTimerCount()).toBe(0)
    work.mockClear()
    ask()
    expect(work).toHaveBeenCalledTimes(1)
  })

  test('runs four times a second under a stream of asks, evenly', async () => {
    const runs = await runsUnderAStream(async () => {}, 10_000)
    expect(runs.length).toBeLessThanOrEqual(3 + 40)
    expect(runs.length).toBeGreaterThanOrEqual(40)
    const gaps = runs.slice(3).map((ms, n) => ms - (runs[n + 2] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(260)
  })

  test('never runs twice at a time; what is asked for meanwhile is served', async () => {
    const finished = Promise.withResolvers<void>()
    const work = vi.fn(() => finished.promise)
    const ask = paced(work, PACE, new AbortController().signal)
    ask()
    ask()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(work).toHaveBeenCalledTimes(1)
    finished.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(work).toHaveBeenCalledTimes(2)
  })

  test('an abort in the middle of the work is its end', async () => {
    const finished = Promise.withResolvers<void>()
    const stopping = new AbortController()
    const work = vi.fn(() => finished.promise)
    const ask = paced(work, PACE, stopping.signal)
    ask()
    ask()
    stopping.abort()
    finished.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
    expect(work).toHaveBeenCalledTimes(1)
  })

  test('nothing runs and no timer is left after the abort', async () => {
    const work = vi.fn(async () => {})
    const stopping = new AbortController()
    const ask = paced(work, { burst: 1, everyMs: 250 }, stopping.signal)
    ask()
    ask()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(1)
    stopping.abort()
    expect(vi.getTimerCount()).toBe(0)
    ask()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(work).toHaveBeenCalledTimes(1)
  })
})
