import type { Client } from '../../src-shared/contract/client.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import { parseComparison } from '../../src-shared/domain/compare/comparison.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { siteTime, steadyClock, type SiteClock } from '../../src-shared/domain/site-clock.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import { onConnected, type CoreTransport } from '../client/transport.ts'
import { type SpanClock } from '../../src-shared/domain/span.ts'
import { coloursWith } from '../chart/stack.ts'
import { createStateStore, type Schedule, type StateStore } from '../state-store.ts'
import { createCountsFeed, type CountsFeed } from './counts-feed.ts'
import { followGaps } from './gaps.ts'
import { followCompared } from './compared.ts'
import { followMarks } from './marks.ts'
import { followPlanned } from './planned.ts'
import { followUsual } from './usual.ts'
import { emptyDashboard, filterParams, latestRun, type DashboardState } from './dashboard-state.ts'
import { createListsFeed, type ListsFeed } from './lists-feed.ts'
import { createMinuteTicker, createRefresher } from './timers.ts'
import { createShownSpan, type LinkTarget } from './shown-span.ts'

type DashboardStore = StateStore<DashboardState>

interface DashboardOptions {
  /** The machine's epoch ms. */
  readonly now: () => number
  readonly schedule?: Schedule
  /** Where the dashboard begins; by itself with the last hour. */
  readonly start?: (clock: SpanClock) => LinkTarget
  /** The zone that a person reads times in; by itself the one that the core says. Asked whenever all is read anew. */
  readonly zone?: () => string | undefined
}

/** Holds what the window shows and keeps it true: listens to the core, asks where it must. */
export function createDashboard(transport: CoreTransport, options: DashboardOptions) {
  const { client } = transport
  const store = createStateStore(emptyDashboard, options.schedule)
  const { put } = store
  const feeds = createFeeds(client, store, options)
  const { all, countsFeed, lists, shown, siteClock, time } = feeds
  let subscriptions: readonly (() => void)[] = []

  return {
    store,
    start(): void {
      subscriptions = subscribe(transport, store, feeds, options)
      transport.start()
      all.request(true)
    },
    stop(): void {
      for (const unsubscribe of subscriptions) unsubscribe()
      for (const part of [time, countsFeed, lists, all, transport]) part.stop()
    },
    /** By what spans are read now: the site's clock and zone; null until they are known. */
    clock: siteClock,
    /** Shows what a link leads to. Throws `usage` as `showSpan`. */
    goTo: shown.goTo,
    /** Shows another span. Throws `usage` as `resolveSpan`. */
    showSpan: shown.show,
    /** Shows the span before (-1) or after (1); up to now, it goes on with it. */
    stepSpan: shown.step,
    /** Back to the span that was followed last. */
    followNow: shown.followNow,
    chooseInterval: shown.chooseInterval,
    showFields: shown.showFields,
    /** Compares the span with another one, or with none (null). Throws `usage` where that is no `Comparison`. */
    compare: (text: string | null): void => put({ comparison: text === null ? null : parseComparison(text) }),
    /** Says how long the bars are that are drawn, in minutes: what is usual is read of them. */
    drawBars: (barMinutes: number | null): void => put({ barMinutes }),
    ...lists.byPerson,
    /** Asks how the last run is: of one that stands still nothing is reported while its slots go by. */
    readRun: (): void => void readRun(client, store),
    /** Asks for everything anew, and has the core open what it could not open. */
    reload: (): void => {
      // Where nothing could be opened, a fetch has the core try again; `session.get` says what came of it.
      const opening = store.get().startFailure === null ? Promise.resolve() : client.call('sync.now', {})
      void opening.catch(() => {}).then(() => all.request(true))
    },
  }
}

export type DashboardController = ReturnType<typeof createDashboard>

