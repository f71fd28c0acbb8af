import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chartBars, countTicks, timeTicks } from './chart.ts'
import { hourChart } from '../../test-support/print/print.ts'

describe('the marks of the count axis', () => {
  test('are whole, evenly spaced, few, and reach the peak', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 10 }), (peak, most) => {
        const ticks = countTicks(peak, most)
        const step = ticks[1] ?? 0
        expect(ticks[0]).toBe(0)
        expect(Number.isInteger(step)).toBe(true)
        expect(ticks).toEqual(ticks.map((_, i) => i * step))
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(1, peak))
        expect(ticks.length).toBeLessThanOrEqual(most + 2)
      }),
    )
  })
})

describe('the marks of the time axis', () => {
  test('stand at round times of the zone’s clock', () => {
    const bars = chartBars(hourChart([]), Infinity)
    expect(timeTicks(bars, 'UTC', 6).map(({ label }) => label)).toEqual([
      '14:00',
      '14:10',
      '14:20',
      '14:30',
      '14:40',
      '14:50',
    ])
    expect(timeTicks(bars, 'Asia/Kathmandu', 4).map(({ label }) => label)).toEqual([
      '19:45',
      '20:00',
      '20:15',
      '20:30',
    ])
  })

  test('are there, too, where bars of several minutes begin at odd ones', () => {
    const bars = chartBars(hourChart([], { minutes: 121 }), Infinity)
    const pairs = bars.filter((_, index) => index % 2 === 1)
    expect(timeTicks(pairs, 'UTC', 4).map(({ bar, label }) => [bar, label])).toEqual([
      [14, '14:30'],
      [29, '15:00'],
      [44, '15:30'],
      [59, '16:00'],
    ])
  })

  test('are never more than asked', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_080 }), fc.integer({ min: 0, max: 20 }), (minutes, most) => {
        const bars = chartBars(hourChart([], { minutes }), Infinity)
        expect(timeTicks(bars, 'Europe/Berlin', most).length).toBeLessThanOrEqual(most)
      }),
      { numRuns: 30, examples: [[1, 0]] },
    )
  })
})
