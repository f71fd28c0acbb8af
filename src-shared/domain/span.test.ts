import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DEFAULT_SPAN,
  isRolling,
  parseSpan,
  readEdge,
  readSpan,
  resolveSpan,
  spanOf,
  type ChosenSpan,
  type SpanClock,
} from './span.ts'

/** A Wednesday. */
const NOW = '2026-11-25T14:37:20Z'

function clock(zone = 'UTC', now = NOW): SpanClock {
  return { nowMs: Date.parse(now), zone }
}

/** `from – to` as instants, as a person's words are read and resolved. */
function read(text: string, at = clock()): string {
  const { fromMs, toMs } = resolveSpan(parseSpan(text, at), at)
  return [fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(0, 19)).join(' – ')
}

describe('a span as it is typed', () => {
  test.each([
    ['-2h', '2026-11-25T12:37:20 – 2026-11-25T14:37:20'],
    ['last 15 min', '2026-11-25T14:22:20 – 2026-11-25T14:37:20'],
    ['90m', '2026-11-25T13:07:20 – 2026-11-25T14:37:20'],
    ['7 days', '2026-11-18T14:37:20 – 2026-11-25T14:37:20'],
    ['now', '2026-11-25T13:37:20 – 2026-11-25T14:37:20'],
    ['now-1d to now-12h', '2026-11-24T14:37:20 – 2026-11-25T02:37:20'],
    ['now/d', '2026-11-25T00:00:00 – 2026-11-25T14:37:20'],
    ['this hour', '2026-11-25T14:00:00 – 2026-11-25T15:00:00'],
    ['today', '2026-11-25T00:00:00 – 2026-11-26T00:00:00'],
    ['Yesterday', '2026-11-24T00:00:00 – 2026-11-25T00:00:00'],
    ['this week', '2026-11-23T00:00:00 – 2026-11-30T00:00:00'],
    ['last week', '2026-11-16T00:00:00 – 2026-11-23T00:00:00'],
    ['mon', '2026-11-23T00:00:00 – 2026-11-24T00:00:00'],
    ['wednesday', '2026-11-25T00:00:00 – 2026-11-26T00:00:00'],
    ['thu', '2026-11-19T00:00:00 – 2026-11-20T00:00:00'],
    ['mon 9-11', '2026-11-23T09:00:00 – 2026-11-23T11:00:00'],
    ['yesterday 23:30-0:30', '2026-11-24T23:30:00 – 2026-11-25T00:30:00'],
    ['9:05-11', '2026-11-25T09:05:00 – 2026-11-25T11:00:00'],
    ['22-24', '2026-11-24T22:00:00 – 2026-11-25T00:00:00'],
    ['14:05', '2026-11-25T14:05:00 – 2026-11-25T14:37:20'],
    ['14:50', '2026-11-24T14:50:00 – 2026-11-25T14:37:20'],
    ['mon 9 to 10:30', '2026-11-23T09:00:00 – 2026-11-23T10:30:00'],
    ['2026-11-20', '2026-11-20T00:00:00 – 2026-11-21T00:00:00'],
    ['2026-11-20 to 2026-11-22', '2026-11-20T00:00:00 – 2026-11-22T00:00:00'],
    ['2026-11-20T12:00Z..2026-11-20T15:00+01:00', '2026-11-20T12:00:00 – 2026-11-20T14:00:00'],
  ])('%s', (text, expected) => {
    expect(read(text)).toBe(expected)
  })

  test.each([
    ['', 'is not a time'],
    ['nonsense', 'is not a time'],
    ['25:00', 'is not a time'],
    ['mon 9-11-12', 'is not a time'],
    ['a to b to c', 'is not a span'],
    ['1960-01-01T00:00Z', 'is not a time'],
    ['tomorrow', 'is not a time'],
    ['2026-11-25T15:00Z to 2026-11-25T14:00Z', 'ends before it begins'],
    ['now to now-1h', 'ends before it begins'],
    ['2026-11-20T14:00 – 2026-11-20T15:00+02:00', 'ends before it begins'],
    ['2026-11-26T15:00Z to 2026-11-27T14:00Z', 'lies in the future'],
    ['1980-01-01 to now', 'longer than 28 years'],
  ])('%j is refused in a sentence', (text, sentence) => {
    expect(() => parseSpan(text, clock())).toThrow(sentence)
  })
})

test.each([
  [{ from: 'yesterday' }, '2026-11-24T00:00:00 – 2026-11-25T00:00:00'],
  [{ from: '2026-11-20' }, '2026-11-20T00:00:00 – 2026-11-25T14:37:20'],
  [{ from: '-2h', to: 'now-1h' }, '2026-11-25T12:37:20 – 2026-11-25T13:37:20'],
  [{ from: '2026-11-24T22:00Z', to: '01:30' }, '2026-11-24T22:00:00 – 2026-11-25T01:30:00'],
  [{ to: '14:05' }, '2026-11-25T13:05:00 – 2026-11-25T14:05:00'],
])('ends typed apart: %j', (ends, expected) => {
  const { fromMs, toMs } = resolveSpan(readSpan(ends, clock()), clock())
  expect([fromMs, toMs].map((ms) => new Date(ms).toISOString().slice(0, 19)).join(' – ')).toBe(expected)
})

