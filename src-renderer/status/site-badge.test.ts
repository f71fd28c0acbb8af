import { expect, test } from 'vitest'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { liveness } from './site-badge.tsx'

const NOW = Date.UTC(2026, 10, 24, 5, 43)

const idle: SyncStatus = {
  state: 'idle',
  lastSuccessMs: NOW,
  lastInserted: 0,
  nextMs: NOW + 5_000,
  indexLagMs: null,
  storedTickets: 0,
  known: [],
  progress: null,
  failure: null,
  by: null,
}

function says(
  given: Partial<SyncStatus>,
  ageMs = 0,
  others: { storeFails?: boolean; lost?: boolean } = {},
): string {
  const { storeFails = false, lost = false } = others
  const sources = {
    sync: { ...idle, ...given },
    storeFails,
    connection: lost ? 'lost' : 'connected',
  } as const
  const { tone, text } = liveness(sources, NOW + ageMs)
  return `${tone}: ${text}`
}

test.each([
  [4_000, 'live: Live 4 s'],
  [30_000, 'live: Live 30 s'],
  [31_000, 'late: Late, 31 s'],
  [120_000, 'late: Late, 2 min'],
  [121_000, 'stale: Not live for 2 min'],
  [7_200_000, 'stale: Not live for 2 h'],
])('%i ms after the last fetch the badge says %s', (ageMs, expected) => {
  expect(says({ state: 'failing' }, ageMs)).toBe(expected)
})

test('fetches that are meant to be far apart are late after twice that', () => {
  const everyTenMinutes = { nextMs: NOW + 600_000 }
  expect(says(everyTenMinutes, 1_199_000)).toBe('live: Live 19 min')
  expect(says(everyTenMinutes, 1_201_000)).toBe('stale: Not live for 20 min')
  expect(says({ nextMs: NOW + 20_000 }, 41_000)).toBe('late: Late, 41 s')
})

test('what cannot be live is not called live', () => {
  expect(says({}, 1_000, { lost: true })).toBe('stale: Not connected')
  expect(says({}, 1_000, { storeFails: true })).toBe('late: Late, 1 s')
  expect(says({ state: 'stopped' }, 1_000)).toBe('stale: Not live for 1 s')
})

test('before the first fetch nothing is called live', () => {
  const never = { lastSuccessMs: null, nextMs: null }
  expect(says(never)).toBe('unknown: Not fetched yet')
  expect(says({ ...never, state: 'fetching', progress: { done: 1, total: 9 } })).toBe('unknown: First fetch')
  expect(says({ ...never, state: 'failing' })).toBe('late: Not fetched yet')
  expect(says({ ...never, state: 'stopped' })).toBe('stale: Not fetching')
  expect(liveness({ sync: null, storeFails: false, connection: 'connected' }, NOW).text).toBe('')
})
