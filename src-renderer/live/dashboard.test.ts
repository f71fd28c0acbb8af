import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDispatch } from '../../src-shared/contract/dispatch.ts'
import { createEventHub, type EventHub } from '../../src-shared/contract/hub.ts'
import { createInProcessClient } from '../../src-shared/contract/in-process.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { RunProgress, Session, SyncStatus } from '../../src-shared/contract/models.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import type { Connection, Door } from '../client/door.ts'
import { createStore, type Store } from '../store.ts'
import type { LeftTicket } from './dashboard-state.ts'
import { createDashboard, type Dashboard } from './dashboard.ts'
import type { Span } from './hour.ts'

const start = Date.parse('2026-11-24T14:58:30Z')
const hourOf = (iso: string): { fromMs: number; toMs: number } => ({
  fromMs: Date.parse(iso),
  toMs: Date.parse(iso) + 3_600_000,
})
const two = hourOf('2026-11-24T14:00Z')
const three = hourOf('2026-11-24T15:00Z')

const sync: SyncStatus = {
  state: 'idle',
  lastSuccessMs: start,
  lastInserted: 0,
  nextMs: null,
  indexLagMs: null,
  storedTickets: 0,
  progress: null,
  failure: null,
}
const session: Session = {
  version: '1',
  site: { id: 's', kind: 'sandbox', label: 'sandbox', browseUrl: null },
  projectKey: null,
  store: { kind: 'sqlite', label: 'SQLite' },
  zone: 'UTC',
  watchedField: { id: 'priority', name: 'Priority' },
  watched: [{ id: '1', name: 'Highest' }],
  tokenExpiresOn: null,
  clock: steadyClock(start),
}

const run: RunProgress = {
  runId: 'abcdefgh',
  seed: 7,
  state: 'done',
  projectKey: 'TPM',
  planned: 1,
  created: 1,
  failed: 0,
  unknown: 0,
  startMs: start,
  endMs: start,
  rate: 1,
  latenessP95Ms: null,
  reason: null,
}
const left: LeftTicket = {
  id: '7',
  key: 'OPS-7',
  projectKey: 'OPS',
  title: 'Login fails',
  priorityId: '1',
  priorityName: 'Highest',
  status: 'Open',
  createdMs: start,
  updatedMs: start,
  leftMs: start,
  reason: 'moved',
}

/** A core whose minutes all are empty until they change; `calls` are the methods asked, in order. `siteId` is the Jira that is watched. */
function emptyCore(calls: string[], siteId: () => string): Handlers {
  const handlers: Partial<Handlers> = {
    'session.get': async () => ({ ...session, site: { ...session.site, id: siteId() } }),
    'sync.status': async () => sync,
    'runs.current': async () => null,
    'counts.outside': async () => ({ before: 0, after: 0, lastBeforeMs: null, firstAfterMs: null }),
    'tickets.list': async () => ({ tickets: [], more: false }),
    'tickets.left': async () => ({ tickets: [left], more: false }),
    'counts.get': async ({ fromMs, toMs }) => {
      const [fromMinute, toMinute] = [fromMs / 60_000, toMs / 60_000]
      return {
        siteId: siteId(),
        seq: 1,
        fromMinute,
        toMinute,
        bucketMinutes: 1,
        priorityIds: ['1'],
        counts: [Array.from({ length: toMinute - fromMinute }, () => 0)],
        provisionalFromMinute: toMinute,
      }
    },
  }
  return new Proxy(handlers as Handlers, {
    get: (target, method: keyof Handlers) => {
      calls.push(method)
      return target[method]
    },
  })
}

