import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minuteOf, minuteSpan, startOfMinute } from './minute.ts'

const instant = fc.integer({ min: 0, max: 8_640_000_000_000_000 })

describe('a minute', () => {
  test('holds the instants from its start to the start of the next', () => {
    fc.assert(
      fc.property(instant, (ms) => {
        const minute = minuteOf(ms)
        expect(startOfMinute(minute)).toBeLessThanOrEqual(ms)
        expect(startOfMinute(minute + 1)).toBeGreaterThan(ms)
      }),
    )
  })

  test('begins at the full minute in UTC', () => {
    expect(minuteOf(Date.parse('2026-01-15T14:00:00.000Z'))).toBe(
      minuteOf(Date.parse('2026-01-15T14:00:59.999Z')),
    )
    expect(new Date(startOfMinute(29_474_760)).toISOString()).toBe('2026-01-15T14:00:00.000Z')
  })
})

describe('a span of minutes', () => {
  test('covers every instant of the span that was asked for, with at most a minute more at each end', () => {
    fc.assert(
      fc.property(instant, fc.nat(10_000_000), (fromMs, lengthMs) => {
        const { fromMinute, toMinute } = minuteSpan(fromMs, fromMs + lengthMs)
        expect(startOfMinute(fromMinute)).toBeLessThanOrEqual(fromMs)
        expect(startOfMinute(toMinute)).toBeGreaterThanOrEqual(fromMs + lengthMs)
        expect(toMinute - fromMinute).toBeLessThanOrEqual(lengthMs / 60_000 + 2)
      }),
    )
  })

  test('ends before the minute that begins at its end', () => {
    expect(minuteSpan(60_000, 180_000)).toEqual({ fromMinute: 1, toMinute: 3 })
    expect(minuteSpan(60_000, 180_001)).toEqual({ fromMinute: 1, toMinute: 4 })
    expect(minuteSpan(60_000, 60_000)).toEqual({ fromMinute: 1, toMinute: 1 })
  })
})