/** Has the feeds follow what the core says, until the returned functions are called. */
function subscribe(
  transport: CoreTransport,
  store: DashboardStore,
  { all, countsFeed, lists, storeFeed, time, beginAnew }: ReturnType<typeof createFeeds>,
  options: DashboardOptions,
): readonly (() => void)[] {
  const { client } = transport
  const { put } = store
  return [
    followGaps(store, options.now),
    followPlanned(client, store),
    followMarks(client, store),
    followCompared(client, store),
    followUsual(client, store),
    client.on('counts.changed', (event) => {
      countsFeed.apply(event)
      lists.noteChanges(event.reset ? null : event.changes)
    }),
    client.on('sync.changed', (sync) => put({ sync })),
    client.on('run.changed', (run) => put({ run: latestRun(store.get().run, run) })),
    client.on('store.changed', storeFeed.take),
    client.on('views.changed', ({ views }) => put({ savedViews: views })),
    client.on('alerts.changed', (alerts) => put({ alerts })),
    client.on('clock.changed', time.follow),
    client.on('session.changed', beginAnew),
    // What was said while nobody listened is gone: ask.
    onConnected(transport, () => all.request(true)),
  ]
}

/** What is shown, each part as it is read and kept up to date. */
function createFeeds(client: Client, store: DashboardStore, { now, start, zone }: DashboardOptions) {
  const { put } = store
  const countsFeed = createCountsFeed(client, (shown) => {
    const { splitColours } = store.get()
    const split = shown.counts?.split
    put({ ...shown, ...(split && { splitColours: coloursWith(splitColours, split) }) })
  })
  const lists = createListsFeed(client, store)
  const { siteClock, shown, time } = createSpanTime(store, { countsFeed, lists }, now)
  let siteId: string | null = null
  const all = createRefresher(readAll, 0)
  const storeFeed = createStoreFeed({ client, store, now, minuteAt: time.minuteAt, onUp: readWhatWasMissed })

  async function readAll(): Promise<void> {
    try {
      const { session, ownZone } = await readSession(client, zone?.())
      // After a lost connection what is shown stays in its place until what came meanwhile is read.
      const stays = isOfSameTickets(store.get().session, session)
      put({
        session,
        ownZone,
        startFailure: null,
        nowMinute: minuteOf(siteTime(session.clock, now())),
      })
      const clock = siteClock()
      // Of another Jira the span that a person looked at says nothing; of another store of the same it does.
      const isFirst = siteId === null
      const isOther = !isFirst && siteId !== session.site.id
      siteId = session.site.id
      const link = isFirst && clock && start?.(clock)
      shown.restore(link || (isOther ? emptyDashboard : store.get()), stays)
      time.follow(session.clock)
      await Promise.all([storeFeed.read(), readWork(client, store)])
    } catch (error) {
      put({ startFailure: toWireError(error) })
      await storeFeed.read()
    }
  }

  /** The store can be used again: what is shown stays in its place until what came meanwhile is read. */
  function readWhatWasMissed(): void {
    if (store.get().session === null) return all.request(true)
    shown.moveOn()
    countsFeed.reload()
    lists.request(true)
    void readWork(client, store)
  }

  /** Another Jira is watched, or another store used: nothing that is held says anything about it. */
  function beginAnew(): void {
    countsFeed.forget()
    store.set(({ pending, notice, storeStatus, span, chosenInterval, barMinutes }) => {
      const kept = { pending, notice, storeStatus, span, chosenInterval, barMinutes }
      return { ...emptyDashboard, ...kept }
    })
    all.request(true)
  }

  return { all, countsFeed, lists, shown, siteClock, storeFeed, time, beginAnew }
}

/** The session, with times in the zone that a person chose, if any. */
async function readSession(client: Client, chosenZone: string | undefined) {
  const session = await client.call('session.get', {})
  return { session: { ...session, zone: chosenZone ?? session.zone }, ownZone: session.zone }
}

/** Whether the tickets of two sessions are the same ones, by the same calendar. */
function isOfSameTickets(last: Session | null, next: Session): boolean {
  return last !== null && ticketsOf(last) === ticketsOf(next)
}

function ticketsOf({ site, projectKey, zone, watchedField, watched }: Session): string {
  return JSON.stringify([site.id, projectKey, zone, watchedField, watched])
}

