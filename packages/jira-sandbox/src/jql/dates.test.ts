import { describe, expect, test } from 'vitest'
import { readDate } from './dates.ts'
import type { Literal } from './syntax.ts'

const NOW = Date.UTC(2026, 6, 1, 10, 30, 15, 500)

function read(text: string, userZone: string, quoted = true): string | null {
  const literal: Literal = { kind: 'value', text, quoted }
  const epochMs = readDate(literal, { nowMs: NOW, userZone })
  return epochMs === null ? null : new Date(epochMs).toISOString()
}

describe('a date in JQL', () => {
  test.each([
    ['2026/07/01 09:15', 'UTC', '2026-07-01T09:15:00.000Z'],
    ['2026-07-01 9:15', 'UTC', '2026-07-01T09:15:00.000Z'],
    ['2026-07-01', 'UTC', '2026-07-01T00:00:00.000Z'],
    ['2026/7/1', 'America/New_York', '2026-07-01T04:00:00.000Z'],
    ['2026-07-01 09:15', 'Asia/Kolkata', '2026-07-01T03:45:00.000Z'],
  ])('%s in %s is %s', (text, zone, instant) => {
    expect(read(text, zone)).toBe(instant)
  })

  test.each([
    // Berlin skips 02:00 to 03:00 in the night to 29 March 2026.
    ['2026-03-29 01:59', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29 02:30', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29 03:00', '2026-03-29T01:00:00.000Z'],
    // It has 02:00 to 03:00 twice in the night to 25 October 2026: the first of them is meant.
    ['2026-10-25 01:59', '2026-10-24T23:59:00.000Z'],
    ['2026-10-25 02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25 03:00', '2026-10-25T02:00:00.000Z'],
  ])('%s in Berlin, on a night in which the clocks change, is %s', (text, instant) => {
    expect(read(text, 'Europe/Berlin')).toBe(instant)
  })

  test.each([
    ['-15m', -15],
    ['-4h', -240],
    ['-2d', -2_880],
    ['-1w', -10_080],
    ['-15', -15],
    ['15', 15],
    ['+30m', 30],
    ['4w 2d', 43_200],
    ['-1h 30m', -90],
  ])('%s is %i minutes from now', (text, minutes) => {
    expect(read(text, 'UTC')).toBe(new Date(NOW + minutes * 60_000).toISOString())
  })

  test.each([
    ['now', [], '2026-07-01T10:30:15.500Z'],
    ['startOfDay', [], '2026-06-30T22:00:00.000Z'],
    ['STARTOFDAY', ['-1'], '2026-06-29T22:00:00.000Z'],
    ['endOfDay', [], '2026-07-01T21:59:59.999Z'],
    ['startOfDay', ['-12h'], '2026-06-30T10:00:00.000Z'],
    ['startOfMonth', ['14d'], '2026-07-14T22:00:00.000Z'],
    ['endOfMonth', ['-1M'], '2026-06-30T21:59:59.999Z'],
    ['startOfWeek', [], '2026-06-27T22:00:00.000Z'], // a Sunday
    ['endOfWeek', ['+1'], '2026-07-11T21:59:59.999Z'],
    ['startOfMonth', ['-4M'], '2026-02-28T23:00:00.000Z'], // before the clocks change
    ['endOfMonth', [], '2026-07-31T21:59:59.999Z'],
    ['startOfYear', ['-1y'], '2024-12-31T23:00:00.000Z'],
    ['endOfYear', [], '2026-12-31T22:59:59.999Z'],
    ['startOfDay', ['x'], null],
    ['startOfDay', ['1', '2'], null],
    ['startOfHour', [], null],
    ['now', ['-1d'], null],
  ])('%s(%j) in Berlin is %s', (name, args, instant) => {
    const literal: Literal = { kind: 'function', name, arguments: args }
    const epochMs = readDate(literal, { nowMs: NOW, userZone: 'Europe/Berlin' })
    expect(epochMs === null ? null : new Date(epochMs).toISOString()).toBe(instant)
  })

  test('an unquoted whole number is epoch milliseconds', () => {
    expect(read('1732877091123', 'Europe/Berlin', false)).toBe('2024-11-29T10:44:51.123Z')
    expect(read('0', 'Europe/Berlin', false)).toBe('1970-01-01T00:00:00.000Z')
  })

  test.each([
    '',
    'today',
    '2026-13-01',
    '2026-07-01 25:00',
    '2026-07-01T09:15',
    '-5y',
    '5 m',
    '1732877091123',
  ])('"%s" is none', (text) => {
    expect(read(text, 'UTC')).toBeNull()
  })
})
