import { expect, test } from 'vitest'
import { edgeX, MARGIN, nearestSlot, slotAt } from './geometry.ts'

const hour = Array.from({ length: 61 }, (_, i) => 29_733_000 + i)
/** Six days, of which the fourth has 25 hours. */
const days = [0, 24, 48, 72, 97, 121, 145]

test.each([
  ['minutes', hour],
  ['days, one of them longer,', days],
])('the pointer finds the bar that is drawn under it: %s', (_name, edges) => {
  for (let slot = 0; slot < edges.length - 1; slot++) {
    const middle = (edgeX(slot, 900, edges) + edgeX(slot + 1, 900, edges)) / 2
    expect(slotAt(middle, 900, edges)).toBe(slot)
  }
})

test('beside the plot there is no bar, and the nearest is the one at that end', () => {
  expect(slotAt(MARGIN.l - 1, 900, hour)).toBeNull()
  expect(slotAt(900 - MARGIN.r, 900, hour)).toBeNull()
  expect(nearestSlot(-50, 900, hour)).toBe(0)
  expect(nearestSlot(2_000, 900, hour)).toBe(59)
})

test('the bars fill the plot', () => {
  expect(edgeX(0, 900, days)).toBe(MARGIN.l)
  expect(edgeX(6, 900, days)).toBe(900 - MARGIN.r)
})

test('without a bar nothing is under the pointer', () => {
  expect(slotAt(100, 900, [])).toBeNull()
})
