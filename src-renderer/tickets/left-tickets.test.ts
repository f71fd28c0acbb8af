import { expect, test } from 'vitest'
import type { UncountedTicket } from '../live/dashboard-state.ts'
import { removedText } from './evidence.ts'
import { reasonText } from './left-tickets.tsx'

const ticket: UncountedTicket = {
  id: '1',
  key: 'OPS-7',
  projectKey: 'OPS',
  title: 'Login fails',
  priorityId: '1',
  priorityName: 'Highest',
  status: 'Open',
  createdMs: 0,
  updatedMs: 0,
  leftMs: 0,
  reason: 'lowered',
}

test.each([
  ['lowered', 'Severity lowered'],
  ['moved', 'moved to OPS'],
  ['deleted', 'deleted'],
  ['hidden', 'no longer visible'],
] as const)('a ticket that was %s says so', (reason, words) => {
  expect(reasonText({ ...ticket, reason }, 'Severity')).toBe(words)
})

test('how many left is a count, or the least that there are', () => {
  expect(removedText(2, false)).toBe('2 no longer counted')
  expect(removedText(1_200, true)).toBe('1,200 or more no longer counted')
})
