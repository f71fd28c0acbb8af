import { expect, test } from 'vitest'
import { placeOf, steppedSpan } from './shown-span.ts'

const zone = 'Europe/Berlin'
/** A Wednesday, 15:37 in Berlin. */
const nowMinute = Date.parse('2026-11-25T14:37Z') / 60_000
const place = { nowMinute, zone, chosenInterval: null }
const between = ({ fromMs, toMs }: { fromMs: number; toMs: number }): string =>
  [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(5, 16)).join(' – ')

test.each([
  ['now-1h', 'now', '11-25T13:38 – 11-25T14:38', 1],
  ['now-15m', 'now', '11-25T14:23 – 11-25T14:38', 1],
  ['now-6h', 'now', '11-25T08:40 – 11-25T14:40', 5],
  ['now-24h', 'now', '11-24T14:45 – 11-25T14:45', 15],
  ['now-7d', 'now', '11-18T15:00 – 11-25T15:00', 120],
  ['now/h', 'now/h', '11-25T14:00 – 11-25T15:00', 1],
  ['now/d', 'now/d', '11-24T23:00 – 11-25T23:00', 15],
  ['now-1d/d', 'now-1d/d', '11-23T23:00 – 11-24T23:00', 15],
  ['2026-11-25T09:05:20Z', '2026-11-25T11:00:00Z', '11-25T09:05 – 11-25T11:00', 1],
])('%s to %s is %s in bars of %i minutes', (from, to, times, interval) => {
  const { shown, interval: minutes, following } = placeOf({ from, to }, place)
  expect(between(shown)).toBe(times)
  expect(minutes).toBe(interval)
  expect(following).toBe(!to.startsWith('2026') && from !== 'now-1d/d')
})

test.each([
  ['now-1h', 'now', -1, '2026-11-25T12:38:00Z', '2026-11-25T13:38:00Z'],
  ['now-1h', 'now', 1, null, null],
  ['2026-11-25T12:38:00Z', '2026-11-25T13:38:00Z', 1, 'now-1h', 'now'],
  ['2026-11-25T13:00:00Z', '2026-11-25T14:00:00Z', 1, 'now/h', 'now/h'],
  ['now-1d/d', 'now-1d/d', 1, 'now/d', 'now/d'],
  ['now-1d/d', 'now-1d/d', -1, '2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z'],
  ['2026-11-25T13:50:00Z', '2026-11-25T14:20:00Z', 1, 'now-30m', 'now'],
] as const)('from %s to %s a step of %i leads to %s, %s', (from, to, by, nextFrom, nextTo) => {
  const next = steppedSpan(placeOf({ from, to }, place).shown, by, place)
  expect(next).toEqual(nextFrom === null ? null : { from: nextFrom, to: nextTo })
})
