import { expect, test } from 'vitest'
import {
  betweenText,
  dayText,
  durationText,
  lengthText,
  momentText,
  spanName,
  timesText,
  comparisonText,
} from './text.ts'

const now = Date.parse('2026-11-24T14:21Z')
const hour = { fromMs: Date.parse('2026-11-24T14:00Z'), toMs: Date.parse('2026-11-24T15:00Z') }

test('a span is named by day and wall clock of its zone', () => {
  expect(timesText(hour, 'UTC', now)).toBe('Tue 24 Nov, 14:00–15:00')
  expect(timesText(hour, 'Asia/Kolkata', now)).toBe('Tue 24 Nov, 19:30–20:30')
})

test.each([
  ['2026-11-23T00:00Z', '2026-11-24T00:00Z', 'Mon 23 Nov'],
  ['2026-11-20T00:00Z', '2026-11-24T00:00Z', 'Fri 20 Nov – Mon 23 Nov'],
  ['2026-11-23T22:00Z', '2026-11-24T02:00Z', 'Mon 23 Nov, 22:00 – Tue 24 Nov, 02:00'],
  ['2026-11-23T22:00Z', '2026-11-24T00:00Z', 'Mon 23 Nov, 22:00–00:00'],
])('a span from %s to %s is named %s', (from, to, name) => {
  expect(timesText({ fromMs: Date.parse(from), toMs: Date.parse(to) }, 'UTC', now)).toBe(name)
})

test.each([
  ['2026-11-24T14:00Z', '2026-11-24T15:00Z', 'between 14:00 and 15:00'],
  ['2026-11-23T22:00Z', '2026-11-24T02:00Z', 'between Mon 23 Nov, 22:00 and 02:00'],
  ['2026-11-23T00:00Z', '2026-11-24T00:00Z', 'on Mon 23 Nov'],
])('from %s to %s nothing came %s', (from, to, text) => {
  expect(betweenText({ fromMs: Date.parse(from), toMs: Date.parse(to) }, 'UTC', now)).toBe(text)
})

test.each([
  [60, '60 min'],
  [90, '90 min'],
  [360, '6 h'],
  [1_440, '24 h'],
  [1_500, '25 h'],
  [1_590, '26 h 30 min'],
  [7 * 1_440 - 60, '7 days'],
])('%i minutes are %s', (minutes, text) => {
  expect(lengthText(minutes * 60_000)).toBe(text)
})

test.each([
  ['now-1h', 'now', 'Last 60 min'],
  ['now-15m', 'now', 'Last 15 min'],
  ['now-24h', 'now', 'Last 24 h'],
  ['now-7d', 'now', 'Last 7 days'],
  ['now-1d/d', 'now-1d/d', 'Yesterday'],
  ['2026-11-24T14:00:00Z', 'now', 'Tue 24 Nov, 14:00–15:00'],
])('what was chosen as %s to %s is called %s', (from, to, name) => {
  expect(spanName({ from, to }, hour, 'UTC', now)).toBe(name)
})

test('the year is said when it is another one', () => {
  expect(dayText(Date.parse('2025-11-24T14:00Z'), 'UTC', now)).toBe('Mon 24 Nov 2025')
})

test('a moment says its day only when that is not today', () => {
  expect(momentText(Date.parse('2026-11-24T13:12Z'), 'UTC', now)).toBe('13:12')
  expect(momentText(Date.parse('2026-11-23T13:12Z'), 'UTC', now)).toBe('Mon 23 Nov, 13:12')
})

test.each([
  [-5, '0 s'],
  [4_400, '4 s'],
  [110_000, '110 s'],
  [150_000, '2 min'],
  [3 * 3_600_000, '3 h'],
  [72 * 3_600_000, '3 days'],
])('%i ms are %s', (ms, words) => {
  expect(durationText(ms)).toBe(words)
})

function comparedName(comparison: string): string {
  return comparisonText(comparison, 'Europe/Berlin', Date.parse('2026-11-24T14:00Z'))
}

test('what is compared with has a name', () => {
  expect(['before', '1d', '7d', '30d'].map(comparedName)).toEqual([
    'before',
    'yesterday',
    'a week ago',
    '30 days ago',
  ])
  expect(comparedName('2026-11-20')).toBe('on Fri 20 Nov')
  expect(comparedName('2026-11-24T09:10:00Z')).toBe('from 10:10 on')
})
