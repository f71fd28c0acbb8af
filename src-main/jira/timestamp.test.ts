import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJiraStamp } from './issue.ts'

test('the offset decides, with and without a colon', () => {
  const ms = Date.UTC(2026, 8, 27, 8, 3, 11, 123)
  expect(parseJiraStamp('2026-09-27T10:03:11.123+0200')).toBe(ms)
  expect(parseJiraStamp('2026-09-27T10:03:11.123+02:00')).toBe(ms)
  expect(parseJiraStamp('2026-09-27T02:18:11.123-0545')).toBe(ms)
  expect(parseJiraStamp('2026-09-27T08:03:11.123Z')).toBe(ms)
})

test('a fraction may be missing, short or longer than milliseconds', () => {
  expect(parseJiraStamp('1970-01-01T00:00:01+0000')).toBe(1_000)
  expect(parseJiraStamp('1970-01-01T00:00:01.5+0000')).toBe(1_500)
  expect(parseJiraStamp('1970-01-01T00:00:01.123999+0000')).toBe(1_123)
})

test.each([
  '',
  'yesterday',
  '2026-09-27',
  '2026-09-27T10:03:11.123',
  '2026-13-27T10:03:11+0000',
  '2026-09-32T10:03:11+0000',
  '2026-09-27T24:03:11+0000',
  '2026-09-27T10:03:11+0000 and more',
])('%j is no time', (text) => {
  expect(parseJiraStamp(text)).toBeNaN()
})

test('whatever the zone, the stamp of an instant gives the instant', () => {
  const instant = fc.integer({ min: 0, max: 4_102_444_800_000 })
  const offsetMinutes = fc.integer({ min: -14 * 60, max: 14 * 60 })
  fc.assert(
    fc.property(instant, offsetMinutes, (ms, offset) => {
      const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1)
      const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60]
      const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${String(minutes).padStart(2, '0')}`
      expect(parseJiraStamp(local + zone)).toBe(ms)
    }),
  )
})
