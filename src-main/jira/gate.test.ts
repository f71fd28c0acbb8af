import { expect, test } from 'vitest'
import { limited, notAuthenticated } from './errors.ts'
import { createGate } from './gate.ts'

const refused = notAuthenticated('jira.test', 'did not accept the token')

test('a failed log-in shuts it: everybody gets that error, until the person acts', () => {
  const gate = createGate()
  gate.failed(refused, gate.pass())
  expect(() => gate.pass()).toThrow(refused)
  expect(gate.open()).toBe(true)
  expect(() => gate.pass()).not.toThrow()
  expect(gate.open()).toBe(false)
})

test('no other failure shuts it', () => {
  const gate = createGate()
  gate.failed(limited('jira.test', null, null), gate.pass())
  gate.failed(new Error('a bug'), gate.pass())
  expect(() => gate.pass()).not.toThrow()
})

test('a call from before the person acted does not shut it again', () => {
  const gate = createGate()
  const before = gate.pass()
  gate.failed(refused, gate.pass())
  gate.open()
  gate.failed(refused, before)
  expect(() => gate.pass()).not.toThrow()
})
