import { expect, test } from 'vitest'
import { stepStates } from './settings-form.tsx'

test('each state of a step has a word and a sign of its own', () => {
  const states = Object.values(stepStates)
  expect(states).toHaveLength(6)
  expect(new Set(states.map(([, word]) => word)).size).toBe(states.length)
  expect(new Set(states.map(([sign]) => sign)).size).toBe(states.length)
})
