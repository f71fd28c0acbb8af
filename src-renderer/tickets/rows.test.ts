import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { left } from '../../test-support/renderer/live/dashboard.ts'
import type { ListedTicket } from '../live/dashboard-state.ts'
import { heldBack, placesOf } from './held-back.ts'
import { rowAfterKey, windowOf } from './row-window.ts'

const ticket = (id: string, createdMs: number): ListedTicket => ({ ...left, id, createdMs })

describe('rows that are drawn', () => {
  test('are all that can be in sight, and few', () => {
    const px = fc.integer({ min: 0, max: 5_000_000 })
    fc.assert(
      fc.property(px, fc.integer({ min: 0, max: 2_000 }), (topPx, heightPx) => {
        const { first, last, inSight } = windowOf({ topPx, heightPx, rowPx: 84 })
        expect(first).toBeLessThanOrEqual(Math.floor(topPx / 84))
        expect(last).toBeGreaterThanOrEqual(Math.ceil((topPx + heightPx) / 84))
        expect(last - first).toBeLessThanOrEqual(heightPx / 84 + 40)
        expect(inSight).toBeGreaterThanOrEqual(first)
      }),
    )
  })

  test.each([
    ['j', 6],
    ['ArrowDown', 6],
    ['k', 4],
    ['PageDown', 9],
    ['PageUp', 1],
    ['Home', 0],
    ['End', 9],
    ['x', null],
  ])('%s leads from the sixth of ten to %s', (key, to) => {
    expect(rowAfterKey(key, { from: 5, count: 10, page: 4 })).toBe(to)
  })
})

describe('while somebody reads', () => {
  const there = [ticket('c', 30), ticket('b', 20), ticket('a', 10)]

  test('what comes above or between waits, and what was there stays up to date', () => {
    const now = [ticket('d', 40), { ...ticket('c', 30), status: 'Done' }, ticket('n', 25), ...there.slice(1)]
    const { tickets, held } = heldBack(now, placesOf(there))
    expect(tickets.map(({ id, status }) => [id, status])).toEqual([
      ['c', 'Done'],
      ['b', 'Open'],
      ['a', 'Open'],
    ])
    expect(held).toBe(2)
  })

  test('further pages are added below', () => {
    const more = [...there, ticket('0', 10), ticket('z', 5)]
    expect(heldBack(more, placesOf(there))).toEqual({ tickets: more, held: 0 })
  })

  test('nobody reading, or nothing there before, all are shown', () => {
    expect(heldBack(there, null)).toEqual({ tickets: there, held: 0 })
    expect(heldBack(there, placesOf([]))).toEqual({ tickets: there, held: 0 })
  })
})
