import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calendarStarts, spanOfBars } from './buckets.ts'
import type { Interval } from './interval.ts'
import { startOfMinute } from './minute.ts'

function minute(text: string): number {
  return Date.parse(text) / 60_000
}

function iso(at: number): string {
  return new Date(startOfMinute(at)).toISOString().slice(0, 16)
}

function starts(from: string, to: string, bucketMinutes: number, zone: string): string[] {
  return calendarStarts({ fromMinute: minute(from), toMinute: minute(to) }, bucketMinutes, zone).map(iso)
}

describe('days and weeks of a zone’s calendar', () => {
  test.each([
    // In Berlin 29 March has 23 hours, 25 October 25.
    ['2026-03-28T12:00Z', 'Europe/Berlin', ['2026-03-28T12:00', '2026-03-28T23:00', '2026-03-29T22:00']],
    ['2026-10-24T12:00Z', 'Europe/Berlin', ['2026-10-24T12:00', '2026-10-24T22:00', '2026-10-25T23:00']],
    // In Santiago clocks go back at midnight on 5 April and pass over it on 6 September.
    ['2026-04-04T12:00Z', 'America/Santiago', ['2026-04-04T12:00', '2026-04-05T04:00', '2026-04-06T04:00']],
    ['2026-09-05T12:00Z', 'America/Santiago', ['2026-09-05T12:00', '2026-09-06T04:00', '2026-09-07T03:00']],
    ['2026-11-24T12:00Z', 'Asia/Kathmandu', ['2026-11-24T12:00', '2026-11-24T18:15', '2026-11-25T18:15']],
  ])('from %s in %s', (from, zone, expected) => {
    const to = new Date(Date.parse(from) + 2 * 86_400_000).toISOString()
    expect(starts(from, to, 1_440, zone)).toEqual(expected)
  })

  test('a week begins on Monday; the first and the last are what the span has of them', () => {
    expect(starts('2026-11-18T10:00Z', '2026-12-01T00:00Z', 10_080, 'UTC')).toEqual([
      '2026-11-18T10:00',
      '2026-11-23T00:00',
      '2026-11-30T00:00',
    ])
  })

  test('each begins at the beginning of a day of the clock, whatever the zone', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Santiago',
      'Africa/Casablanca',
      'Asia/Kathmandu',
    )
    const from = fc.integer({ min: minute('2000-01-01'), max: minute('2030-01-01') })
    fc.assert(
      fc.property(zones, from, fc.integer({ min: 1, max: 600 }), (zone, fromMinute, days) => {
        const all = calendarStarts({ fromMinute, toMinute: fromMinute + days * 1_440 }, 1_440, zone)
        const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' })
        const dates = all.map((at) => format.format(startOfMinute(at)))
        const before = all.slice(1).map((at) => format.format(startOfMinute(at) - 1))
        expect(before).toEqual(dates.slice(0, -1))
        expect(new Set(dates).size).toBe(all.length)
        expect(format.format(startOfMinute(fromMinute + days * 1_440) - 1)).toBe(dates.at(-1))
      }),
    )
  })
})

describe('the bars of a chosen span', () => {
  /** A Wednesday. */
  const clock = { nowMs: Date.parse('2026-11-25T14:37:20Z'), zone: 'Europe/Berlin' }
  const bars = (from: string, to: string, bucketMinutes?: Interval, at = clock) => {
    const span = spanOfBars({ from, to }, at, bucketMinutes)
    return [iso(span.fromMs / 60_000), iso(span.toMs / 60_000), span.bucketMinutes]
  }

  test.each([
    ['now-1h', 'now', undefined, '2026-11-25T13:38', '2026-11-25T14:38', 1],
    ['now-24h', 'now', undefined, '2026-11-24T14:45', '2026-11-25T14:45', 15],
    ['now-7d', 'now', undefined, '2026-11-18T15:00', '2026-11-25T15:00', 120],
    ['now-7d', 'now', 1_440, '2026-11-18T23:00', '2026-11-25T23:00', 1_440],
    ['now-2w', 'now', 10_080, '2026-11-15T23:00', '2026-11-29T23:00', 10_080],
    ['now/d', 'now', 60, '2026-11-24T23:00', '2026-11-25T15:00', 60],
    ['now/d', 'now/d', undefined, '2026-11-24T23:00', '2026-11-25T23:00', 15],
    ['2026-11-25T14:00Z', 'now', undefined, '2026-11-25T14:00', '2026-11-25T14:38', 1],
    ['2026-11-25T14:07Z', 'now', 10, '2026-11-25T14:07', '2026-11-25T14:47', 10],
    ['2026-11-20T14:05Z', '2026-11-20T15:00Z', 10, '2026-11-20T14:05', '2026-11-20T15:00', 10],
  ] as const)('from %s to %s by %s', (from, to, interval, ...expected) => {
    expect(bars(from, to, interval)).toEqual(expected)
  })

  test('are as many across a change of clocks, and the next one begins with the minute', () => {
    const berlin = { nowMs: Date.parse('2026-03-30T10:38:00Z'), zone: 'Europe/Berlin' }
    expect(bars('now-7d', 'now', 120, berlin)).toEqual(['2026-03-23T12:00', '2026-03-30T12:00', 120])
    expect(bars('now-7d', 'now', 1_440, berlin)).toEqual(['2026-03-23T23:00', '2026-03-30T22:00', 1_440])
    expect(bars('now-1h', 'now', 1, berlin)).toEqual(['2026-03-30T09:39', '2026-03-30T10:39', 1])
  })
})
