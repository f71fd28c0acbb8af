import { expect, test } from 'vitest'
import { binText, eitherText } from './chart-model.ts'

const priorities = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
]
const startMinute = Date.parse('2026-11-24T14:37Z') / 60_000

test('a bar is said with its time, its tickets and what is not sure about it', () => {
  const bin = { startMinute, minutes: 1, byPriority: [1, 3], total: 4, state: 'unsettled' } as const
  expect(binText(bin, priorities, 'UTC')).toBe('14:37, 4 tickets: 1 Highest, 3 High, not settled yet')
})

test('an empty bar names no priority', () => {
  const bin = { startMinute, minutes: 5, byPriority: [0, 0], total: 0, state: 'settled' } as const
  expect(binText(bin, priorities, 'UTC')).toBe('14:37–14:42, 0 tickets')
})

test('several priorities are any of them', () => {
  expect(eitherText([{ id: '0', name: 'P2' }, ...priorities])).toBe('P2, Highest or High')
  expect(eitherText(priorities.slice(0, 1))).toBe('Highest')
})
