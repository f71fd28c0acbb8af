import { expect, test } from 'vitest'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { limited, notAuthenticated } from './errors.ts'
import { createGate } from './gate.ts'

const refused = notAuthenticated('jira.test', 'did not accept the token')

test('a failed log-in shuts it: everybody gets that error, until the person acts', () => {
  const gate = createGate(createHandClock())
  gate.failed(refused, gate.pass())
  expect(() => gate.pass()).toThrow(refused)
  expect(gate.reset()).toBe(true)
  expect(() => gate.pass()).not.toThrow()
  expect(gate.reset()).toBe(false)
})

test('it is opened once a minute at most, however often a person asks, and whatever the clock is set to', () => {
  const clock = { nowMs: 1_000_000_000, ranMs: 0, now: () => clock.nowMs, elapsedMs: () => clock.ranMs }
  const gate = createGate(clock)
  gate.failed(refused, gate.pass())
  expect(gate.reset()).toBe(true)
  gate.failed(refused, gate.pass())
  clock.ranMs += 59_999
  expect(gate.reset()).toBe(false)
  expect(() => gate.pass()).toThrow(refused)
  clock.nowMs -= 3_600_000
  clock.ranMs += 1
  expect(gate.reset()).toBe(true)
  expect(() => gate.pass()).not.toThrow()
})

test('no other failure shuts it', () => {
  const gate = createGate(createHandClock())
  gate.failed(limited('jira.test', null, null), gate.pass())
  gate.failed(new Error('a bug'), gate.pass())
  expect(() => gate.pass()).not.toThrow()
})

test('a call from before the person acted does not shut it again', () => {
  const gate = createGate(createHandClock())
  const before = gate.pass()
  gate.failed(refused, gate.pass())
  gate.reset()
  gate.failed(refused, before)
  expect(() => gate.pass()).not.toThrow()
})
