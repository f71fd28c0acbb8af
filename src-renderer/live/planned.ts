import type { Client } from '../../src-shared/contract/client.ts'
import type { Interval } from '../../src-shared/domain/interval.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { StateStore } from '../state-store.ts'
import type { DashboardState } from './dashboard-state.ts'
import { createRefresher } from './timers.ts'

/** Between two readings while a span is moved. */
const GAP_MS = 250

type Asked = Pick<DashboardState, 'counts' | 'session' | 'run' | 'storeBackMs'>

/** What decides what is planned for the bars shown: their span and buckets, and where the last run stands. */
function keyOf({ counts, session, run, storeBackMs }: Asked): string {
  if (counts === null || session === null) return ''
  const { siteId, fromMinute, toMinute, bucketMinutes } = counts
  const plan = run && [run.runId, run.state, run.planned, run.shiftedMs]
  return JSON.stringify([siteId, fromMinute, toMinute, bucketMinutes, session.zone, plan, storeBackMs])
}

/** Keeps the state's `planned` true. Returns what ends it. */
export function followPlanned(client: Client, store: StateStore<DashboardState>): () => void {
  let known = ''
  const refresher = createRefresher(async () => {
    const { counts, session } = store.get()
    if (counts === null || session === null) return store.put({ planned: [] })
    const { fromMinute, toMinute, bucketMinutes, startMinutes } = counts
    const span = { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) }
    const zone = startMinutes && { zone: session.zone }
    const asked = keyOf(store.get())
    const planned = await client
      .call('runs.planned', { ...span, bucketMinutes: bucketMinutes as Interval, ...zone })
      // A core of another version may know nothing of this; a store that is away says so elsewhere, and is asked again.
      .catch(() => null)
    const { planned: shown } = store.get()
    const isNews = planned !== null && JSON.stringify(planned) !== JSON.stringify(shown)
    if (isNews && asked === keyOf(store.get())) store.put({ planned })
  }, GAP_MS)
  const leave = store.subscribe(() => {
    const key = keyOf(store.get())
    if (key === known) return
    known = key
    refresher.request()
  })
  return () => {
    leave()
    refresher.stop()
  }
}
