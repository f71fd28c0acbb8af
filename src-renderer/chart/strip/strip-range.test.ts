import { describe, expect, test } from 'vitest'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { endsWithin, gripped, keyMs, stripInterval, stripRange, stripTicks } from './strip-range.ts'

const BERLIN = 'Europe/Berlin'
const span = (from: string, to: string): TimeSpan => ({ fromMs: Date.parse(from), toMs: Date.parse(to) })
const wall = ({ fromMs, toMs }: TimeSpan, zone = 'UTC'): string =>
  [fromMs, toMs].map((ms) => new Date(ms).toLocaleString('sv', { timeZone: zone }).slice(0, 16)).join(' to ')
const minutes = ({ fromMs, toMs }: TimeSpan): number => (toMs - fromMs) / 60_000

describe('what the strip shows', () => {
  test.each([
    [
      'an hour of the afternoon: its day',
      '2026-11-24T13:00Z',
      '2026-11-24T14:00Z',
      '2026-11-24 00:00 to 2026-11-25 00:00',
    ],
    [
      'an hour of the morning: the last evening, too',
      '2026-11-24T08:00Z',
      '2026-11-24T09:00Z',
      '2026-11-23 12:00 to 2026-11-24 12:00',
    ],
    [
      'an hour across midnight: as much on either side',
      '2026-11-23T23:30Z',
      '2026-11-24T00:30Z',
      '2026-11-23 12:00 to 2026-11-24 12:00',
    ],
    ['a day: a week', '2026-11-24T00:00Z', '2026-11-25T00:00Z', '2026-11-18 00:00 to 2026-11-25 00:00'],
    ['a week: four', '2026-11-17T00:00Z', '2026-11-24T00:00Z', '2026-10-27 00:00 to 2026-11-24 00:00'],
    ['a quarter: a year', '2026-08-01T00:00Z', '2026-10-31T00:00Z', '2025-11-03 00:00 to 2026-11-02 00:00'],
    ['three years: these', '2023-11-24T00:00Z', '2026-11-24T00:00Z', '2023-11-20 00:00 to 2026-11-30 00:00'],
  ])('of %s', (_name, from, to, range) => {
    expect(wall(stripRange(span(from, to), null, 'UTC'))).toBe(range)
  })

  test('begins and ends by the zone’s calendar, also on the nights when clocks change', () => {
    for (const [from, to] of [
      ['2026-03-29T12:00Z', '2026-03-29T13:00Z'],
      ['2026-10-25T13:00Z', '2026-10-25T14:00Z'],
    ] as const) {
      const range = stripRange(span(from, to), null, BERLIN)
      expect(wall(range, BERLIN)).toMatch(/ 00:00 to .* 00:00$/)
      expect(range.fromMs).toBeLessThanOrEqual(Date.parse(from))
      expect(range.toMs).toBeGreaterThanOrEqual(Date.parse(to))
    }
  })

  test('stays while the span is in it and of its size', () => {
    const day = stripRange(span('2026-11-24T13:00Z', '2026-11-24T14:00Z'), null, 'UTC')
    expect(stripRange(span('2026-11-24T03:00Z', '2026-11-24T03:30Z'), day, 'UTC')).toBe(day)
    expect(stripRange(span('2026-11-23T23:30Z', '2026-11-24T00:30Z'), day, 'UTC')).not.toBe(day)
    expect(minutes(stripRange(span('2026-11-24T00:00Z', '2026-11-24T10:00Z'), day, 'UTC'))).toBe(7 * 1_440)
  })

  test('has at most 200 bars', () => {
    for (const days of [0.02, 0.2, 0.5, 1, 3, 7, 30, 100, 400, 3_000]) {
      const toMs = Date.parse('2026-11-24T14:00Z')
      const range = stripRange({ fromMs: toMs - days * 86_400_000, toMs }, null, BERLIN)
      expect(minutes(range) / stripInterval(range), `${days} days`).toBeLessThanOrEqual(200)
    }
  })
})

const texts = (from: string, to: string): string =>
  stripTicks(span(from, to), 8, 'UTC')
    .map(({ text }) => text)
    .join(' ')

test('labels say hours over a day, days over a week, dates over months', () => {
  expect(texts('2026-11-24T00:00Z', '2026-11-25T00:00Z')).toBe(
    'Tue 24 03:00 06:00 09:00 12:00 15:00 18:00 21:00',
  )
  expect(texts('2026-11-18T00:00Z', '2026-11-25T00:00Z')).toBe(
    'Wed 18 Thu 19 Fri 20 Sat 21 Sun 22 Mon 23 Tue 24',
  )
  expect(texts('2026-10-26T00:00Z', '2026-11-23T00:00Z')).toBe('26 Oct 2 Nov 9 Nov 16 Nov')
})

describe('the handle', () => {
  const hour = span('2026-11-24T13:00Z', '2026-11-24T14:00Z')
  const bounds = { ...span('2026-11-24T00:00Z', '2026-11-24T15:00Z'), stepMs: 60_000, leastMs: 120_000 }
  const at = (grip: 'span' | 'from' | 'to', byMinutes: number): string =>
    wall(gripped(hour, grip, byMinutes * 60_000, bounds)).replaceAll('2026-11-24 ', '')

  test('moves as a whole, as long as it is, up to either end', () => {
    expect(at('span', -90.4)).toBe('11:30 to 12:30')
    expect(at('span', 500)).toBe('14:00 to 15:00')
    expect(at('span', -5_000)).toBe('00:00 to 01:00')
  })

  test('stretches at either end, and never to nothing', () => {
    expect(at('from', -30)).toBe('12:30 to 14:00')
    expect(at('to', 30)).toBe('13:00 to 14:30')
    expect(at('from', 500)).toBe('13:58 to 14:00')
    expect(at('to', -500)).toBe('13:00 to 13:02')
    expect(at('to', 500)).toBe('13:00 to 15:00')
  })

  test('that reaches beyond its bounds stays where it is', () => {
    const today = span('2026-11-24T00:00Z', '2026-11-25T00:00Z')
    expect(gripped(today, 'to', 0, bounds)).toEqual(today)
    expect(gripped(today, 'span', 60_000, bounds)).toEqual(today)
  })

  test('goes by keys: a step, its own length, to either end; other keys are not its own', () => {
    expect(keyMs('ArrowLeft', hour, 'span', 600_000)).toBe(-600_000)
    expect(keyMs('PageUp', hour, 'span', 600_000)).toBe(3_600_000)
    expect(keyMs('PageDown', hour, 'to', 600_000)).toBe(-3_600_000)
    expect(keyMs('Enter', hour, 'span', 600_000)).toBeNull()
    const end = gripped(hour, 'span', keyMs('End', hour, 'span', 600_000) ?? 0, bounds)
    expect(end.toMs).toBe(bounds.toMs)
  })
})

test('a label for whose end there is no room is left out', () => {
  const range = { fromMs: 0, toMs: 100_000 }
  const ends = endsWithin(range, 400)
  expect(ends({ atMs: 90_000, text: '30 Nov' })).toBe(false)
  expect(ends({ atMs: 80_000, text: '30 Nov' })).toBe(true)
})
