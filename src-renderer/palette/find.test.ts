import { describe, expect, test, vi } from 'vitest'
import type { ListedTicket } from '../live/dashboard-state.ts'
import { findTime, ticketFindings } from './find.ts'

/** Tuesday, 14:30 in Berlin. */
const NOW = { nowMs: Date.UTC(2026, 10, 24, 13, 30), zone: 'Europe/Berlin' }

function ticket(key: string, title: string): ListedTicket {
  const createdMs = Date.UTC(2026, 10, 24, 8, 5)
  const priority = { priorityId: '2', priorityName: 'High' }
  return {
    id: key,
    key,
    projectKey: 'OPS',
    title,
    ...priority,
    status: 'Open',
    createdMs,
    updatedMs: createdMs,
  }
}

describe('a time', () => {
  test.each([
    ['yesterday 9-11', 'Show Mon 23 Nov, 09:00–11:00'],
    ['-2h', 'Show Tue 24 Nov, 12:30–14:30'],
    ['9:05', 'Show Tue 24 Nov, 09:05–14:30'],
    ['yesterday', 'Show Mon 23 Nov'],
  ])('%s', (text, title) => {
    const show = vi.fn()
    const { found, wrong } = findTime(text, NOW, show)
    expect(found.map((each) => each.title)).toEqual([title])
    expect(wrong).toBe('')
    found[0]?.run()
    expect(show).toHaveBeenCalledTimes(1)
  })

  test.each([
    ['2030-01-01', 'lies in the future'],
    ['25:00', '“25:00” is not a time.'],
  ])('%s is none, and why is said', (text, why) => {
    const { found, wrong } = findTime(text, NOW, () => {})
    expect(found).toEqual([])
    expect(wrong).toContain(why)
  })

  test.each(['', 'fetch', 'OPS-12'])('%j is none, and is not taken for a mistake', (text) => {
    expect(findTime(text, NOW, () => {})).toEqual({ found: [], wrong: '' })
  })
})

test('tickets say when they were created', () => {
  const [finding] = ticketFindings([ticket('OPS-12', 'Payments fail')], NOW, () => {})
  expect(finding).toMatchObject({ group: 'OPS-12', title: 'Payments fail', keys: '09:05' })
})