test('an edge alone', () => {
  expect(readEdge('-2h', clock())).toBe('now-2h')
  expect(readEdge('yesterday', clock())).toBe('2026-11-24T00:00:00Z')
  expect(readEdge('yesterday 22:00', clock())).toBe('2026-11-24T22:00:00Z')
  expect(readEdge('02:00', clock(), Date.parse('2026-11-24T22:00Z'))).toBe('2026-11-25T02:00:00Z')
  expect(readEdge('soon', clock())).toBeNull()
})

test('at midnight there is a today already', () => {
  expect(read('now/d', clock('UTC', '2026-11-25T00:00:00Z'))).toBe(
    '2026-11-25T00:00:00 – 2026-11-25T00:00:00',
  )
})

test('it moves with the clock where it ends in now, and stands where it is pinned', () => {
  expect(isRolling(DEFAULT_SPAN)).toBe(true)
  const { fromMs, toMs } = resolveSpan(DEFAULT_SPAN, clock())
  const pinned = spanOf(fromMs, toMs)
  expect(isRolling(pinned)).toBe(false)
  const later = clock('UTC', '2026-11-25T16:00:00Z')
  expect(resolveSpan(pinned, later)).toEqual(resolveSpan(DEFAULT_SPAN, clock()))
  expect(resolveSpan(DEFAULT_SPAN, later).toMs).toBe(later.nowMs)
})

describe('on the nights when clocks change', () => {
  // Berlin: 25 October has 25 hours, 29 March 23. Santiago: clocks go back at midnight on 5 April, forward on 6 September.
  test.each([
    ['Europe/Berlin', '2026-10-25T20:00:00Z', 'today', '2026-10-24T22:00:00 – 2026-10-25T23:00:00'],
    ['Europe/Berlin', '2026-03-29T20:00:00Z', 'today', '2026-03-28T23:00:00 – 2026-03-29T22:00:00'],
    ['Europe/Berlin', '2026-10-25T20:00:00Z', '2:30-3', '2026-10-25T00:30:00 – 2026-10-25T02:00:00'],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '-1d', '2026-10-24T11:00:00 – 2026-10-25T12:00:00'],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '-24h', '2026-10-24T12:00:00 – 2026-10-25T12:00:00'],
    ['America/Santiago', '2026-04-05T20:00:00Z', 'yesterday', '2026-04-04T03:00:00 – 2026-04-05T04:00:00'],
    ['America/Santiago', '2026-09-06T20:00:00Z', 'today', '2026-09-06T04:00:00 – 2026-09-07T03:00:00'],
    [
      'America/Santiago',
      '2026-09-06T20:00:00Z',
      'yesterday 22-2',
      '2026-09-06T02:00:00 – 2026-09-06T05:00:00',
    ],
    ['America/Santiago', '2026-09-07T20:00:00Z', 'this week', '2026-09-07T03:00:00 – 2026-09-14T03:00:00'],
  ])('%s at %s: %s', (zone, now, text, expected) => {
    expect(read(text, clock(zone, now))).toBe(expected)
  })

  test('a time that the clock never showed is refused, with the one that it went to', () => {
    const berlin = clock('Europe/Berlin', '2026-03-29T20:00:00Z')
    expect(() => parseSpan('2:30-4', berlin)).toThrow(
      'There was no 2026-03-29 02:30 in Europe/Berlin: clocks were put forward, past it, to 2026-03-29 03:30.',
    )
    const santiago = clock('America/Santiago', '2026-09-06T20:00:00Z')
    expect(() => parseSpan('2026-09-06T00:15', santiago)).toThrow('There was no 2026-09-06 00:15')
    // Its day begins an hour later, and is a day.
    expect(read('2026-09-06', santiago)).toBe('2026-09-06T04:00:00 – 2026-09-07T03:00:00')
  })
})

test('what was read is read again as the same, whatever it is', () => {
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Santiago', 'Asia/Kathmandu')
  const nows = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2030-01-01') })
  const texts = fc.oneof(
    fc.constantFrom(
      'today',
      'yesterday',
      'this week',
      'mon',
      'sun 9-11',
      '22-2',
      'this hour',
      'now/d',
      '14:05',
    ),
    fc
      .tuple(fc.integer({ min: 1, max: 500 }), fc.constantFrom('m', 'h', 'd', 'w'))
      .map(([n, unit]) => `-${n}${unit}`),
  )
  fc.assert(
    fc.property(zones, nows, texts, (zone, nowMs, text) => {
      const at = { zone, nowMs }
      const span = readable(text, at)
      fc.pre(span !== null)
      const { fromMs, toMs } = resolveSpan(span, at)
      expect(toMs).toBeGreaterThan(fromMs)
      expect({ from: readEdge(span.from, at), to: readEdge(span.to, at) }).toEqual(span)
      expect(resolveSpan(spanOf(fromMs, toMs), at)).toEqual({ fromMs, toMs })
    }),
  )
})

/** Null for a time that the zone's clock passed over. */
function readable(text: string, at: SpanClock): ChosenSpan | null {
  try {
    return parseSpan(text, at)
  } catch (error) {
    if (String(error).includes('There was no')) return null
    throw error
  }
}
