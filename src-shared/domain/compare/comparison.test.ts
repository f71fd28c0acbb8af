import { expect, test } from 'vitest'
import { comparedBars, parseComparison } from './comparison.ts'
import type { TimeSpan } from '../known-spans.ts'

const HOUR = 3_600_000
const BERLIN = 'Europe/Berlin'
const SANTIAGO = 'America/Santiago'

/** Bars from one instant to another, so many minutes each. */
function bars(from: string, to: string, minutes: number): TimeSpan[] {
  const made: TimeSpan[] = []
  for (let fromMs = Date.parse(from); fromMs < Date.parse(to); fromMs += minutes * 60_000) {
    made.push({ fromMs, toMs: fromMs + minutes * 60_000 })
  }
  return made
}

function day(from: string, to: string): TimeSpan {
  return { fromMs: Date.parse(from), toMs: Date.parse(to) }
}

function text(span: TimeSpan | null | undefined): string {
  if (!span) return 'left out'
  return `${new Date(span.fromMs).toISOString().slice(0, 16)} +${(span.toMs - span.fromMs) / 60_000}`
}

test('the span before ends where the one shown begins', () => {
  const shown = bars('2026-11-24T14:00Z', '2026-11-24T15:00Z', 20)
  expect(comparedBars(shown, 'before', 'UTC').map(text)).toEqual([
    '2026-11-24T13:00 +20',
    '2026-11-24T13:20 +20',
    '2026-11-24T13:40 +20',
  ])
})

test('before a week of days is a week of days, of which one is shorter', () => {
  const shown = [
    day('2026-03-31T22:00Z', '2026-04-01T22:00Z'),
    day('2026-04-01T22:00Z', '2026-04-02T22:00Z'),
    day('2026-04-02T22:00Z', '2026-04-03T22:00Z'),
  ]
  expect(comparedBars(shown, 'before', BERLIN).map(text)).toEqual([
    '2026-03-28T23:00 +1380',
    '2026-03-29T22:00 +1440',
    '2026-03-30T22:00 +1440',
  ])
})

test('days earlier are the same times of day, also over the night in which clocks change', () => {
  const shown = bars('2026-03-30T06:00Z', '2026-03-30T08:00Z', 60)
  expect(comparedBars(shown, '1d', BERLIN).map(text)).toEqual([
    '2026-03-29T06:00 +60',
    '2026-03-29T07:00 +60',
  ])
  expect(comparedBars(shown, '7d', BERLIN).map(text)).toEqual([
    '2026-03-23T07:00 +60',
    '2026-03-23T08:00 +60',
  ])
})

test.each([
  // Berlin, 29 March 2026: 02:00 to 03:00 was left out.
  [BERLIN, '2026-03-30T00:00Z', ['2026-03-29T00:00 +60', 'left out', '2026-03-29T01:00 +60'], -1],
  // Santiago, 6 September 2026: 00:00 to 01:00 was left out.
  [SANTIAGO, '2026-09-07T03:00Z', ['left out', '2026-09-06T04:00 +60'], 0],
])('an hour that clocks passed over in %s is left out', (zone, at, expected, shift) => {
  const from = new Date(Date.parse(at) + shift * HOUR).toISOString()
  const to = new Date(Date.parse(from) + expected.length * HOUR).toISOString()
  expect(comparedBars(bars(from, to, 60), '1d', zone).map(text)).toEqual(expected)
})

test('minutes of an hour that was left out are left out, those around it are not', () => {
  const shown = bars('2026-03-29T23:59Z', '2026-03-30T01:01Z', 1)
  const compared = comparedBars(shown, '1d', BERLIN)
  expect(compared.filter((bar) => bar === null)).toHaveLength(60)
  expect(text(compared[0])).toBe('2026-03-29T00:59 +1')
  expect(text(compared.at(-1))).toBe('2026-03-29T01:00 +1')
})

test('of an hour that came twice the first is taken', () => {
  const shown = bars('2026-10-26T01:00Z', '2026-10-26T02:00Z', 60)
  expect(comparedBars(shown, '1d', BERLIN).map(text)).toEqual(['2026-10-25T00:00 +60'])
})

test('a day is compared from its first bar on, and what began at an instant from there', () => {
  const shown = bars('2026-11-24T14:00Z', '2026-11-24T15:00Z', 30)
  expect(comparedBars(shown, '2026-11-20', BERLIN).map(text)).toEqual([
    '2026-11-20T14:00 +30',
    '2026-11-20T14:30 +30',
  ])
  expect(comparedBars(shown, '2026-11-23T09:10:00Z', BERLIN).map(text)).toEqual([
    '2026-11-23T09:10 +30',
    '2026-11-23T09:40 +30',
  ])
  expect(comparedBars([], '1d', BERLIN)).toEqual([])
})

test('comparisons are read in words and in the form of an address', () => {
  expect(
    ['before', 'Yesterday', 'last week', '14d', '2026-11-24', '2026-11-24t14:00z'].map(parseComparison),
  ).toEqual(['before', '1d', '7d', '14d', '2026-11-24', '2026-11-24T14:00Z'])
  for (const wrong of ['', '0d', 'tomorrow', '2026-02-30', '10000d']) {
    expect(() => parseComparison(wrong)).toThrow('is nothing to compare with')
  }
})
