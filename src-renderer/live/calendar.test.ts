import { describe, expect, test } from 'vitest'
import {
  dateOf,
  hourAt,
  hoursOfDay,
  neighbourDate,
  neighbourSpan,
  startOfBar,
  wallClockAt,
} from './calendar.ts'

const at = (iso: string): number => Date.parse(iso)
const span = (from: string, to: string): { fromMs: number; toMs: number } => ({
  fromMs: at(from),
  toMs: at(to),
})

describe('hour', () => {
  test('is the calendar hour of the zone, also where zones are half an hour apart', () => {
    expect(hourAt(at('2026-11-24T14:59:59.999Z'), 'Europe/Berlin')).toEqual(
      span('2026-11-24T14:00Z', '2026-11-24T15:00Z'),
    )
    expect(hourAt(at('2026-11-24T14:29Z'), 'Asia/Kolkata')).toEqual(
      span('2026-11-24T13:30Z', '2026-11-24T14:30Z'),
    )
  })
})

describe('the span before and after', () => {
  test('touches it, through the night when clocks go back', () => {
    const early = hourAt(at('2026-10-25T00:30Z'), 'Europe/Berlin') // 02:30 summer time
    const late = neighbourSpan(early, 'Europe/Berlin', 1) // 02:00 winter time
    expect(late).toEqual(span('2026-10-25T01:00Z', '2026-10-25T02:00Z'))
    expect(neighbourSpan(late, 'Europe/Berlin', -1)).toEqual(early)
  })

  test.each([
    [
      'Europe/Berlin',
      span('2026-10-23T22:00Z', '2026-10-24T22:00Z'),
      span('2026-10-24T22:00Z', '2026-10-25T23:00Z'),
    ],
    [
      'Europe/Berlin',
      span('2026-03-27T23:00Z', '2026-03-28T23:00Z'),
      span('2026-03-28T23:00Z', '2026-03-29T22:00Z'),
    ],
    // The day of the change begins at one o'clock: midnight is left out.
    [
      'America/Santiago',
      span('2026-09-05T04:00Z', '2026-09-06T04:00Z'),
      span('2026-09-06T04:00Z', '2026-09-07T03:00Z'),
    ],
    [
      'America/Santiago',
      span('2026-04-04T03:00Z', '2026-04-05T04:00Z'),
      span('2026-04-05T04:00Z', '2026-04-06T04:00Z'),
    ],
  ])('of a day in %s is a day of the calendar, of 23 to 25 hours', (zone, day, next) => {
    expect(neighbourSpan(day, zone, 1)).toEqual(next)
    expect(neighbourSpan(next, zone, -1)).toEqual(day)
  })
})

test.each([
  [5, '2026-11-25T14:37:20Z', '2026-11-25T14:35Z'],
  [120, '2026-11-25T14:37:20Z', '2026-11-25T13:00Z'], // 14:00 in Berlin
  [1_440, '2026-10-25T22:59Z', '2026-10-24T22:00Z'],
  [10_080, '2026-11-25T14:37:20Z', '2026-11-22T23:00Z'],
])('a bar of %i minutes at %s begins at %s on the clock of Berlin', (interval, time, begin) => {
  expect(startOfBar(at(time), interval, 'Europe/Berlin')).toBe(at(begin))
})

describe('day', () => {
  test.each([
    ['2026-11-24', 24],
    ['2026-03-29', 23],
    ['2026-10-25', 25],
  ])('%s in Berlin has %i hours without a gap', (date, count) => {
    const hours = hoursOfDay(date, 'Europe/Berlin')
    expect(hours).toHaveLength(count)
    expect(hours.slice(1).map((hour) => hour.fromMs)).toEqual(hours.slice(0, -1).map((hour) => hour.toMs))
  })

  test('is the one that the zone’s calendar shows', () => {
    expect(dateOf(at('2026-12-31T23:30Z'), 'Europe/Berlin')).toBe('2027-01-01')
    expect(neighbourDate('2027-01-01', -1)).toBe('2026-12-31')
  })
})

test('a wall clock without a zone shows what the zone’s clock shows', () => {
  const shown = new Date(wallClockAt(at('2026-11-24T14:00Z'), 'Asia/Kolkata')).toISOString()
  expect(shown).toBe('2026-11-24T19:30:00.000Z')
})
