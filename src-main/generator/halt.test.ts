import { expect, test } from 'vitest'
import { createHalt, type HaltCause } from './halt.ts'

const ERROR: HaltCause = { error: new Error('first') }

test.each<[string, HaltCause[], HaltCause]>([
  ['the first error stays', [ERROR, { error: new Error('second') }], ERROR],
  ['a person’s pause goes before an error', [ERROR, 'pause'], 'pause'],
  ['a stop goes before a pause', ['pause', 'stop'], 'stop'],
  ['but not the other way round', ['stop', 'pause', ERROR], 'stop'],
])('%s', (_name, pulls, cause) => {
  const halt = createHalt()
  expect(halt.cause()).toBeNull()
  expect(halt.signal.aborted).toBe(false)
  for (const pull of pulls) halt.pull(pull)
  expect(halt.cause()).toBe(cause)
  expect(halt.signal.aborted).toBe(true)
})
