import { pino } from 'pino'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { stopInTime } from './stop-in-time.ts'

let logged: string[]
let log: pino.Logger

beforeEach(() => {
  vi.useFakeTimers()
  logged = []
  log = pino({}, { write: (line: string) => void logged.push(line) })
})

afterEach(() => vi.useRealTimers())

test('waits for the end, and leaves no timer', async () => {
  const stopping = Promise.withResolvers<void>()
  let done = false
  const stopped = stopInTime(() => stopping.promise, 2_000, log).then(() => (done = true))
  await vi.advanceTimersByTimeAsync(1_999)
  expect(done).toBe(false)
  stopping.resolve()
  await stopped
  expect(vi.getTimerCount()).toBe(0)
  expect(logged).toEqual([])
})

test('waits no longer than its patience', async () => {
  const stopped = stopInTime(() => new Promise(() => {}), 2_000, log)
  await vi.advanceTimersByTimeAsync(2_000)
  await stopped
  expect(logged.join()).toContain('did not end within 2000 ms')
})

test('a core that fails to end is logged, and the program quits all the same', async () => {
  await stopInTime(() => Promise.reject(new Error('disk gone')), 2_000, log)
  expect(logged.join()).toContain('disk gone')
})
