import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBuckets, createRateLimits, DEFAULT_LIMITS } from './rate-limits.ts'

test('gives its burst at once, then so many a second, and says how long to wait', () => {
  let nowMs = 0
  const buckets = createBuckets({ burst: 3, perSecond: 2 }, () => nowMs)
  expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 0])
  expect(buckets.take('a')).toBe(0.5)
  expect(buckets.waitFor('a')).toBe(0.5)
  expect(buckets.take('b')).toBe(0)
  nowMs = 500
  expect(buckets.waitFor('a')).toBe(0)
  expect(buckets.take('a')).toBe(0)
  expect(buckets.take('a')).toBeGreaterThan(0)
  nowMs = 1e9
  expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 0])
  expect(buckets.take('a')).toBeGreaterThan(0)
})

test('in any span of time, whatever is asked: no more than the burst and what the time gives', () => {
  const asks = fc.array(fc.nat({ max: 400 }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(
      asks,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 20 }),
      (gaps, burst, perSecond) => {
        let nowMs = 0
        const buckets = createBuckets({ burst, perSecond }, () => nowMs)
        const given: number[] = []
        for (const gap of gaps) {
          nowMs += gap
          if (buckets.take('a') === 0) given.push(nowMs)
        }
        for (const [n, from] of given.entries()) {
          for (const [m, to] of given.entries()) {
            if (m < n) continue
            expect(m - n + 1).toBeLessThanOrEqual(burst + ((to - from) / 1_000) * perSecond + 1e-6)
          }
        }
      },
    ),
  )
})

test('a clock that goes back gives nothing', () => {
  let nowMs = 1_000
  const buckets = createBuckets({ burst: 1, perSecond: 1 }, () => nowMs)
  expect(buckets.take('a')).toBe(0)
  nowMs = 0
  expect(buckets.take('a')).toBeGreaterThan(0)
})

test('of more keys than are remembered the one that was idle longest is forgotten', () => {
  const buckets = createBuckets({ burst: 1, perSecond: 1 }, () => 0, 3)
  for (const key of ['a', 'b', 'c']) buckets.take(key)
  buckets.take('a')
  buckets.take('d')
  expect(buckets.waitFor('b')).toBe(0)
  for (const key of ['a', 'c', 'd']) expect([key, buckets.waitFor(key)]).toEqual([key, expect.closeTo(1)])
})

test.each([1, 2, 5])(
  'of %i servers an address has so many times the guesses of one, and no more',
  (edges) => {
    let ms = 0
    const servers = Array.from({ length: edges }, () => createRateLimits(DEFAULT_LIMITS, () => ms))
    let guesses = 0
    for (; ms < 3_600_000; ms += 500) {
      for (const server of servers) {
        while (server.lockOf('203.0.113.7') === null) {
          server.failed('203.0.113.7')
          guesses += 1
        }
      }
    }
    // 20 at once, and one every two seconds of the hour.
    expect(guesses).toBe(edges * (20 + 1_799))
  },
)
