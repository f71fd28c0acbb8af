import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDispatch } from '../../src-shared/contract/dispatch.ts'
import { createEventHub, type EventHub } from '../../src-shared/contract/hub.ts'
import { createInProcessClient } from '../../src-shared/contract/in-process.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { Session, SyncStatus } from '../../src-shared/contract/models.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import type { Connection, Door } from '../client/door.ts'
import { createStore, type Store } from '../store.ts'
import { createDashboard, type Dashboard } from './dashboard.ts'

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
  failure: null,
}
const session: Session = {
  version: '1',
  site: { id: 's', kind: 'sandbox', label: 'sandbox', browseUrl: null },
  projectKey: null,
  store: { kind: 'sqlite', label: 'SQLite' },
  zone: 'UTC',
  watched: [{ id: '1', name: 'Highest' }],
  clock: steadyClock(start),
}

/** A core whose minutes all are empty until they change; `calls` are the methods asked, in order. */
function emptyCore(calls: string[]): Handlers {
  const handlers: Partial<Handlers> = {
    'session.get': async () => session,
    'sync.status': async () => sync,
    'runs.current': async () => null,
    'counts.outside': async () => ({ before: 0, after: 0, lastBeforeMs: null, firstAfterMs: null }),
    'tickets.list': async () => ({ tickets: [], more: false }),
    'counts.get': async ({ fromMs, toMs }) => {
      const [fromMinute, toMinute] = [fromMs / 60_000, toMs / 60_000]
      return {
        siteId: 's',
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
  let hub: EventHub
  let connection: Store<Connection>
  let dashboard: Dashboard

  beforeEach(async () => {
    vi.useFakeTimers({ now: start })
    calls = []
    hub = createEventHub()
    connection = createStore<Connection>('connected')
    const client = createInProcessClient(createDispatch(emptyCore(calls), console.error), hub)
    const door: Door = { client, connection, start: () => {}, stop: () => {} }
    dashboard = createDashboard(door, { now: Date.now })
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
    expect(calls.toSorted()).toEqual(['counts.outside', 'tickets.list'])
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
      new Set(['session.get', 'counts.get', 'counts.outside', 'tickets.list', 'sync.status', 'runs.current']),
    )
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
