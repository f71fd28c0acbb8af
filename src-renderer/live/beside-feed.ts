import type { Client } from '../../src-shared/contract/client.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { Store } from '../store.ts'
import type { DashboardState } from './dashboard-state.ts'
import { createRefresher, type Refresher } from './refresher.ts'

/** Tickets listed at once, here and among those that left: more than anyone reads, fewer than the list would feel. */
const LIST_LIMIT = 200
/** Between two readings while tickets stream in. */
const GAP_MS = 500

/** Keeps what stands beside the chart: the tickets, those no longer counted, and how many lie outside the hour. */
export function createBesideFeed(client: Client, store: Store<DashboardState>): Refresher {
  return createRefresher(async () => {
    const { hour, opened } = store.get()
    if (hour === null) return
    const span = opened ?? hour
    try {
      const [outside, list, left] = await Promise.all([
        client.call('counts.outside', hour),
        client.call('tickets.list', { ...span, limit: LIST_LIMIT }),
        client.call('tickets.left', { ...span, limit: LIST_LIMIT }),
      ])
      store.set((state) =>
        span === (state.opened ?? state.hour) ? { ...state, outside, list: { span, ...list }, left } : state,
      )
    } catch (error) {
      // Where these cannot be read the counts cannot either, and say so. What was read of the same span stays, unless
      // it was dropped.
      const isGone = toWireError(error).code === 'tables-missing'
      store.set((state) =>
        state.list?.span === span && !isGone ? state : { ...state, outside: null, list: null, left: null },
      )
    }
  }, GAP_MS)
}
