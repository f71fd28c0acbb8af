import { minuteOf } from '../../src-shared/domain/minute.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { Door } from '../client/door.ts'
import type { KeptHour } from '../settings/kept-hour.ts'
import { createStore, type Schedule, type Store } from '../store.ts'
import { createBesideFeed } from './beside-feed.ts'
import { createCountsFeed, type CountsFeed } from './counts-feed.ts'
import { emptyDashboard, type DashboardState } from './dashboard-state.ts'
import type { Span } from './hour.ts'
import { createMinuteTicker, type MinuteTicker } from './minute-ticker.ts'
import { createRefresher, type Refresher } from './refresher.ts'
import { createShownHour } from './shown-hour.ts'

export interface Dashboard {
  readonly store: Store<DashboardState>
  start(): void
  stop(): void
  readonly showHour: (hour: Span) => void
  readonly stepHour: (by: -1 | 1) => void
  readonly followNow: () => void
  /** Lists the tickets of a part of the hour, or of all of it (null). */
  open(span: Span | null): void
  /** Asks for everything anew, and has the core open what it could not open. */
  readonly reload: () => void
}

interface DashboardOptions {
  /** The machine's epoch ms. */
  readonly now: () => number
  readonly schedule?: Schedule
  readonly keptHour?: KeptHour
}

/** Holds what the window shows and keeps it true: listens to the core, asks where it must. */
export function createDashboard(door: Door, { now, schedule, keptHour }: DashboardOptions): Dashboard {
  const { client } = door
  const store = createStore(emptyDashboard, schedule)
  const put = (part: Partial<DashboardState>): void => store.set((state) => ({ ...state, ...part }))

  const feed = createCountsFeed(client, put)
  const beside = createBesideFeed(client, store)
  const shown = createShownHour(store, keptHour, (hour) => {
    feed.show(hour)
    beside.request(true)
  })
  const ticker = createMinuteTicker(now, (nowMinute) => {
    put({ nowMinute })
    shown.moveOn()
    // Which minutes are settled is the core's to say.
    const { counts } = store.get()
    if (counts && counts.toMinute > counts.provisionalFromMinute) feed.reload()
  })
  const all = createRefresher(readAll, 0)

  async function readAll(): Promise<void> {
    try {
      const session = await client.call('session.get', {})
      put({ session, startFailure: null, nowMinute: minuteOf(siteTime(session.clock, now())) })
      shown.restore()
      ticker.follow(session.clock)
      const asked = store.get()
      const [sync, run] = await Promise.all([client.call('sync.status', {}), client.call('runs.current', {})])
      // An event that came meanwhile is newer than the answer.
      const told = store.get()
      put({ ...(told.sync === asked.sync && { sync }), ...(told.run === asked.run && { run }) })
    } catch (error) {
      put({ startFailure: toWireError(error) })
    }
  }

  /** Another Jira is watched: nothing that is held says anything about it. */
  function beginAnew(): void {
    feed.forget()
    keptHour?.set(null)
    store.set(({ pending, notice }) => ({ ...emptyDashboard, pending, notice }))
    all.request(true)
  }

  let leave: readonly (() => void)[] = []
  return {
    store,
    start() {
      leave = listen(door, put, { feed, beside, ticker, all, beginAnew })
      door.start()
      all.request(true)
    },
    stop() {
      for (const unsubscribe of leave) unsubscribe()
      for (const part of [ticker, feed, beside, all, door]) part.stop()
    },
    showHour: shown.choose,
    stepHour: shown.step,
    followNow: shown.followNow,
    open(span) {
      put({ opened: span })
      beside.request(true)
    },
    reload() {
      // Where nothing could be opened, a fetch has the core try again; `session.get` tells what came of it.
      const opening = store.get().startFailure === null ? Promise.resolve() : client.call('sync.now', {})
      void opening.catch(() => {}).then(() => all.request(true))
    },
  }
}

interface Parts {
  readonly feed: CountsFeed
  readonly beside: Refresher
  readonly ticker: MinuteTicker
  readonly all: Refresher
  readonly beginAnew: () => void
}

/** Passes what the core tells to the parts that it concerns, until all of the returned functions are called. */
function listen(
  { client, connection }: Door,
  put: (part: Partial<DashboardState>) => void,
  { feed, beside, ticker, all, beginAnew }: Parts,
): (() => void)[] {
  return [
    client.on('counts.changed', (event) => {
      feed.apply(event)
      beside.request()
    }),
    client.on('sync.changed', (sync) => put({ sync })),
    client.on('run.changed', (run) => put({ run })),
    client.on('clock.changed', (clock) => ticker.follow(clock)),
    client.on('session.changed', beginAnew),
    connection.subscribe(() => {
      // What was said while nobody listened is gone: ask.
      if (connection.get() === 'connected') all.request(true)
    }),
  ]
}
