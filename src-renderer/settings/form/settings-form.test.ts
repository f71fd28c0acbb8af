import { expect, test } from 'vitest'
import { stateText } from './form-state.ts'

test('each state of a step has words of its own', () => {
  const states = ['waiting', 'running', 'ok', 'warning', 'failed', 'not-tried'] as const
  expect(new Set(states.map(stateText)).size).toBe(states.length)
})
