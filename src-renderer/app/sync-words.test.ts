import { describe, expect, test } from 'vitest'
import type { SyncStatus } from '../../src-shared/contract/models.ts'
import { syncWords } from './sync-words.ts'

const now = Date.parse('2026-11-24T14:23Z')
const idle: SyncStatus = {
  state: 'idle',
  lastSuccessMs: now - 4_000,
  lastInserted: 3,
  nextMs: now + 1_000,
  indexLagMs: 11_000,
  storedTickets: 1_204,
  progress: null,
  failure: null,
}

test('when all is well it says what was fetched, how late Jira’s index is, and when it fetches again', () => {
  expect(syncWords(idle, now, 'UTC')).toEqual({
    tone: 'good',
    text: 'Last fetch 4 s ago, 3 new, index lag 11 s · next in 1 s',
    toSettings: false,
  })
})

test('what is not known is left out', () => {
  const fresh = { ...idle, state: 'fetching', lastSuccessMs: null, indexLagMs: null, nextMs: null } as const
  expect(syncWords({ ...fresh, storedTickets: 0 }, now, 'UTC').text).toBe('Not fetched yet · fetching now')
  expect(syncWords(fresh, now, 'UTC').text).toBe('Not fetched since the start · fetching now')
})

test('when Jira is silent it says for how long, and what is shown instead', () => {
  const failure = { sinceMs: now - 120_000, code: 'jira-unreachable', message: 'No answer.', hint: '' }
  expect(syncWords({ ...idle, state: 'failing', lastSuccessMs: now - 122_000, failure }, now, 'UTC')).toEqual(
    {
      tone: 'failing',
      text: 'Jira has not answered for 2 min. Showing what was stored at 14:20.',
      toSettings: false,
    },
  )
})

test('what was stored on another day is not taken for today’s', () => {
  const sinceMs = now - 86_400_000
  const failure = { sinceMs, code: 'jira-unreachable', message: 'No answer.', hint: '' }
  expect(syncWords({ ...idle, state: 'failing', lastSuccessMs: sinceMs, failure }, now, 'UTC').text).toBe(
    'Jira has not answered for 24 h. Showing what was stored at Mon 23 Nov, 14:23.',
  )
})

test('other failures speak for themselves, and those of the connection lead to the settings', () => {
  const failure = {
    sinceMs: now,
    code: 'not-authenticated',
    message: 'Jira refused the token.',
    hint: 'Give a new one.',
  }
  const stopped = { ...idle, state: 'stopped', lastSuccessMs: null, failure } as const
  expect(syncWords({ ...stopped, storedTickets: 0 }, now, 'UTC')).toEqual({
    tone: 'stopped',
    text: 'Jira refused the token. Give a new one. Nothing has been fetched yet.',
    toSettings: true,
  })
  expect(syncWords(stopped, now, 'UTC').text).toMatch(/Showing what was stored before\.$/)
})

describe('the first fetch of many tickets', () => {
  const first = { ...idle, state: 'fetching', lastSuccessMs: null, nextMs: null } as const

  test('tells how far it is', () => {
    const progress = { done: 42_000, total: 1_000_000 }
    expect(syncWords({ ...first, progress }, now, 'UTC').text).toBe(
      'First fetch: 42,000 of about 1,000,000 tickets',
    )
  })

  test('has never more than there are, whatever Jira guessed', () => {
    expect(syncWords({ ...first, progress: { done: 12, total: 10 } }, now, 'UTC').text).toContain(
      '12 of about 12 tickets',
    )
  })

  test('keeps what it has when it fails', () => {
    const failure = { sinceMs: now, code: 'jira-broken', message: 'Jira’s answer was cut.', hint: '' }
    const progress = { done: 42_000, total: 1_000_000 }
    expect(syncWords({ ...first, state: 'failing', failure, progress }, now, 'UTC').text).toBe(
      'Jira’s answer was cut. First fetch: 42,000 of about 1,000,000 tickets are stored.',
    )
  })
})
