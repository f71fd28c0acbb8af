import { expect, test } from 'vitest'
import { dayText, durationText, hourText, momentText } from './text.ts'

const now = Date.parse('2026-11-24T14:21Z')
const hour = { fromMs: Date.parse('2026-11-24T14:00Z'), toMs: Date.parse('2026-11-24T15:00Z') }

test('an hour is named by day and wall clock of its zone', () => {
  expect(hourText(hour, 'UTC', now)).toBe('Tue 24 Nov, 14:00–15:00')
  expect(hourText(hour, 'Asia/Kolkata', now)).toBe('Tue 24 Nov, 19:30–20:30')
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
