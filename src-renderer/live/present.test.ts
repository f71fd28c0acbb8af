import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createEventHub, type Client } from '../../src-shared/contract/client.ts'
import type { Overview } from '../../src-shared/contract/overview.ts'
import type { ConnectionState } from '../../src-shared/contract/wire.ts'
import { createStateStore } from '../state-store.ts'
import { createPresentFeed, type PresentFeed } from './present.ts'
import { usualOverview } from '../../test-support/domain/overview.ts'

/** The server's clock, a minute behind this machine's. */
const SERVER = Date.parse('2026-11-24T14:30:20Z')
const MINUTE = Math.floor(SERVER / 60_000)
const AHEAD_MS = 60_000

let feed: PresentFeed | null = null
beforeEach(() => void vi.useFakeTimers({ now: SERVER + AHEAD_MS }))
afterEach(() => {
  feed?.stop()
  vi.useRealTimers()
})

async function opened() {
  const hub = createEventHub()
  const connection = createStateStore<ConnectionState>('connected')
  const core = { asked: 0, tickets: 3, answers: true, siteId: 's', during: (): void => {} }
  const call = async (): Promise<Overview> => {
    core.asked += 1
    core.during()
    if (!core.answers) throw new Error('away')
    const overview = usualOverview(Date.now() - AHEAD_MS, 0, core.tickets)
    return { ...overview, counts: { ...overview.counts, siteId: core.siteId } }
  }
  const client = { call, on: hub.on } as unknown as Client
  const made = createPresentFeed({ client, connection, start: () => {}, stop: () => {} }, Date.now)
  feed = made
  made.start()
  await vi.advanceTimersByTimeAsync(0)
  const tickets = (): number | null | undefined => made.store.get().present?.tickets
  return { core, hub, connection, made, tickets }
}

test('a commit is there at once, by the clock of who fetches, and the newest tickets are not asked for', async () => {
  const { core, hub, tickets } = await opened()
  expect(tickets()).toBe(3)
  const changes = [{ minute: MINUTE, priorityId: '1', count: 9 }]
  hub.publish('counts.changed', { siteId: 's', prevSeq: 1, seq: 2, reset: false, changes })
  expect(tickets()).toBe(9)
  expect(core.asked).toBe(1)
})

test('minutes go by without an answer, and after two of them nothing is said any more', async () => {
  const { core, made, tickets } = await opened()
  core.answers = false
  await vi.advanceTimersByTimeAsync(100_000)
  expect(made.store.get().present).toMatchObject({ freshness: 'late', tickets: 3, nowMinute: MINUTE + 2 })
  await vi.advanceTimersByTimeAsync(25_000)
  expect(made.store.get().present).toMatchObject({ freshness: 'stale', tickets: null })
  core.answers = true
  await vi.advanceTimersByTimeAsync(20_000)
  expect(tickets()).toBe(3)
})

test('without a connection nothing is live, and with it again all is read anew', async () => {
  const { connection, made, tickets, core } = await opened()
  connection.set(() => 'lost')
  expect(made.store.get().present).toMatchObject({ freshness: 'stale', tickets: null })
  core.tickets = 5
  connection.set(() => 'connected')
  await vi.advanceTimersByTimeAsync(0)
  expect(tickets()).toBe(5)
})

test('of another Jira the number of the last one says nothing', async () => {
  const { core, hub, made, tickets } = await opened()
  core.siteId = 'other'
  core.tickets = 1
  hub.publish('session.changed', {})
  expect(made.store.get()).toEqual({ overview: null, present: null })
  await vi.advanceTimersByTimeAsync(0)
  expect(tickets()).toBe(1)
})

test('stopped, it leaves no timer behind', async () => {
  const { made } = await opened()
  made.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('told how the fetches go, a window asks for nothing, however many minutes go by, until what it was told has a gap', async () => {
  const { core, hub, made, tickets } = await opened()
  const fetched = (): void => {
    const atMs = Date.now() - AHEAD_MS
    hub.publish('sync.changed', {
      state: 'idle',
      lastSuccessMs: atMs,
      nextMs: atMs + 5_000,
      known: [{ fromMs: 0, toMs: atMs }],
    } as never)
  }
  for (let n = 0; n < 120; n++) {
    fetched()
    await vi.advanceTimersByTimeAsync(5_000)
  }
  expect(core.asked).toBe(1)
  expect(made.store.get().present).toMatchObject({ freshness: 'live', tickets: 0, isLeast: false, gaps: [] })
  const change = (prevSeq: number, count: number): void => {
    const changes = [{ minute: MINUTE + 10, priorityId: '1', count }]
    hub.publish('counts.changed', { siteId: 's', prevSeq, seq: prevSeq + 1, reset: false, changes })
  }
  change(1, 4)
  expect([tickets(), core.asked]).toEqual([4, 1])
  core.tickets = 8
  change(7, 5)
  await vi.advanceTimersByTimeAsync(0)
  expect([tickets(), core.asked]).toEqual([8, 2])
  core.answers = false
  change(20, 6)
  await vi.advanceTimersByTimeAsync(5_000)
  fetched()
  core.answers = true
  core.tickets = 9
  await vi.advanceTimersByTimeAsync(20_000)
  expect(tickets()).toBe(9)
})

test('what is committed while it is read is not lost', async () => {
  const { core, hub, tickets } = await opened()
  core.during = () =>
    hub.publish('counts.changed', {
      siteId: 's',
      prevSeq: 1,
      seq: 2,
      reset: false,
      changes: [{ minute: MINUTE, priorityId: '1', count: 6 }],
    })
  hub.publish('session.changed', {})
  await vi.advanceTimersByTimeAsync(0)
  expect([tickets(), core.asked]).toEqual([6, 2])
})

test('looked at closely, what changed is asked for within a second, else every twenty', async () => {
  const { core, hub, made } = await opened()
  const change = (seq: number): void =>
    hub.publish('counts.changed', { siteId: 's', prevSeq: seq - 1, seq, reset: false, changes: [] })
  change(2)
  await vi.advanceTimersByTimeAsync(19_000)
  expect(core.asked).toBe(1)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(core.asked).toBe(2)
  made.lookClosely(true)
  await vi.advanceTimersByTimeAsync(0)
  expect(core.asked).toBe(3)
  change(3)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(core.asked).toBe(4)
})
