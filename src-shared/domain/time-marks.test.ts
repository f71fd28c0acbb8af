import fc from 'fast-check'
import { expect, test } from 'vitest'
import { marksByBar } from './time-marks.ts'

const mark = (minute: number) => ({ kind: 'mark', text: String(minute), fromMs: minute * 60_000 })

test('whatever bars and marks: each mark is in the bar in which it begins, or in the first, and later ones in none', () => {
  const anyStarts = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(anyStarts, fc.array(fc.integer({ min: -50, max: 200 })), (unordered, minutes) => {
      const starts = unordered.toSorted((a, b) => a - b)
      const end = (starts.at(-1) ?? 0) + 7
      const bars = marksByBar(minutes.map(mark), starts, end)
      const placed = bars.flatMap((marks, at) => marks.map(({ text }) => [Number(text), at]))
      expect(placed.length).toBe(minutes.filter((minute) => minute < end).length)
      const isRight = ([minute = 0, at = 0]: readonly number[]): boolean =>
        minute < (starts[at + 1] ?? end) && (at === 0 || minute >= (starts[at] ?? 0))
      expect(placed.every(isRight)).toBe(true)
    }),
  )
})
