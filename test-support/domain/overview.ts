import type { Overview } from '../../src-shared/contract/overview.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'

/** How it is at `atMs`, which is usual: `each` tickets in each of the 60 minutes, `last` in the last. */
export function usualOverview(atMs: number, each: number, last: number): Overview {
  const toMinute = Math.floor(atMs / 60_000) + 1
  return {
    label: 'acme',
    zone: 'UTC',
    watched: [{ id: '1', name: 'Highest' }],
    clock: steadyClock(atMs),
    atMs,
    fetching: { state: 'idle', lastSuccessMs: atMs, nextMs: atMs + 5_000 },
    counts: {
      siteId: 's',
      seq: 1,
      fromMinute: toMinute - 60,
      toMinute,
      bucketMinutes: 1,
      priorityIds: ['1'],
      counts: [[...Array.from({ length: 59 }, () => each), last]],
      provisionalFromMinute: toMinute - 1,
      known: [{ fromMs: 0, toMs: atMs }],
    },
    verdict: {
      state: 'usual',
      endMinute: toMinute,
      minutes: 5,
      tickets: 6,
      low: 0,
      high: 8,
      mean: 3,
      chance: 0.2,
      onceInDays: null,
      onsetMinute: null,
      smallestStorm: 3,
      rehearsed: 0,
      stateWithoutRuns: 'usual',
    },
    newest: [],
  }
}
