import { expect, test } from 'vitest'
import { askedSpan } from './times.ts'

test.each([
  ['2026-11-24T14:00Z', '2026-11-24T14:00:00Z'],
  ['2026-11-24T14:00:30.5+02:00', '2026-11-24T12:00:30.5Z'],
  ['2026-11-24T14:00', '2026-11-24T13:00:00Z'],
  ['2026-07-01', '2026-06-30T22:00:00Z'],
  // The clock was turned back: of the two 02:30 the earlier is meant.
  ['2026-10-25T02:30', '2026-10-25T00:30:00Z'],
])('%s in Berlin is %s', async (text, instant) => {
  expect(await askedSpan({ from: text }, 'Europe/Berlin')).toEqual({ from: instant, to: null })
})

test.each([
  '',
  '25:00',
  '2026-13-01',
  '2026-11-24 25:00',
  'soon',
  '1700000000',
  '-000001-01-01',
  '1960-01-01Z',
])('%j is refused', async (text) => {
  await expect(askedSpan({ from: text }, 'UTC')).rejects.toThrow('--from takes a date and time')
})

test('a time of day at the end is the first after the beginning; expressions move with the clock', async () => {
  expect(await askedSpan({ from: '2026-11-24T22:00Z', to: '01:30' }, 'UTC')).toEqual({
    from: '2026-11-24T22:00:00Z',
    to: '2026-11-25T01:30:00Z',
  })
  expect(await askedSpan({ from: '-2h', to: 'now-1h' }, 'UTC')).toEqual({ from: 'now-2h', to: 'now-1h' })
  await expect(askedSpan({ from: 'now-1h', to: '-2h' }, 'UTC')).rejects.toThrow(
    '--to must be later than --from',
  )
})
