import { expect, test } from 'vitest'
import { parseInstant } from './instants.ts'
import { isoInstant } from './times.ts'

test.each([
  ['2026-11-24T14:00Z', '2026-11-24T14:00:00Z'],
  ['2026-11-24T14:00:30.5+02:00', '2026-11-24T12:00:30.5Z'],
  ['2026-11-24T14:00', '2026-11-24T13:00:00Z'],
  ['2026-07-01', '2026-06-30T22:00:00Z'],
  // The clock was turned back: of the two 02:30 the earlier is meant.
  ['2026-10-25T02:30', '2026-10-25T00:30:00Z'],
])('%s in Berlin is %s', (text, instant) => {
  expect(isoInstant(parseInstant('--from', text, 'Europe/Berlin'))).toBe(instant)
})

test.each([
  '',
  '14:00',
  '2026-13-01',
  '2026-11-24 25:00',
  'now',
  '1700000000',
  '-000001-01-01',
  '1960-01-01Z',
])('%j is refused', (text) => {
  expect(() => parseInstant('--from', text, 'UTC')).toThrow('--from takes a date and time')
})
