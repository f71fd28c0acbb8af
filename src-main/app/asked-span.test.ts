import { describe, expect, test } from 'vitest'
import { createSpans } from './asked-span.ts'

/** A Wednesday. */
const NOW_MS = Date.parse('2026-11-25T14:37:20Z')
const spans = createSpans({ now: () => NOW_MS }, 'Europe/Berlin')

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16)
}

describe('the span of a call', () => {
  test.each([
    [{ from: '-2h' }, '2026-11-25T12:38', '2026-11-25T14:38'],
    [{ from: 'now-1h', to: 'now' }, '2026-11-25T13:38', '2026-11-25T14:38'],
    [{ from: 'yesterday' }, '2026-11-23T23:00', '2026-11-24T23:00'],
    [{ from: 'yesterday', zone: 'UTC' }, '2026-11-24T00:00', '2026-11-25T00:00'],
    [{ from: 'mon 9-11' }, '2026-11-23T08:00', '2026-11-23T10:00'],
    [{ from: '14:05', to: '15:00' }, '2026-11-25T13:05', '2026-11-25T14:00'],
    [{ from: '2026-11-23' }, '2026-11-22T23:00', '2026-11-25T15:00'],
    [{ from: '2026-11-23', to: '2026-11-24' }, '2026-11-22T23:00', '2026-11-23T23:00'],
    [{ fromMs: 60_000, toMs: 120_001 }, '1970-01-01T00:01', '1970-01-01T00:02'],
  ])('%j', (asked, from, to) => {
    const { fromMs, toMs } = spans.instants(asked)
    expect([iso(fromMs), iso(toMs)]).toEqual([from, to])
  })

  test('is the same for counts and tickets, in as many bars as a chart has', () => {
    for (const from of ['-1h', '-24h', '-7d', '2026-11-20', 'today']) {
      const { fromMinute, toMinute, bucketMinutes } = spans.buckets({ from })
      expect(spans.instants({ from })).toMatchObject({ fromMs: fromMinute * 60_000, toMs: toMinute * 60_000 })
      expect((toMinute - fromMinute) / bucketMinutes).toBeLessThanOrEqual(120)
    }
  })

  test('days are a calendar’s where a zone is given, else 24 hours from the beginning', () => {
    const days = {
      fromMs: Date.parse('2026-10-24T12:00Z'),
      toMs: Date.parse('2026-10-27T12:00Z'),
      bucketMinutes: 1_440,
    } as const
    expect(spans.buckets(days).startMinutes).toBeUndefined()
    expect(
      spans.buckets({ ...days, zone: 'Europe/Berlin' }).startMinutes?.map((at) => iso(at * 60_000)),
    ).toEqual(['2026-10-24T12:00', '2026-10-24T22:00', '2026-10-25T23:00', '2026-10-26T23:00'])
  })

  test.each([
    [{ fromMs: 120_000, toMs: 60_000 }, 'The span ends before it begins.'],
    [{ from: 'now', to: 'now-1h' }, 'The span from now to now-1h ends before it begins.'],
    [{ from: '2026-12-24', to: '2026-12-25' }, 'lies in the future'],
    [{ from: '1980-01-01', to: 'now' }, 'longer than 28 years'],
    [{ from: '2026-03-29T02:30', to: '2026-03-29T04:00' }, 'There was no 2026-03-29 02:30 in Europe/Berlin'],
    [{ from: 'soon' }, '“soon” is not a time.'],
    [{ from: '-2h', to: 'soon' }, '“soon” is not a time.'],
    [{ from: '-2h', zone: 'Berlin' }, 'There is no time zone Berlin.'],
  ])('%j is refused in a sentence', (asked, sentence) => {
    const refusal = expect.objectContaining({
      code: 'usage',
      what: expect.stringContaining(sentence) as string,
    })
    expect(() => spans.instants(asked)).toThrow(refusal)
    expect(() => spans.minutes(asked)).toThrow(refusal)
    expect(() => spans.buckets(asked)).toThrow(refusal)
  })

  test('too many buckets are refused', () => {
    const asked = { fromMs: 0, toMs: 20_001 * 60_000, bucketMinutes: 1 } as const
    expect(() => spans.buckets(asked)).toThrow(
      'The span has 20001 buckets; at most 20000 are counted at once.',
    )
    expect(() => spans.fewMinutes(asked)).toThrow('20001 buckets')
    expect(spans.minutes(asked).toMinute).toBe(20_001)
  })
})
