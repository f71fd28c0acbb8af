import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import { createMinuteTicker } from './timers.ts'

const start = Date.parse('2026-11-24T14:00:30Z')
const minute = Math.floor(start / 60_000)

beforeEach(() => void vi.useFakeTimers({ now: start }))
afterEach(() => void vi.useRealTimers())

test('tells each minute of the site’s clock once, as it begins', async () => {
  const heard: number[] = []
  const ticker = createMinuteTicker(Date.now, (m) => heard.push(m))
  ticker.follow(steadyClock(start))
  await vi.advanceTimersByTimeAsync(29_999)
  expect(heard).toEqual([minute])
  await vi.advanceTimersByTimeAsync(60_001)
  expect(heard).toEqual([minute, minute + 1, minute + 2])
  ticker.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('follows a compressed hour, and the machine’s pace after it', async () => {
  const heard: number[] = []
  const ticker = createMinuteTicker(Date.now, (m) => heard.push(m))
  ticker.follow({ machineMs: start, siteMs: start, rate: 60, untilSiteMs: start + 600_000 })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(heard).toEqual(Array.from({ length: 11 }, (_, i) => minute + i))
  await vi.advanceTimersByTimeAsync(29_000)
  expect(heard).toHaveLength(11)
  ticker.stop()
})