/** The span shown and the site's time, by which it moves on. `now` is the machine's. */
function createSpanTime(
  store: DashboardStore,
  { countsFeed, lists }: { readonly countsFeed: CountsFeed; readonly lists: ListsFeed },
  now: () => number,
) {
  const siteClock = siteClockOf(store, now)
  const shown = createShownSpan(
    store,
    () => siteClock()?.nowMs ?? now(),
    (movedOn) => {
      const { shown: span, interval, session, filter, splitBy } = store.get()
      if (span === null || session === null) return
      const fields = { ...filterParams({ filter }), ...(splitBy && { splitBy }) }
      countsFeed.show(span, interval, session.zone, movedOn, fields)
      lists.request(!movedOn)
    },
  )
  const time = followSiteTime(store, now, (nowMinute) => {
    store.put({ nowMinute })
    // Which minutes are settled is the core's to say.
    const { counts } = store.get()
    if (!shown.moveOn() && counts && counts.toMinute > counts.provisionalFromMinute) countsFeed.reload()
  })
  return { siteClock, shown, time }
}

/** The site's clock and zone, by which spans are read; null until they are known. `now` is the machine's. */
function siteClockOf(store: DashboardStore, now: () => number): () => SpanClock | null {
  return () => {
    const { session } = store.get()
    return session && { nowMs: siteTime(session.clock, now()), zone: session.zone }
  }
}

function followSiteTime(store: DashboardStore, now: () => number, onMinute: (minute: Minute) => void) {
  const ticker = createMinuteTicker(now, onMinute)
  let clock: SiteClock = steadyClock(0)
  return {
    /** The minute of the site's clock at an instant of the machine's. */
    minuteAt: (machineMs: number): Minute => minuteOf(siteTime(clock, machineMs)),
    follow: (next: SiteClock): void => {
      clock = next
      const { session } = store.get()
      if (session !== null && session.clock !== next) store.put({ session: { ...session, clock: next } })
      ticker.follow(next)
    },
    stop: ticker.stop,
  }
}

/** How fetching goes, and the run, each as far as it can be read; while the store is down, that says why not. */
async function readWork(client: Client, store: DashboardStore): Promise<void> {
  const asked = store.get()
  const [sync, run, saved, alerts] = await Promise.allSettled([
    client.call('sync.status', {}),
    client.call('runs.current', {}),
    client.call('views.list', {}),
    client.call('alerts.list', {}),
  ])
  // An event that came meanwhile is newer than the answer.
  const current = store.get()
  if (sync.status === 'fulfilled' && current.sync === asked.sync) store.put({ sync: sync.value })
  if (run.status === 'fulfilled' && current.run === asked.run) store.put({ run: run.value })
  if (saved.status === 'fulfilled' && current.savedViews === asked.savedViews)
    store.put({ savedViews: saved.value.views })
  if (alerts.status === 'fulfilled' && current.alerts === asked.alerts) store.put({ alerts: alerts.value })
}

async function readRun(client: Client, store: DashboardStore): Promise<void> {
  const asked = store.get()
  // Where it cannot be read, the store or the connection is away and says so.
  const run = await client.call('runs.current', {}).catch(() => null)
  if (run === null || store.get().run !== asked.run) return
  // The same again is no news to who shows it.
  if (JSON.stringify(run) !== JSON.stringify(asked.run)) store.put({ run: latestRun(asked.run, run) })
}

interface StoreFeedParts {
  readonly client: Client
  readonly store: DashboardStore
  /** The machine's epoch ms. */
  readonly now: () => number
  /** The minute of the site's clock at an instant of the machine's. */
  readonly minuteAt: (machineMs: number) => Minute
  /** A store that was out of reach can be used again. */
  readonly onUp: () => void
}

function createStoreFeed({ client, store, now, minuteAt, onUp }: StoreFeedParts) {
  function take(status: StoreStatus): void {
    const isBack = Boolean(store.get().storeStatus?.failure) && status.failure === null
    const knownMinute = status.failure && minuteAt(status.failure.sinceMs)
    store.put({ storeStatus: status, knownMinute, ...(isBack && { storeBackMs: now() }) })
    if (isBack) onUp()
  }

  return {
    take,
    async read(): Promise<void> {
      const asked = store.get().storeStatus
      // Where even this cannot be asked, the connection is lost and says so.
      const status = await client.call('store.status', {}).catch(() => null)
      // An event that came meanwhile is newer than the answer.
      if (status !== null && store.get().storeStatus === asked) take(status)
    },
  }
}
