import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { paced, type Pace } from '../runtime/async.ts'

const PACE = { burst: 3, everyMs: 250 }

/** Asks all the time for so long, and gives when the work ran, in ms from the beginning. */
async function runsUnderAStream(pace: Pace, everyMs: number, lastsMs: number): Promise<number[]> {
  const beganMs = Date.now()
  const runs: number[] = []
  const ask = paced(async () => void runs.push(Date.now() - beganMs), pace, new AbortController().signal)
  for (let ms = 0; ms < lastsMs; ms += everyMs) {
    ask()
    await vi.advanceTimersByTimeAsync(everyMs)
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
    const runs = await runsUnderAStream(PACE, 10, 10_000)
    expect(runs.length).toBeLessThanOrEqual(3 + 40)
    expect(runs.length).toBeGreaterThanOrEqual(40)
    const gaps = runs.slice(3).map((ms, n) => ms - (runs[n + 2] ?? 0))
    expect(Math.max(...gaps)).toBeLessThanOrEqual(260)
  })

  test('runs less often where it is asked for ever so often, but not for a few asks', async () => {
    const pace = { ...PACE, crowdedMs: 500 }
    expect((await runsUnderAStream(pace, 10, 10_000)).length).toBeLessThanOrEqual(3 + 21)
    expect((await runsUnderAStream(pace, 100, 10_000)).length).toBeGreaterThanOrEqual(40)
    expect(await runsUnderAStream(pace, 300, 3_000)).toEqual(Array.from({ length: 10 }, (_, n) => n * 300))
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
