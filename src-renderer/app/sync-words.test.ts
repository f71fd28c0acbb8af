import { expect, test } from 'vitest'
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
  failure: null,
}

test('when all is well it says what was fetched, how late Jira’s index is, and when it fetches again', () => {
  expect(syncWords(idle, now, 'UTC')).toEqual({
    tone: 'good',
    text: 'Fetched 4 s ago, 3 new · index lag 11 s · next in 1 s',
  })
})

test('what is not known is left out', () => {
  const fresh = { ...idle, state: 'fetching', lastSuccessMs: null, indexLagMs: null, nextMs: null } as const
  expect(syncWords(fresh, now, 'UTC').text).toBe('Not fetched yet · fetching now')
})

test('when Jira is silent it says for how long, and what is shown instead', () => {
  const failure = { sinceMs: now - 120_000, code: 'jira-unreachable', message: 'No answer.', hint: '' }
  expect(syncWords({ ...idle, state: 'failing', lastSuccessMs: now - 122_000, failure }, now, 'UTC')).toEqual(
    {
      tone: 'failing',
      text: 'Jira has not answered for 2 min. Showing what was stored at 14:20.',
    },
  )
})

test('other failures speak for themselves', () => {
  const failure = {
    sinceMs: now,
    code: 'not-authenticated',
    message: 'Jira refused the token.',
    hint: 'Give a new one.',
  }
  expect(syncWords({ ...idle, state: 'stopped', lastSuccessMs: null, failure }, now, 'UTC')).toEqual({
    tone: 'stopped',
    text: 'Jira refused the token. Give a new one. Nothing has been fetched yet.',
  })
})
