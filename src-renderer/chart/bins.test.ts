import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import { binsOf, type MinuteCounts } from './chart-model.ts'

const hour: MinuteCounts = {
  fromMinute: 600,
  toMinute: 660,
  bucketMinutes: 1,
  priorityIds: ['1', '2'],
  counts: [Array.from({ length: 60 }, (_, i) => (i === 3 ? 2 : 0)), Array.from({ length: 60 }, () => 1)],
  provisionalFromMinute: 628,
  gaps: [],
}

describe('bins', () => {
  test('are one a minute, those without tickets too', () => {
    const bins = binsOf(hour, 1, 700)
    expect(bins).toHaveLength(60)
    expect(bins[3]).toEqual({ startMinute: 603, minutes: 1, byPriority: [2, 1], total: 3, state: 'settled' })
    expect(binsOf({ ...hour, counts: [] }, 1, 700)).toHaveLength(60)
  })

  test('say how far they can be trusted', () => {
    const states = binsOf(hour, 1, 630).map((bin) => bin.state)
    expect([states[27], states[28], states[29], states[30], states[31]]).toEqual([
      'settled',
      'unsettled',
      'unsettled',
      'unfinished',
      'future',
    ])
    expect(binsOf(hour, 10, 630).map((bin) => bin.state)).toEqual([
      'settled',
      'settled',
      'unsettled',
      'unfinished',
      'future',
      'future',
    ])
  })

  test('lose no ticket, however wide they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 90 }),
        fc.constantFrom(1, 2, 5, 10),
        (line, width) => {
          const span = { ...hour, toMinute: hour.fromMinute + line.length, counts: [line] }
          const bins = binsOf(span, width, 0)
          expect(bins.reduce((n, bin) => n + bin.total, 0)).toBe(line.reduce((a, b) => a + b, 0))
          expect(bins.reduce((n, bin) => n + bin.minutes, 0)).toBe(line.length)
        },
      ),
    )
  })
})
