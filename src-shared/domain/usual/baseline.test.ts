import { expect, test } from 'vitest'
import { bandOf, isCurrent, makeBaseline, usualOf, type BaselineCell } from './baseline.ts'

/** A Monday, 00:00 UTC. */
const START = 26_798_400
const WEEK = 10_080

test('a steady history is what is usual', () => {
  const counts = Array.from({ length: (4 * WEEK) / 5 }, (_, step) => (step % 2 === 0 ? 3 : 7))
  const baseline = makeBaseline({ startMinute: START, stepMinutes: 5, counts }, 'UTC', START + 4 * WEEK)
  const [monday]: readonly BaselineCell[] = baseline.cells
  expect(monday).toMatchObject({ tickets: 240, hours: 4 })
  expect(usualOf(baseline, START + 4 * WEEK, 60)).toMatchObject({ mean: expect.closeTo(60, 0) })
  expect(bandOf(baseline, START + 4 * WEEK, 5)).toEqual({ low: 2, high: 9 })
  expect(isCurrent(baseline, START + 4 * WEEK + 59)).toBe(true)
  expect(isCurrent(baseline, START + 4 * WEEK + 60)).toBe(false)
})
