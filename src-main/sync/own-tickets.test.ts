import { expect, test } from 'vitest'
import { createIndexLagMeter, createOwnTickets } from './index-lag.ts'

test('a new ticket is asked for until it was seen', () => {
  const own = createOwnTickets(createIndexLagMeter())
  own.note('7', 1_000)
  expect(own.toReconcile()).toEqual(['7'])
  own.found(['7'], ['7'], 2_000)
  own.fetched(['7'], 2_000)
  expect(own.toReconcile()).toEqual([])
})

test('the lag is measured by fetches that did not ask for the ticket', () => {
  const lag = createIndexLagMeter()
  const own = createOwnTickets(lag)
  own.note('7', 1_000)
  own.found(['7'], ['7'], 2_000)
  own.fetched(['7'], 2_000)
  expect(lag.lagMs()).toBeNull()
  own.fetched([], 5_000)
  expect(own.oldestUnseenMs()).toBe(1_000)
  own.found(['7', '8'], [], 9_000)
  expect(lag.lagMs()).toBe(8_000)
  expect(own.oldestUnseenMs()).toBeNull()
})

test('a ticket that two whole fetches asked for in vain is not watched, and forgotten', () => {
  const own = createOwnTickets(createIndexLagMeter())
  own.note('7', 1_000)
  own.fetched(['7'], 2_000)
  expect(own.toReconcile()).toEqual(['7'])
  own.fetched(['7'], 3_000)
  expect(own.toReconcile()).toEqual([])
  expect(own.oldestUnseenMs()).toBeNull()
})

test('at most fifty are asked for at once, the oldest first; the others next time', () => {
  const own = createOwnTickets(createIndexLagMeter())
  for (let i = 0; i < 70; i++) own.note(String(i), i)
  const first = own.toReconcile()
  expect(first).toHaveLength(50)
  own.found(first, first, 100)
  own.fetched(first, 100)
  expect(own.toReconcile()).toEqual(Array.from({ length: 20 }, (_, i) => String(50 + i)))
})

test('a ticket that the index never shows is no longer waited for after half an hour', () => {
  const own = createOwnTickets(createIndexLagMeter())
  own.note('7', 0)
  own.found(['7'], ['7'], 1)
  own.fetched(['7'], 30 * 60_000)
  expect(own.oldestUnseenMs()).toBe(0)
  own.fetched([], 30 * 60_000 + 1)
  expect(own.oldestUnseenMs()).toBeNull()
})

test('a ticket that was deleted is waited for no more', () => {
  const own = createOwnTickets(createIndexLagMeter())
  own.note('7', 1_000)
  own.note('8', 2_000)
  own.gone(['7', '9'])
  expect(own.toReconcile()).toEqual(['8'])
  expect(own.oldestUnseenMs()).toBe(2_000)
})
