import type { Client } from '../../src-shared/contract/client.ts'
import type { StateStore } from '../state-store.ts'
import type { DashboardState } from './dashboard-state.ts'
import { createRefresher } from './timers.ts'

/** Between two readings while a span is moved. */
const GAP_MS = 250

/** What decides which marks there are, besides those who set them: the span, and what marks itself. */
function keyOf({ session, shown, run, sync, storeBackMs }: DashboardState): string {
  if (session === null || shown === null) return ''
  const isFetched = sync?.failure === null
  return JSON.stringify([session.site.id, shown, run && [run.runId, run.state], isFetched, storeBackMs])
}

/** Keeps the state's `marks` those of the span shown. Returns what ends it. */
export function followMarks(client: Client, store: StateStore<DashboardState>): () => void {
  let known = ''
  /** Another one where all was asked for anew: what was said meanwhile was missed. */
  let session: DashboardState['session'] = null
  const refresher = createRefresher(async () => {
    const { shown } = store.get()
    if (shown === null) return
    const asked = keyOf(store.get())
    // A core of another version may know nothing of this; a store that is away says so elsewhere, and is asked again.
    const read = await client.call('marks.list', shown).catch(() => null)
    const isNews = read !== null && JSON.stringify(read.marks) !== JSON.stringify(store.get().marks)
    if (isNews && asked === keyOf(store.get())) store.put({ marks: read.marks })
  }, GAP_MS)
  const leave = [
    store.subscribe(() => {
      const key = keyOf(store.get())
      if (key === known && session === store.get().session) return
      known = key
      session = store.get().session
      if (key !== '') refresher.request()
    }),
    client.on('marks.changed', () => refresher.request(true)),
    client.on('alerts.changed', () => refresher.request()),
  ]
  return () => {
    for (const end of leave) end()
    refresher.stop()
  }
}
