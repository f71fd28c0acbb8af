import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DEFAULT_SPAN } from '../../src-shared/domain/span.ts'
import {
  first,
  hourOf,
  later,
  left,
  run,
  start,
  startDashboard,
  sync,
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

  test('begins with the last hour of the site’s clock and has all that it shows', () => {
    expect(dashboard.store.get()).toMatchObject({
      session: { zone: 'UTC' },
      span: DEFAULT_SPAN,
      shown: first,
      interval: 1,
      following: true,
      counts: { fromMinute: first.fromMs / 60_000 },
      countsLoading: false,
      outside: { before: 0 },
      list: { tickets: [] },
      left: { tickets: [left] },
      sync: { state: 'idle' },
    })
  })

  test('moves on with the site’s clock while it follows, and stays where a person went', async () => {
    await vi.advanceTimersByTimeAsync(90_000)
    expect(dashboard.store.get()).toMatchObject({
      shown: later,
      counts: { fromMinute: later.fromMs / 60_000 },
    })
    dashboard.stepSpan(-1)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(dashboard.store.get()).toMatchObject({ shown: hourOf('2026-11-24T13:01Z'), following: false })
    dashboard.followNow()
    expect(dashboard.store.get()).toMatchObject({ shown: hourOf('2026-11-24T15:01Z'), following: true })
  })

  test('what came in the last minute of an hour is still there in the first of the next, without a pause', async () => {
    await vi.advanceTimersByTimeAsync(80_000) // 14:59:50
    const minute = Date.parse('2026-11-24T14:59Z') / 60_000
    hub.publish('counts.changed', {
      siteId: 's',
      prevSeq: 1,
      seq: 2,
      reset: false,
      changes: [{ minute, priorityId: '1', count: 92 }],
    })
    const seen = new Set<string>()
    dashboard.store.subscribe(() => {
      const { counts, countsLoading, shown } = dashboard.store.get()
      if (shown?.toMs === later.toMs)
        seen.add(`${counts?.counts.flat().reduce((a, b) => a + b, 0)} ${countsLoading}`)
    })
    core.counted = { [minute]: 92 }
    await vi.advanceTimersByTimeAsync(10_000) // 15:00:00
    expect(dashboard.store.get()).toMatchObject({
      shown: later,
      counts: { fromMinute: later.fromMs / 60_000, toMinute: later.toMs / 60_000 },
    })
    expect(dashboard.store.get().counts?.counts[0]?.slice(-2)).toEqual([92, 0])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(dashboard.store.get().counts?.counts[0]?.slice(-2)).toEqual([92, 0])
    expect(seen).toEqual(new Set(['92 false']))
  })

  test('after a lost connection the bars stay in their place, over a full minute too, until what came meanwhile is read', async () => {
    const seen = new Set<string>()
    dashboard.store.subscribe(() => {
      const { counts, countsLoading } = dashboard.store.get()
      seen.add(`${counts === null ? 'none' : 'bars'} ${countsLoading}`)
    })
    connection.set(() => 'connecting')
    await vi.advanceTimersByTimeAsync(90_000)
    core.counted = { [later.toMs / 60_000 - 2]: 7 }
    connection.set(() => 'connected')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dashboard.store.get()).toMatchObject({ shown: later, countsLoading: false })
    expect(
      dashboard.store
        .get()
        .counts?.counts.flat()
        .reduce((a, b) => a + b, 0),
    ).toBe(7)
    expect(seen).toEqual(new Set(['bars false']))
  })

  test('the bar that was opened stays open while the span moves on', async () => {
    const bar = { fromMs: first.fromMs, toMs: first.fromMs + 60_000 }
    dashboard.open(bar)
    await vi.advanceTimersByTimeAsync(90_000)
    expect(dashboard.store.get()).toMatchObject({ shown: later, opened: bar, list: { span: bar } })
  })

  test('while a person looks back, it says how many came since', async () => {
    dashboard.stepSpan(-1)
    core.outside = (span) => ('toMs' in span && span.toMs === start ? 12 : 99)
    await vi.advanceTimersByTimeAsync(10_000)
    hub.publish('counts.changed', { siteId: 's', prevSeq: 1, seq: 2, reset: false, changes: [] })
    await vi.advanceTimersByTimeAsync(1_000)
    dashboard.stepSpan(-1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dashboard.store.get()).toMatchObject({ newSince: 12, following: false })
    dashboard.followNow()
    expect(dashboard.store.get()).toMatchObject({ newSince: null, lookedBackMs: null })
  })

  test('an interval that the span has room for is kept to, and another one else', async () => {
    dashboard.showSpan({ from: 'now-6h', to: 'now' })
    dashboard.chooseInterval(10)
    expect(dashboard.store.get()).toMatchObject({
      interval: 10,
      shown: { toMs: Date.parse('2026-11-24T15:00Z') },
    })
    dashboard.followNow()
    dashboard.showSpan(DEFAULT_SPAN)
    expect(dashboard.store.get()).toMatchObject({ interval: 1, chosenInterval: 10 })
    dashboard.chooseInterval(null)
    expect(dashboard.store.get()).toMatchObject({ interval: 1, chosenInterval: null })
  })

  test('follows again whoever steps back to now', () => {
    dashboard.stepSpan(-1)
    dashboard.stepSpan(1)
    expect(dashboard.store.get()).toMatchObject({ shown: first, span: DEFAULT_SPAN, following: true })
  })

  test('follows a clock that is made to run faster', async () => {
    hub.publish('clock.changed', {
      machineMs: start,
      siteMs: start,
      rate: 60,
      untilSiteMs: start + 3_600_000,
    })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(dashboard.store.get().shown).toEqual(later)
  })

  test('shows what changes without asking for the counts, and reads the list anew', async () => {
    await vi.advanceTimersByTimeAsync(1_000)
    calls.length = 0
    const minute = first.fromMs / 60_000 + 7
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
        'marks.list',
        'tickets.list',
        'tickets.left',
        'views.list',
        'alerts.list',
        'sync.status',
        'runs.current',
        'store.status',
      ]),
    )
  })

  test('shows nothing of the Jira before once another one is watched, and asks for all of it', async () => {
    dashboard.stepSpan(-1)
    await vi.advanceTimersByTimeAsync(1_000)
    hub.publish('run.changed', run)
    core.siteId = 'other'
    hub.publish('session.changed', {})
    expect(dashboard.store.get()).toMatchObject({
      session: null,
      shown: null,
      counts: null,
      list: null,
      left: null,
      run: null,
    })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dashboard.store.get()).toMatchObject({
      session: { site: { id: 'other' } },
      counts: { siteId: 'other' },
      shown: first,
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

  test('stays at the span that a person chose when the same Jira is kept in another store', async () => {
    dashboard.stepSpan(-1)
    const chosen = dashboard.store.get().shown
    hub.publish('session.changed', {})
    expect(dashboard.store.get()).toMatchObject({ session: null, counts: null })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(dashboard.store.get()).toMatchObject({ shown: chosen, following: false, counts: { siteId: 's' } })
  })

  test('does not show the counts of the Jira before while those of the next are on their way', async () => {
    const seen = new Set<string | undefined>()
    dashboard.store.subscribe(() => seen.add(dashboard.store.get().counts?.siteId))
    core.siteId = 'other'
    hub.publish('session.changed', {})
    await vi.advanceTimersByTimeAsync(1_000)
    expect(seen).toEqual(new Set([undefined, 'other']))
  })

  test('lists the tickets of the bar that was opened, until another span is shown', async () => {
    const minute = { fromMs: first.fromMs, toMs: first.fromMs + 60_000 }
    dashboard.open(minute)
    await vi.advanceTimersByTimeAsync(0)
    expect(dashboard.store.get().list?.span).toEqual(minute)
    dashboard.stepSpan(-1)
    await vi.advanceTimersByTimeAsync(0)
    expect(dashboard.store.get()).toMatchObject({ opened: null, list: { span: dashboard.store.get().shown } })
  })
})
