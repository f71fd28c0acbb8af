import type { Client } from '../../src-shared/contract/client.ts'
import type { Interval } from '../../src-shared/domain/interval.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { StateStore } from '../state-store.ts'
import type { DashboardState } from './dashboard-state.ts'
import { hasUsual } from '../../src-shared/domain/layers/usual-bars.ts'
import { createRefresher } from './timers.ts'

/** Between two readings while a span is moved. */
const GAP_MS = 250

type Asked = Pick<DashboardState, 'filter' | 'counts' | 'session' | 'usualNow' | 'barMinutes' | 'storeBackMs'>

/** What decides what is usual in the bars shown: their span and length, and up to when was learned. */
function keyOf({ filter, counts, session, usualNow, barMinutes, storeBackMs }: Asked): string {
  if (counts === null || session === null || barMinutes === null) return ''
  const { siteId, fromMinute, toMinute, bucketMinutes } = counts
  const learned = usualNow && [usualNow.learnedToMinute, usualNow.zone, usualNow.learning === null]
  return JSON.stringify([
    siteId,
    fromMinute,
    toMinute,
    bucketMinutes,
    barMinutes,
    learned,
    filter,
    storeBackMs,
  ])
}

/** Keeps the state's `usual` and `usualNow` true. Returns what ends it. */
export function followUsual(client: Client, store: StateStore<DashboardState>): () => void {
  let known = ''
  const refresher = createRefresher(async () => {
    const { counts, session, barMinutes, filter } = store.get()
    const asked = keyOf(store.get())
    if (counts === null || session === null || barMinutes === null) return
    if (!hasUsual(filter)) return store.put({ usual: null })
    const { fromMinute, toMinute, bucketMinutes } = counts
    const span = { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) }
    const bars = Math.max(barMinutes, bucketMinutes) as Interval
    // A core of another version may know nothing of this; a store that is away says so elsewhere, and is asked again.
    const usual = await client
      .call('usual.get', { ...span, bucketMinutes: bars, zone: session.zone })
      .catch(() => null)
    if (usual === null || asked !== keyOf(store.get())) return
    const { siteId, zone, learnedToMinute, learning, verdict } = usual
    const { usualNow } = store.get()
    const isNewer = usualNow === null || verdict.endMinute >= usualNow.verdict.endMinute
    store.put({ usual, ...(isNewer && { usualNow: { siteId, zone, learnedToMinute, learning, verdict } }) })
  }, GAP_MS)
  const leave = [
    client.on('usual.changed', (usualNow) => store.put({ usualNow })),
    store.subscribe(() => {
      const key = keyOf(store.get())
      if (key === known) return
      known = key
      refresher.request()
    }),
  ]
  return () => {
    for (const end of leave) end()
    refresher.stop()
  }
}
