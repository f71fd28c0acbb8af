import { expect, test } from 'vitest'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { limited, notAuthenticated } from './errors.ts'
import { createAuthGate, createAuthGates } from './auth-gate.ts'

const refused = notAuthenticated('jira.test', 'did not accept the token')

test('a failed log-in shuts it: everybody gets that error, until the person acts', () => {
  const gate = createAuthGate(createHandClock())
  gate.failed(refused, gate.pass())
  expect(() => gate.pass()).toThrow(refused.message)
  expect(gate.reset()).toBe(true)
  expect(() => gate.pass()).not.toThrow()
  expect(gate.reset()).toBe(false)
})

test('it is opened once a minute at most, however often a person asks, and whatever the clock is set to', () => {
  const clock = { nowMs: 1_000_000_000, ranMs: 0, now: () => clock.nowMs, elapsedMs: () => clock.ranMs }
  const gate = createAuthGate(clock)
  gate.failed(refused, gate.pass())
  expect(gate.reset()).toBe(true)
  gate.failed(refused, gate.pass())
  clock.ranMs += 59_999
  expect(gate.reset()).toBe(false)
  expect(() => gate.pass()).toThrow(refused.message)
  clock.nowMs -= 3_600_000
  clock.ranMs += 1
  expect(gate.reset()).toBe(true)
  expect(() => gate.pass()).not.toThrow()
})

test('asked again within the minute it says when the log-in was refused, and when the next may go out', () => {
  const clock = {
    nowMs: Date.UTC(2026, 0, 1, 10, 2),
    ranMs: 0,
    now: () => clock.nowMs,
    elapsedMs: () => clock.ranMs,
  }
  const pass = (ms: number): void => {
    clock.nowMs += ms
    clock.ranMs += ms
  }
  const gate = createAuthGate(clock)
  gate.failed(refused, gate.pass())
  const unsent = { code: 'not-authenticated', failure: 'unsent', message: refused.message }
  const plain = expect.objectContaining({ ...unsent, hint: refused.hint }) as Error
  expect(() => gate.pass()).toThrow(plain) // nobody acted yet
  pass(1_000)
  gate.reset()
  pass(500)
  gate.failed(refused, gate.pass())
  pass(10_000)
  gate.reset()
  const hint = `Jira refused the log-in at 10:02:01 UTC; nothing is sent again before 10:03:01 UTC. Give another token, or wait. ${refused.hint}`
  expect(() => gate.pass()).toThrow(expect.objectContaining({ ...unsent, hint }) as Error)
  pass(49_500)
  expect(() => gate.pass()).toThrow(plain)
  expect(gate.reset()).toBe(true)
})

test('a token that a person tried out, and that was refused, counts as tried in this minute', () => {
  const clock = createHandClock()
  const gate = createAuthGate(clock)
  gate.countRefusal()
  gate.failed(refused, gate.pass())
  gate.countRefusal()
  expect(gate.reset()).toBe(false)
})

test('credentials have one gate, however often they are used; another token, user or address has its own', () => {
  const gates = createAuthGates(createHandClock())
  const credentials = { url: 'https://jira.test', user: 'ada@example.com', token: 'one' }
  gates.of(credentials).failed(refused, gates.of(credentials).pass())
  expect(() => gates.of({ ...credentials, url: 'https://jira.test/' }).pass()).toThrow(refused.message)
  for (const other of [{ token: 'two' }, { user: null }, { url: 'https://jira.test/jira' }]) {
    expect(() => gates.of({ ...credentials, ...other }).pass()).not.toThrow()
  }
  gates.reset()
  expect(() => gates.of(credentials).pass()).not.toThrow()
})

test('no other failure shuts it', () => {
  const gate = createAuthGate(createHandClock())
  gate.failed(limited('jira.test', null, null), gate.pass())
  gate.failed(new Error('a bug'), gate.pass())
  expect(() => gate.pass()).not.toThrow()
})

test('a call from before the person acted does not shut it again', () => {
  const gate = createAuthGate(createHandClock())
  const before = gate.pass()
  gate.failed(refused, gate.pass())
  gate.reset()
  gate.failed(refused, before)
  expect(() => gate.pass()).not.toThrow()
})
