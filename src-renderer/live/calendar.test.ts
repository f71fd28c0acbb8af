import { describe, expect, test } from 'vitest'
import { dateOf, hourAt, hoursOfDay, neighbour, neighbourDate, wallClockAt } from './calendar.ts'

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

  test('has neighbours that touch it, through the night when clocks go back', () => {
    const first = hourAt(at('2026-10-25T00:30Z'), 'Europe/Berlin') // 02:30 summer time
    const second = neighbour(first, 'Europe/Berlin', 1) // 02:00 winter time
    expect(second).toEqual(span('2026-10-25T01:00Z', '2026-10-25T02:00Z'))
    expect(neighbour(second, 'Europe/Berlin', -1)).toEqual(first)
  })
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
