import { expect, test } from 'vitest'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { createFirstSights, createIndexLagMeter } from './index-lag.ts'
import { createHandClock } from '../../test-support/sync/clock.ts'

const SINCE_MS = 1_000_000

function ticket(id: string, createdMs: number, updatedMs = createdMs): Ticket {
  const words = { key: id, projectKey: 'TPM', title: '', priorityName: '', status: '' }
  return { id, priorityId: '1', createdMs, updatedMs, ...words }
}

function watcher() {
  const clock = createHandClock()
  const lag = createIndexLagMeter()
  const sights = createFirstSights({ lag, clock, intervalMs: 5_000 })
  const pass = (tickets: Ticket[], siteMs: number, except: string[] = []): void => {
    sights.began(SINCE_MS)
    sights.page(tickets, siteMs, except)
    sights.ended()
    clock.jump(5_000)
  }
  return { clock, lag, sights, pass }
}

test('a ticket that the pass before did not show came into sight between the two', () => {
  const { lag, pass } = watcher()
  const old = ticket('1', SINCE_MS + 1)
  pass([old], SINCE_MS + 60_000)
  expect(lag.lagMs()).toBeNull()
  pass([old, ticket('2', SINCE_MS + 50_000)], SINCE_MS + 65_000)
  expect(lag.lagMs()).toBe(15_000)
})

test('one that was edited, or asked for by its id, says nothing', () => {
  const { lag, pass } = watcher()
  pass([], SINCE_MS + 60_000)
  pass([ticket('2', SINCE_MS, SINCE_MS + 1), ticket('3', SINCE_MS)], SINCE_MS + 65_000, ['3'])
  expect(lag.lagMs()).toBeNull()
})

test('one from before what the last pass read was merely not looked for', () => {
  const { lag, pass } = watcher()
  pass([], SINCE_MS + 60_000)
  pass([ticket('2', SINCE_MS - 1)], SINCE_MS + 65_000)
  expect(lag.lagMs()).toBeNull()
})

test('after a time of absence it is ours, not the index’s', () => {
  const { clock, lag, pass } = watcher()
  pass([], SINCE_MS + 60_000)
  clock.jump(3_600_000)
  pass([ticket('2', SINCE_MS + 70_000)], SINCE_MS + 3_665_000)
  expect(lag.lagMs()).toBeNull()
})

test('a pass that did not come to its end is not compared with', () => {
  const { lag, sights, pass } = watcher()
  sights.began(SINCE_MS)
  sights.page([], SINCE_MS + 60_000, [])
  pass([ticket('2', SINCE_MS + 50_000)], SINCE_MS + 65_000)
  expect(lag.lagMs()).toBeNull()
})
