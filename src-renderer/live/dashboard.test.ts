import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  hourOf,
  left,
  run,
  start,
  startDashboard,
  sync,
  three,
  two,
  type TestedDashboard,
} from '../../test-support/renderer/live/dashboard.ts'

describe('dashboard', () => {
  let calls: string[]
  let core: TestedDashboard['core']
  let hub: TestedDashboard['hub']
  let connection: TestedDashboard['connection']
  let dashboard: TestedDashboard['dashboard']

  beforeEach(async () => {
    ;({ calls, core, hub, connection, dashboard } = await startDashboard())
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
        'store.status',
      ]),
    )
  })

  test('shows nothing of the Jira before once another one is watched, and asks for all of it', async () => {
    dashboard.stepHour(-1)
    await vi.advanceTimersByTimeAsync(1_000)
    hub.publish('run.changed', run)
    core.siteId = 'other'
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

  test('a run that stands still is read anew when asked, unless an event of it came meanwhile', async () => {
    const paused = { ...run, state: 'paused' as const, cause: { code: 'requested' as const } }
    hub.publish('run.changed', paused)
    core.run = { ...paused, missed: 7 }
    dashboard.readRun()
    await vi.advanceTimersByTimeAsync(0)
    const known = dashboard.store.get().run
    expect(known?.missed).toBe(7)
    core.run = { ...paused, missed: 7 }
    dashboard.readRun()
    await vi.advanceTimersByTimeAsync(0)
    expect(dashboard.store.get().run).toBe(known)
    dashboard.readRun()
    hub.publish('run.changed', run)
    await vi.advanceTimersByTimeAsync(0)
    expect(dashboard.store.get().run).toEqual(run)
  })

  test('what becomes of an older run does not take the last one’s place', () => {
    hub.publish('run.changed', run)
    hub.publish('run.changed', { ...run, runId: 'older', startMs: run.startMs - 1 })
    expect(dashboard.store.get().run).toEqual(run)
  })

  test('stays at the hour that a person chose when the same Jira is kept in another store', async () => {
    dashboard.stepHour(-1)
    const chosen = dashboard.store.get().hour
    hub.publish('session.changed', {})
    expect(dashboard.store.get()).toMatchObject({ session: null, counts: null })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dashboard.store.get()).toMatchObject({ hour: chosen, following: false, counts: { siteId: 's' } })
  })

  test('does not show the counts of the Jira before while those of the next are on their way', async () => {
    const seen = new Set<string | undefined>()
    dashboard.store.subscribe(() => seen.add(dashboard.store.get().counts?.siteId))
    core.siteId = 'other'
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