describe('dashboard', () => {
  let calls: string[]
  let siteId: string
  let hub: EventHub
  let connection: Store<Connection>
  let dashboard: Dashboard

  beforeEach(async () => {
    vi.useFakeTimers({ now: start })
    calls = []
    siteId = 's'
    hub = createEventHub()
    connection = createStore<Connection>('connected')
    const client = createInProcessClient(
      createDispatch(
        emptyCore(calls, () => siteId),
        console.error,
      ),
      hub,
    )
    const door: Door = { client, connection, start: () => {}, stop: () => {} }
    let kept: Span | null = null
    const keptHour = { get: () => kept, set: (hour: Span | null) => void (kept = hour) }
    dashboard = createDashboard(door, { now: Date.now, keptHour })
    dashboard.start()
    await vi.advanceTimersByTimeAsync(0)
  })
  afterEach(() => {
    dashboard.stop()
    vi.useRealTimers()
  })

  test('leaves no timer and no listener behind when it is stopped', () => {
    dashboard.stop()
    expect(vi.getTimerCount()).toBe(0)
    hub.publish('sync.changed', { ...sync, storedTickets: 9 })
    expect(dashboard.store.get().sync?.storedTickets).toBe(0)
  })

  test('begins with the hour of the site’s clock and has all that it shows', () => {
    expect(dashboard.store.get()).toMatchObject({
      session: { zone: 'UTC' },
      hour: two,
      following: true,
      counts: { fromMinute: two.fromMs / 60_000 },
      countsLoading: false,
      outside: { before: 0 },
      list: { tickets: [] },
      left: { tickets: [left] },
      sync: { state: 'idle' },
    })
  })

  test('moves on with the site’s hour while it follows, and stays where a person went', async () => {
    await vi.advanceTimersByTimeAsync(90_000)
    expect(dashboard.store.get()).toMatchObject({
      hour: three,
      counts: { fromMinute: three.fromMs / 60_000 },
    })
    dashboard.stepHour(-1)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(dashboard.store.get()).toMatchObject({ hour: two, following: false })
    dashboard.followNow()
    expect(dashboard.store.get()).toMatchObject({ hour: hourOf('2026-11-24T16:00Z'), following: true })
  })

  test('follows again whoever steps back to the site’s hour', () => {
    dashboard.stepHour(-1)
    dashboard.stepHour(1)
    expect(dashboard.store.get()).toMatchObject({ hour: two, following: true })
  })

  test('follows a clock that is made to run faster', async () => {
    hub.publish('clock.changed', {
      machineMs: start,
      siteMs: start,
      rate: 60,
      untilSiteMs: start + 3_600_000,
    })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(dashboard.store.get().hour).toEqual(three)
  })

  test('shows what changes without asking for the counts, and reads the list anew', async () => {
    await vi.advanceTimersByTimeAsync(1_000)
    calls.length = 0
    const minute = two.fromMs / 60_000 + 7
    hub.publish('counts.changed', {
      siteId: 's',
      prevSeq: 1,
      seq: 2,
      reset: false,
      changes: [{ minute, priorityId: '1', count: 3 }],
    })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dashboard.store.get().counts?.counts[0]?.[7]).toBe(3)
    expect(calls.toSorted()).toEqual(['counts.outside', 'tickets.left', 'tickets.list'])
  })

  test('a thousand changes in a second cost a few readings of the list', async () => {
    await vi.advanceTimersByTimeAsync(1_000)
    calls.length = 0
    for (let seq = 2; seq < 1_002; seq++) {
      hub.publish('counts.changed', { siteId: 's', prevSeq: seq - 1, seq, reset: false, changes: [] })
      await vi.advanceTimersByTimeAsync(1)
    }
    await vi.advanceTimersByTimeAsync(1_000)
    expect(calls.filter((method) => method === 'tickets.list').length).toBeLessThanOrEqual(4)
  })

  test('asks for everything anew when it was cut off', async () => {
    calls.length = 0
    connection.set(() => 'lost')
    connection.set(() => 'connected')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(new Set(calls)).toEqual(
      new Set([
        'session.get',
        'counts.get',
        'counts.outside',
        'tickets.list',
        'tickets.left',
        'sync.status',
        'runs.current',
      ]),
    )
  })

  test('shows nothing of the Jira before once another one is watched, and asks for all of it', async () => {
    dashboard.stepHour(-1)
    await vi.advanceTimersByTimeAsync(1_000)
    hub.publish('run.changed', run)
    siteId = 'other'
    hub.publish('session.changed', {})
    expect(dashboard.store.get()).toMatchObject({
      session: null,
      hour: null,
      counts: null,
      list: null,
      left: null,
      run: null,
    })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dashboard.store.get()).toMatchObject({
      session: { site: { id: 'other' } },
      counts: { siteId: 'other' },
      hour: two,
      following: true,
      run: null,
    })
  })

  test('does not show the counts of the Jira before while those of the next are on their way', async () => {
    const seen = new Set<string | undefined>()
    dashboard.store.subscribe(() => seen.add(dashboard.store.get().counts?.siteId))
    siteId = 'other'
    hub.publish('session.changed', {})
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen).toEqual(new Set([undefined, 'other']))
  })

  test('lists the tickets of the bar that was opened, until another hour is shown', async () => {
    const minute = { fromMs: two.fromMs, toMs: two.fromMs + 60_000 }
    dashboard.open(minute)
    await vi.advanceTimersByTimeAsync(0)
    expect(dashboard.store.get().list?.span).toEqual(minute)
    dashboard.stepHour(-1)
    await vi.advanceTimersByTimeAsync(0)
    expect(dashboard.store.get()).toMatchObject({ opened: null, list: { span: dashboard.store.get().hour } })
  })
})
