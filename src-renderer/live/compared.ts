import type { Client } from '../../src-shared/contract/client.ts'
import { otherSpan } from '../../src-shared/domain/compare/compared-bars.ts'
import type { StateStore } from '../state-store.ts'
import { filterParams, type DashboardState } from './dashboard-state.ts'
import { createRefresher } from './timers.ts'

/** Between two readings that nobody waits for. */
const GAP_MS = 2_000

type Shown = Pick<
  DashboardState,
  'comparison' | 'span' | 'shown' | 'interval' | 'session' | 'storeBackMs' | 'filter'
>

/**
 * Keeps the state's `compared` true: the counts of the span that the one shown is compared with. They are read when another
 * comparison or span is shown, quietly where the span moves on or tickets of the other one change. Returns what ends it.
 */
export function followCompared(client: Client, store: StateStore<DashboardState>): () => void {
  let known: Shown | null = null
  const refresher = createRefresher(async () => {
    const { comparison, shown, interval, session, filter } = store.get()
    if (comparison === null || shown === null || session === null) return
    const span = otherSpan(shown, { comparison, interval, zone: session.zone })
    // Where these cannot be read the chart's own cannot either, and say so.
    const asked = { ...span, ...filterParams({ filter }) }
    const compared = await client.call('counts.get', asked).catch(() => null)
    const now = store.get()
    if (now.comparison === comparison && now.filter === filter) store.put({ compared })
  }, GAP_MS)
  const leave = [
    store.subscribe(() => {
      const { comparison, span, shown, interval, session, storeBackMs, filter } = store.get()
      const isMoved = known?.shown !== shown || known?.storeBackMs !== storeBackMs
      const isOfOther = known?.comparison !== comparison || known?.span !== span
      const isOther = isOfOther || known?.interval !== interval || known?.filter !== filter
      if (!isOther && !isMoved && known?.session?.site === session?.site) return
      known = { comparison, span, shown, interval, session, storeBackMs, filter }
      if (isOther && store.get().compared !== null) store.put({ compared: null })
      if (comparison !== null) refresher.request(isOther)
    }),
    client.on('counts.changed', ({ changes, reset }) => {
      const { fromMinute = 0, toMinute = 0 } = store.get().compared ?? {}
      if (reset || changes.some(({ minute }) => minute >= fromMinute && minute < toMinute))
        refresher.request()
    }),
  ]
  return () => {
    for (const end of leave) end()
    refresher.stop()
  }
}
