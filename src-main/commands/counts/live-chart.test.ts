import { expect, test } from 'vitest'
import type { SyncStatus } from '../../../src-shared/contract/tickets.ts'
import { syncText } from './live-chart.ts'

const FETCHED: SyncStatus = {
  state: 'idle',
  lastSuccessMs: Date.parse('2026-11-24T14:03:22Z'),
  lastInserted: 3,
  nextMs: null,
  indexLagMs: null,
  storedTickets: 3,
  known: [],
  progress: null,
  failure: null,
  by: null,
  hooks: null,
}

test('below a live chart it says what was fetched, and how webhooks come where they are taken', () => {
  expect(syncText(FETCHED, 'UTC')).toBe('Fetched at 14:03:22, 3 new.')
  const hooks = { state: 'healthy', received: 1, repeats: 0, untold: 0, unread: 0, latenessMs: null } as const
  expect(syncText({ ...FETCHED, hooks }, 'UTC')).toBe('Fetched at 14:03:22, 3 new. Webhooks healthy.')
  expect(syncText({ ...FETCHED, hooks: { ...hooks, state: 'missing', untold: 2 } }, 'UTC')).toContain(
    'Webhooks missed 2.',
  )
})
