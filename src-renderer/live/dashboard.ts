import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { Door } from '../client/door.ts'
import { createStore, type Schedule, type Store } from '../store.ts'
import { createCountsFeed } from './counts-feed.ts'
import { emptyDashboard, type DashboardState } from './dashboard-state.ts'
import { hourAt, neighbour, type Span } from './hour.ts'
import { createMinuteTicker } from './minute-ticker.ts'
import { createRefresher } from './refresher.ts'

/** Tickets listed at once: more than anyone reads, fewer than the list would feel. */
const LIST_LIMIT = 200
/** Between two readings of what stands beside the chart while tickets stream in. */
const BESIDE_GAP_MS = 500

export interface Dashboard {
  readonly store: Store<DashboardState>
  start(): void
  stop(): void
  showHour(hour: Span): void
  stepHour(step: -1 | 1): void
  followNow(): void
  /** Lists the tickets of a part of the hour, or of all of it (null). */
  open(span: Span | null): void
  /** Asks for everything anew. */
  reload(): void
}

/** Holds what the window shows and keeps it true: listens to the core, asks where it must. `now` is the machine's epoch ms. */
export function createDashboard(door: Door, now: () => number, schedule?: Schedule): Dashboard {
  const { client } = door
  const store = createStore(emptyDashboard, schedule)
  const put = (part: Partial<DashboardState>): void => store.set((state) => ({ ...state, ...part }))

  const feed = createCountsFeed(client, put)
  const beside = createRefresher(readBeside, BESIDE_GAP_MS)
  const ticker = createMinuteTicker(now, turnMinute)
  const leave: (() => void)[] = []

  /** The list and the tickets outside the hour. Where they cannot be read the counts cannot either, and say so. */
  async function readBeside(): Promise<void> {
    const { hour, opened } = store.get()
    if (hour === null) return
    const span = opened ?? hour
    try {
      const [outside, list] = await Promise.all([
        client.call('counts.outside', hour),
        client.call('tickets.list', { ...span, limit: LIST_LIMIT }),
      ])
      const current = store.get()
      if (span === (current.opened ?? current.hour)) put({ outside, list: { span, ...list } })
    } catch {
      put({ outside: null, list: null })
    }
  }

  function turnMinute(nowMinute: number): void {
    const { following, hour, counts } = store.get()
    put({ nowMinute })
    const current = currentHour()
    if (current === null) return
    if (following && current.fromMs !== hour?.fromMs) show(current, true)
    // Which minutes are settled is the core's to say.
    else if (counts && counts.toMinute > counts.provisionalFromMinute) feed.reload()
  }

  function show(hour: Span, following: boolean): void {
    put({ hour, following, opened: null })
    feed.show(hour)
    beside.request(true)
  }

  function currentHour(): Span | null {
    const { session, nowMinute } = store.get()
    return session && hourAt(startOfMinute(nowMinute), session.zone)
  }

  /** Whoever comes back to the site's own hour, by whatever way, follows it again. */
  function choose(hour: Span): void {
    show(hour, hour.fromMs === currentHour()?.fromMs)
  }

  async function readAll(): Promise<void> {
    try {
      const session = await client.call('session.get', {})
      const nowMs = siteTime(session.clock, now())
      const { hour, following } = store.get()
      put({ session, startFailure: null, nowMinute: minuteOf(nowMs) })
      show(hour === null || following ? hourAt(nowMs, session.zone) : hour, following)
      ticker.follow(session.clock)
      const [sync, run] = await Promise.all([client.call('sync.status', {}), client.call('runs.current', {})])
      put({ sync, run })
    } catch (error) {
      put({ startFailure: toWireError(error) })
    }
  }
  const all = createRefresher(readAll, 0)

  return {
    store,
    start() {
      leave.push(
        client.on('counts.changed', (event) => {
          feed.apply(event)
          beside.request()
        }),
        client.on('sync.changed', (sync) => put({ sync })),
        client.on('run.changed', (run) => put({ run })),
        client.on('clock.changed', (clock) => ticker.follow(clock)),
        door.connection.subscribe(() => {
          // What was said while nobody listened is gone: ask.
          if (door.connection.get() === 'connected') all.request(true)
        }),
      )
      door.start()
      all.request(true)
    },
    stop() {
      for (const unsubscribe of leave.splice(0)) unsubscribe()
      ticker.stop()
      feed.stop()
      beside.stop()
      all.stop()
      door.stop()
    },
    showHour: choose,
    stepHour(step) {
      const { hour, session } = store.get()
      if (hour && session) choose(neighbour(hour, session.zone, step))
    },
    followNow() {
      const current = currentHour()
      if (current) show(current, true)
    },
    open(span) {
      put({ opened: span })
      beside.request(true)
    },
    reload: () => all.request(true),
  }
}
