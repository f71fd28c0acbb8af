import { expect, test } from 'vitest'
import type { UsualResult } from '../../contract/alerts/usual.ts'
import { bandPath, unusualPath, usualOfBars, usualText } from './usual-bars.ts'

const places = { left: (slot: number) => slot * 10, top: (count: number) => 100 - count }

function bar(startMinute: number, total: number) {
  return { startMinute, minutes: 5, total }
}

const usual = {
  fromMinute: 100,
  toMinute: 115,
  bucketMinutes: 5,
  low: [0, 1, 2],
  high: [2, 3, 4],
  unusualFrom: [5, 6, 7],
} as unknown as UsualResult

test('a bar has what is usual where it begins, also after the span has moved on; none of other lengths', () => {
  const three = [bar(105, 6), bar(110, 6), bar(115, 6)]
  expect(usualOfBars(three, usual)).toEqual([
    { low: 1, high: 3, unusualFrom: 6 },
    { low: 2, high: 4, unusualFrom: 7 },
    null,
  ])
  expect(usualOfBars([{ ...bar(105, 6), minutes: 10 }], usual)).toBeNull()
  expect(usualOfBars(three, { ...usual, low: [], high: [], unusualFrom: [] })).toBeNull()
})

test('the band is one area for each run of bars, and a triangle stands on what is unusual alone', () => {
  const bars = [{ low: 0, high: 2, unusualFrom: 5 }, null, { low: 1, high: 3, unusualFrom: 6 }]
  expect(bandPath(bars, places)).toBe('M0 98V98H10V100H0ZM20 97V97H30V99H20Z')
  expect(unusualPath([bar(100, 4), bar(105, 99), bar(110, 6)], bars, places)).toBe('M21 91h8L25 83Z')
  expect(usualText(bar(110, 6), bars[2])).toBe('usual 1–3: unusual')
  expect(usualText(bar(110, 5), bars[2])).toBe('usual 1–3')
  expect(usualText(bar(105, 99), bars[1])).toBe('')
})
