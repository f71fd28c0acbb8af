import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { paced } from './paced.ts'

describe('paced work', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('begins at once; what is asked for in the pause is done once, after it', async () => {
    const work = vi.fn(async () => {})
    const ask = paced(work, 50, new AbortController().signal)
    ask()
    expect(work).toHaveBeenCalledTimes(1)
    ask()
    ask()
    await vi.advanceTimersByTimeAsync(49)
    expect(work).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(work).toHaveBeenCalledTimes(2)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(work).toHaveBeenCalledTimes(2)
    ask()
    expect(work).toHaveBeenCalledTimes(3)
  })

  test('never runs twice at a time; what is asked for meanwhile is served', async () => {
    const finished = Promise.withResolvers<void>()
    const work = vi.fn(() => finished.promise)
    const ask = paced(work, 50, new AbortController().signal)
    ask()
    ask()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(work).toHaveBeenCalledTimes(1)
    finished.resolve()
    await vi.advanceTimersByTimeAsync(50)
    expect(work).toHaveBeenCalledTimes(2)
  })

  test('an abort in the middle of the work is its end', async () => {
    const finished = Promise.withResolvers<void>()
    const stopping = new AbortController()
    paced(() => finished.promise, 50, stopping.signal)()
    stopping.abort()
    finished.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('nothing runs and no timer is left after the abort', async () => {
    const work = vi.fn(async () => {})
    const stopping = new AbortController()
    const ask = paced(work, 50, stopping.signal)
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
