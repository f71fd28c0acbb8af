import { expect, test } from 'vitest'
import { stateWords } from './form-state.ts'

test('each state of a step has words of its own', () => {
  const states = ['waiting', 'running', 'ok', 'warning', 'failed', 'not-tried'] as const
  expect(new Set(states.map(stateWords)).size).toBe(states.length)
})
