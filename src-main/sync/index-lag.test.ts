import { expect, test } from 'vitest'
import { createIndexLagMeter } from './index-lag.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

test('the longest of the last hour counts', () => {
  const lag = createIndexLagMeter()
  lag.add(3_000, 10 * HOUR)
  lag.add(90_000, 10 * HOUR + 1)
  lag.add(4_000, 10 * HOUR + 2)
  expect(lag.lagMs()).toBe(90_000)
})

test('a bad straggler is forgotten after an hour', () => {
  const lag = createIndexLagMeter()
  lag.add(2 * HOUR, 10 * HOUR)
  for (let n = 1; n < 61; n++) lag.add(5_000, 10 * HOUR + n * MINUTE)
  expect(lag.lagMs()).toBe(5_000)
})

test('on a quiet site, what was usual stays, and the straggler does not', () => {
  const lag = createIndexLagMeter()
  lag.add(5_000, 10 * HOUR)
  lag.add(6_000, 10 * HOUR + MINUTE)
  lag.add(2 * HOUR, 10 * HOUR + 2 * MINUTE)
  lag.passed(12 * HOUR)
  expect(lag.lagMs()).toBe(6_000)
})

test('nothing is known before the first, and what was seen early had no lag', () => {
  const lag = createIndexLagMeter()
  expect(lag.lagMs()).toBeNull()
  lag.add(-400, HOUR)
  expect(lag.lagMs()).toBe(0)
})

test('the look-back is twice the lag, from fifteen minutes to four hours', () => {
  const after = (lagMs: number): number => {
    const lag = createIndexLagMeter()
    lag.add(lagMs, HOUR)
    return lag.lookBackMs()
  }
  expect(createIndexLagMeter().lookBackMs()).toBe(15 * MINUTE)
  expect([5_000, 10 * MINUTE, 30 * HOUR].map(after)).toEqual([15 * MINUTE, 20 * MINUTE, 4 * HOUR])
})
