import { expect, test } from 'vitest'
import type { CountsResult } from '../../contract/tickets.ts'
import { ALL_TIME, type TimeSpan } from '../known-spans.ts'
import { comparedText, comparedWith, thenText } from './compared-bars.ts'

const MIN = 60_000
const AT = Date.parse('2026-11-24T14:00Z')
const DAY = 1_440 * MIN

function countsFrom(
  fromMs: number,
  lines: readonly number[][],
  given: Partial<CountsResult> = {},
): CountsResult {
  return {
    siteId: 'site',
    seq: 1,
    fromMinute: fromMs / MIN,
    toMinute: fromMs / MIN + (lines[0]?.length ?? 0) * (given.bucketMinutes ?? 1),
    bucketMinutes: 1,
    priorityIds: lines.map((_, p) => String(p)),
    counts: lines.map((line) => [...line]),
    provisionalFromMinute: 0,
    known: [ALL_TIME],
    ...given,
  }
}

/** Bars from 14:00 on, so many minutes each. */
function bars(count: number, minutes: number): TimeSpan[] {
  return Array.from({ length: count }, (_, i) => ({
    fromMs: AT + i * minutes * MIN,
    toMs: AT + (i + 1) * minutes * MIN,
  }))
}

test('each bar has the tickets of the same minutes then', () => {
  const counts = countsFrom(AT - DAY, [
    [1, 0, 2, 0],
    [0, 3, 0, 4],
  ])
  expect(comparedWith(bars(2, 2), '1d', counts, 'UTC')).toEqual([
    { total: 4, state: 'known' },
    { total: 6, state: 'known' },
  ])
})

test('what was not fetched then, or not read, is no zero', () => {
  const known = [{ fromMs: 0, toMs: AT - DAY + 2 * MIN }]
  const counts = countsFrom(AT - DAY, [[1, 0, 2, 0]], { known })
  const compared = comparedWith(bars(6, 1), '1d', counts, 'UTC')
  expect(compared.map(comparedText)).toEqual(['1', '0', '≥ 2', 'no data', 'no data', 'no data'])
  expect(thenText(9, compared, 'then')).toBe('at least 3 then')
  expect(thenText(9, compared.slice(3), 'then')).toBe('no data then')
})

test('an hour that clocks passed over is blank, and is said', () => {
  const fromMs = Date.parse('2026-03-29T23:00Z')
  const hours = Array.from({ length: 3 }, (_, i) => ({
    fromMs: fromMs + i * 60 * MIN,
    toMs: fromMs + (i + 1) * 60 * MIN,
  }))
  const counts = countsFrom(Date.parse('2026-03-29T00:00Z'), [[5, 7, 9]], { bucketMinutes: 60 })
  const compared = comparedWith(hours, '1d', counts, 'Europe/Berlin')
  expect(compared.map(comparedText)).toEqual(['5', 'left out', '7'])
  expect(thenText(24, compared, 'yesterday')).toBe('12 yesterday (×2.0), 1 bar left out when clocks changed')
})

test('days of a calendar are summed by where they begin', () => {
  const starts = ['2026-03-28T23:00Z', '2026-03-29T22:00Z'].map((text) => Date.parse(text) / MIN)
  const counts = countsFrom(Date.parse('2026-03-28T23:00Z'), [[20, 30]], {
    bucketMinutes: 1_440,
    startMinutes: starts,
    toMinute: Date.parse('2026-03-30T22:00Z') / MIN,
  })
  const days = [
    { fromMs: Date.parse('2026-04-04T22:00Z'), toMs: Date.parse('2026-04-05T22:00Z') },
    { fromMs: Date.parse('2026-04-05T22:00Z'), toMs: Date.parse('2026-04-06T22:00Z') },
  ]
  expect(comparedWith(days, '7d', counts, 'Europe/Berlin').map(({ total }) => total)).toEqual([20, 30])
})

const of = (total: number) => [{ total, state: 'known' as const }]

test('how many there were then is said with the ratio, where that means something', () => {
  expect(thenText(88, of(31), 'then')).toBe('31 then (×2.8)')
  expect(thenText(0, of(1_234), 'then')).toBe('1,234 then (×0.0)')
  expect(thenText(500, of(1), 'then')).toBe('1 then (×500)')
  expect(thenText(5, of(0), 'then')).toBe('0 then')
})
