import { expect, test } from 'vitest'
import { createRunAbort, type AbortReason } from './run-abort.ts'

const ERROR: AbortReason = { error: new Error('first') }

test.each<[string, AbortReason[], AbortReason]>([
  ['the first error stays', [ERROR, { error: new Error('second') }], ERROR],
  ['a person’s pause goes before an error', [ERROR, 'pause'], 'pause'],
  ['a stop goes before a pause', ['pause', 'stop'], 'stop'],
  ['but not the other way round', ['stop', 'pause', ERROR], 'stop'],
])('%s', (_name, pulls, cause) => {
  const halt = createRunAbort()
  expect(halt.reason()).toBeNull()
  expect(halt.signal.aborted).toBe(false)
  for (const pull of pulls) halt.abort(pull)
  expect(halt.reason()).toBe(cause)
  expect(halt.signal.aborted).toBe(true)
})
