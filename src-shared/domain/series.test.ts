import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketTotals, elapsedMs, fillSeries, summarise, ticketsPerMinute } from './series.ts'

const HOUR_MS = 3_600_000
const HOUR = { fromMinute: 600, toMinute: 660, bucketMinutes: 1, priorityIds: ['1', '2'] }

const rows = fc.array(
  fc.record({
    startMinute: fc.integer({ min: 590, max: 670 }),
    priorityId: fc.constantFrom('1', '2', '3'),
    count: fc.nat(9),
  }),
)

describe('a series', () => {
  test('has every minute of its span, those without tickets with 0', () => {
    const series = fillSeries(HOUR, [{ startMinute: 659, priorityId: '2', count: 4 }])
    expect(series.counts).toHaveLength(2)
    expect(series.counts[0]).toEqual(Array.from({ length: 60 }, () => 0))
    expect(series.counts[1]?.slice(58)).toEqual([0, 4])
  })

  test('leaves out what is outside its span or of another priority, and nothing else', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const inside = all.filter(
          (row) => row.startMinute >= 600 && row.startMinute < 660 && row.priorityId !== '3',
        )
        expect(summarise(fillSeries(HOUR, all), HOUR_MS).total).toBe(
          inside.reduce((sum, row) => sum + row.count, 0),
        )
      }),
    )
  })

  test('has the same total in buckets of any width', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(2, 5, 7, 10, 60), (all, bucketMinutes) => {
        const inside = all.filter((row) => row.startMinute >= 600 && row.startMinute < 660)
        const wide = fillSeries({ ...HOUR, bucketMinutes }, inside)
        expect(summarise(wide, HOUR_MS).total).toBe(summarise(fillSeries(HOUR, inside), HOUR_MS).total)
        expect(bucketTotals(wide)).toHaveLength(Math.ceil(60 / bucketMinutes))
      }),
    )
  })

  test('stacks its priorities bucket by bucket', () => {
    const series = fillSeries(HOUR, [
      { startMinute: 601, priorityId: '1', count: 1 },
      { startMinute: 601, priorityId: '2', count: 2 },
      { startMinute: 602, priorityId: '2', count: 3 },
    ])
    expect(bucketTotals(series).slice(0, 4)).toEqual([0, 3, 3, 0])
  })
})

describe('the summary', () => {
  test('names total, mean and the first of the fullest buckets', () => {
    const series = fillSeries({ ...HOUR, bucketMinutes: 5 }, [
      { startMinute: 611, priorityId: '1', count: 3 },
      { startMinute: 640, priorityId: '2', count: 3 },
    ])
    expect(summarise(series, HOUR_MS)).toEqual({ total: 6, perMinute: 0.1, peak: 3, peakMinute: 610 })
  })

  test('of an empty hour has no peak, and of no hour no mean', () => {
    const empty = { total: 0, perMinute: 0, peak: 0, peakMinute: null }
    expect(summarise(fillSeries(HOUR, []), HOUR_MS)).toEqual(empty)
    expect(summarise(fillSeries({ ...HOUR, toMinute: 600 }, []), 0).perMinute).toBe(0)
  })

  test('divides by the span, not by the 61 clock minutes that an hour may touch', () => {
    const hundred = [{ startMinute: 600, priorityId: '1', count: 100 }]
    const { total, perMinute } = summarise(fillSeries({ ...HOUR, toMinute: 661 }, hundred), HOUR_MS)
    expect([total, perMinute.toFixed(2)]).toEqual([100, '1.67'])
  })
})

describe('an average', () => {
  const span = { fromMs: 30_000, toMs: 30_000 + HOUR_MS }

  test('of a span that is over is over all of it', () => {
    expect(elapsedMs(span, span.toMs + 1)).toBe(HOUR_MS)
    expect(ticketsPerMinute(100, elapsedMs(span, Infinity)).toFixed(2)).toBe('1.67')
  })

  test('of a span under way is over what has passed of it, to the millisecond', () => {
    expect(elapsedMs(span, span.fromMs + 90_000)).toBe(90_000)
    expect(ticketsPerMinute(3, 90_000)).toBe(2)
  })

  test('of a span that has not begun is 0', () => {
    expect(ticketsPerMinute(3, elapsedMs(span, 0))).toBe(0)
  })
})
