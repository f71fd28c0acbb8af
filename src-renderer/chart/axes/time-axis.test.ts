import { expect, test } from 'vitest'
import { timeTicks } from './time-axis.ts'

const minute = (iso: string): number => Date.parse(iso) / 60_000
const labels = (from: string, to: string, zone: string, most = 6): string[] =>
  timeTicks({ fromMinute: minute(from), toMinute: minute(to) }, zone, most).map(({ text }) => text)

test('labels stand at round times, wherever the span begins', () => {
  const ticks = timeTicks(
    { fromMinute: minute('2026-11-25T13:38Z'), toMinute: minute('2026-11-25T14:38Z') },
    'UTC',
    6,
  )
  expect(ticks.map(({ text }) => text)).toEqual(['13:40', '13:50', '14:00', '14:10', '14:20', '14:30'])
  expect(ticks.map(({ at }) => at)).toEqual([2, 12, 22, 32, 42, 52])
})

test('a midnight is its day', () => {
  expect(labels('2026-11-24T23:30Z', '2026-11-25T00:30Z', 'UTC')).toEqual([
    '23:30',
    '23:40',
    '23:50',
    'Wed 25 Nov',
    '00:10',
    '00:20',
  ])
  expect(labels('2026-11-24T15:00Z', '2026-11-25T15:00Z', 'UTC')).toEqual([
    '18:00',
    'Wed 25 Nov',
    '06:00',
    '12:00',
  ])
})

test('longer spans have days, of the calendar, and weeks begin on Mondays', () => {
  expect(labels('2026-10-22T22:00Z', '2026-10-28T23:00Z', 'Europe/Berlin')).toEqual([
    'Fri 23 Oct',
    'Sat 24 Oct',
    'Sun 25 Oct',
    'Mon 26 Oct',
    'Tue 27 Oct',
    'Wed 28 Oct',
  ])
  expect(labels('2026-10-01T00:00Z', '2026-11-05T00:00Z', 'UTC')).toEqual([
    'Mon 5 Oct',
    'Mon 12 Oct',
    'Mon 19 Oct',
    'Mon 26 Oct',
    'Mon 2 Nov',
  ])
})

test.each([
  [
    'Europe/Berlin',
    '2026-10-24T22:00Z',
    '2026-10-25T23:00Z',
    ['Sun 25 Oct', '05:00', '11:00', '17:00', '23:00'],
  ],
  ['Europe/Berlin', '2026-03-28T23:00Z', '2026-03-29T22:00Z', ['Sun 29 Mar', '07:00', '13:00', '19:00']],
  // Its midnight is left out: the day begins at one o’clock.
  ['America/Santiago', '2026-09-06T04:00Z', '2026-09-07T03:00Z', ['01:00', '07:00', '13:00', '19:00']],
])('the night when clocks change in %s is as long as it was', (zone, from, to, expected) => {
  expect(labels(from, to, zone)).toEqual(expected)
})
