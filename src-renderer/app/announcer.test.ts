import { expect, test } from 'vitest'
import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import { newTickets, runNews } from './announcer.tsx'
import { PAUSED, RUNNING, testRun } from '../../test-support/domain/run.ts'

const running = { ...testRun, ...RUNNING }

test('what happens to a run is shown once', () => {
  expect(runNews(null, running)).toBeNull()
  expect(runNews(running, { ...running, created: 98 })).toBeNull()
  expect(runNews(testRun, { ...running, runId: 'next' })).toBe('A run of 100 tickets has begun.')
  expect(runNews(running, testRun)).toBe('Done: 97 of 100 tickets made. Seed 7.')
})

test('a run that stands still says why, and that it goes on', () => {
  const paused = { ...testRun, ...PAUSED }
  expect(runNews(running, paused)).toBe('The run stands still. It was paused. Resume it to go on.')
  expect(runNews(paused, running)).toBe('The run goes on.')
  expect(runNews(running, { ...testRun, state: 'broken' })).toContain('Interrupted')
})

const span = (fromMinute: number, line: readonly number[]): CountsResult => ({
  siteId: 's',
  seq: 1,
  fromMinute,
  toMinute: fromMinute + line.length,
  bucketMinutes: 1,
  priorityIds: ['1'],
  counts: [[...line]],
  provisionalFromMinute: fromMinute,
  known: [],
})

test('what is new in a span that moved on is what came, not less what is out of it', () => {
  expect(newTickets(span(10, [9, 1, 0]), span(12, [2, 3, 0]))).toBe(5)
  expect(newTickets(span(10, [9, 1, 0]), span(5, [4, 4, 4, 4, 4, 9, 1, 1]))).toBe(1)
})
