import { expect, test } from 'vitest'
import { MARGIN, slotAt, slotMiddle } from './geometry.ts'

test('the pointer finds the slot that is drawn under it', () => {
  for (let slot = 0; slot < 60; slot++) expect(slotAt(slotMiddle(slot, 900, 60), 900, 60)).toBe(slot)
})

test('beside the plot there is no slot', () => {
  expect(slotAt(MARGIN.l - 1, 900, 60)).toBeNull()
  expect(slotAt(900 - MARGIN.r, 900, 60)).toBeNull()
})
