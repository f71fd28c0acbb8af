import { expect, test } from 'vitest'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { startHooked } from '../../test-support/sync/hooks.ts'
import { PATIENCE } from '../../test-support/sync/sync.ts'
import { hooksStatus } from './hook-health.ts'
import type { SyncJira } from './sync.ts'

const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}
const MINUTE = 60_000

/** A sync that fetches every five seconds by a clock that the test moves, and what it asks of Jira. */
async function startPaced() {
  const asked: string[] = []
  const wrap = (jira: SyncJira): SyncJira => {
    const noted = Object.entries(jira).map(([name, call]) => [
      name,
      (...args: unknown[]) => {
        asked.push(name)
        return Reflect.apply(call, jira, args) as unknown
      },
    ])
    return Object.fromEntries(noted) as SyncJira
  }
  const clock = createHandClock()
  const hooked = await startHooked({}, { clock, wrap, intervalMs: 5_000 })
  const { sync, advance, sandbox, tell, unread } = hooked
  const settle = async (): Promise<void> => {
    await expect.poll(() => sync.status().state, { ...PATIENCE, interval: 2 }).not.toBe('fetching')
  }
  sync.start()
  await expect.poll(() => sync.status().lastSuccessMs, PATIENCE).not.toBeNull()
  const pass = (ms: number): Promise<void> =>
    clock.pass(ms, async (stepMs) => {
      advance(stepMs)
      await new Promise((resolve) => setTimeout(resolve, 8))
      await settle()
    })
  const unreadSoon = async (): Promise<number | undefined> => {
    clock.jump(100)
    return unread()
  }
  /** Somebody makes a ticket, of which Jira tells. */
  const toldTicket = async (): Promise<void> => {
    const { id } = await sandbox.add(TICKET)
    await tell(id)
    await expect.poll(unreadSoon, PATIENCE).toBe(0)
  }
  return {
    ...hooked,
    clock,
    asked,
    pass,
    toldTicket,
    state: () => sync.status().hooks?.state,
    /** Until the next fetch is to come within twenty seconds. */
    passUntilSoon: async (): Promise<void> => {
      while ((sync.status().nextMs ?? Infinity) - clock.now() > 20_000) await pass(5_000)
    },
    /** How many searches it takes in this time. */
    searchesIn: async (ms: number): Promise<number> => {
      asked.length = 0
      await pass(ms)
      return asked.filter((name) => name === 'search').length
    },
  }
}

test('a quiet minute with webhooks that tell all costs Jira three requests at most', async () => {
  const { pass, toldTicket, asked, state } = await startPaced()
  await toldTicket()
  await pass(MINUTE)
  expect(state()).toBe('healthy')
  const minutes: number[] = []
  for (let n = 0; n < 30; n++) {
    asked.length = 0
    await pass(MINUTE)
    minutes.push(asked.length)
  }
  expect(Math.max(...minutes)).toBeLessThanOrEqual(3)
  expect(minutes.every((count) => count >= 1)).toBe(true)
  expect(state()).toBe('healthy')
})

test('it is fetched as often as without them until one came in time, and while nobody takes any', async () => {
  const { searchesIn, toldTicket, hookOf, sandbox, store, siteId, state, pass, siteTime, sync } =
    await startPaced()
  expect(await searchesIn(MINUTE)).toBeGreaterThanOrEqual(11)
  expect(state()).toBe('waiting')
  const { id } = await sandbox.add(TICKET)
  await store.takeHooks(siteId, [await hookOf(id, { lateMs: 31_000 })])
  expect(await searchesIn(MINUTE)).toBeGreaterThanOrEqual(11)
  expect(state()).toBe('waiting')
  await toldTicket()
  await pass(5_000)
  expect(state()).toBe('healthy')
  expect(await searchesIn(2 * MINUTE)).toBeLessThanOrEqual(3)
  // It is noticed by the next fetch.
  await store.listenForHooks(siteId, { ttlMs: -1, siteMs: siteTime.now() })
  await pass(MINUTE + 5_000)
  expect(sync.status().hooks).toBeNull()
  expect(await searchesIn(MINUTE)).toBeGreaterThanOrEqual(11)
})

test('a fetch that finds what none told is followed by others at once; the next five minutes, too', async () => {
  const { searchesIn, toldTicket, sandbox, state, pass, passUntilSoon, sync, stored } = await startPaced()
  await toldTicket()
  await pass(MINUTE)
  expect(state()).toBe('healthy')
  await passUntilSoon()
  await sandbox.add(TICKET)
  await pass(25_000)
  expect(await stored()).toHaveLength(2)
  expect(sync.status().hooks).toMatchObject({ state: 'missing', untold: 0 }) // it may only be late
  expect(await searchesIn(MINUTE)).toBeGreaterThanOrEqual(11)
  expect(sync.status().hooks).toMatchObject({ state: 'missing', untold: 1 })
  expect(await searchesIn(3 * MINUTE)).toBeGreaterThanOrEqual(34)
  await pass(3 * MINUTE)
  expect(state()).toBe('waiting') // for one that comes in time
  await toldTicket()
  await pass(5_000)
  expect(sync.status().hooks).toMatchObject({ state: 'healthy', untold: 1 })
  expect(await searchesIn(2 * MINUTE)).toBeLessThanOrEqual(3)
  // The next time they fail it is counted from there.
  await sandbox.add(TICKET)
  await pass(2 * MINUTE + 10_000)
  expect(sync.status().hooks).toMatchObject({ state: 'missing', untold: 1 })
  await sandbox.add(TICKET)
  await pass(MINUTE + 10_000)
  expect(sync.status().hooks).toMatchObject({ state: 'missing', untold: 2 })
})

test('one that a fetch was faster than is told all the same', async () => {
  const { searchesIn, toldTicket, sandbox, tell, state, pass, passUntilSoon, sync } = await startPaced()
  await toldTicket()
  await pass(MINUTE)
  await passUntilSoon()
  const { id } = await sandbox.add(TICKET)
  await pass(25_000)
  expect(state()).toBe('missing')
  await tell(id)
  await pass(10_000)
  expect(sync.status().hooks).toMatchObject({ state: 'healthy', untold: 0 })
  expect(await searchesIn(2 * MINUTE)).toBeLessThanOrEqual(3)
})

test('a later change than the one that was told is untold, and what shows nothing else is none', async () => {
  const { toldTicket, sandbox, advance, pass, stored, sync } = await startPaced()
  await toldTicket()
  await pass(MINUTE)
  const [ticket] = await stored()
  advance(2_000)
  await sandbox.edit(ticket?.id ?? '', { priority: { id: '2' } })
  await pass(2 * MINUTE + 10_000)
  expect(sync.status().hooks).toMatchObject({ untold: 1 })
})

test('what was missed is told of for a day after they are well again', () => {
  const book = { isListening: true, sinceMs: 1, inTimeMs: 9 * MINUTE, untold: 3, untoldMs: 8 * MINUTE }
  const counts = { received: 9, repeats: 0, unread: 0, lateMs: [] }
  const after = (hours: number) =>
    hooksStatus({ ...book, ...counts }, { isInDoubt: false, siteMs: 8 * MINUTE + hours * 60 * MINUTE })
  expect(after(23)).toMatchObject({ state: 'healthy', untold: 3 })
  expect(after(24)).toMatchObject({ state: 'healthy', untold: 0 })
})

test('what was changed before anybody took webhooks is none that they should have told', async () => {
  const { sandbox, pass, advance, store, siteId, siteTime, sync, clock } = await startPaced()
  await pass(10_000)
  await store.listenForHooks(siteId, { ttlMs: -1, siteMs: siteTime.now() })
  await sandbox.add(TICKET)
  advance(1_000)
  clock.jump(1_000)
  await new Promise((resolve) => setTimeout(resolve, 20))
  await store.listenForHooks(siteId, { ttlMs: 3_600_000, siteMs: siteTime.now() + 1_000 })
  await pass(2 * MINUTE)
  expect(sync.status().hooks).toMatchObject({ state: 'waiting', untold: 0 })
})

test('how late they come, how many were repeats and how many wait are in the status', async () => {
  const { pass, sandbox, tell, hookOf, store, siteId, sync } = await startPaced()
  await pass(10_000)
  const ids = [(await sandbox.add(TICKET)).id, (await sandbox.add(TICKET)).id]
  await store.takeHooks(siteId, [
    await hookOf(ids[0] ?? '', { lateMs: 250 }),
    await hookOf(ids[1] ?? '', { lateMs: 1_400 }),
  ])
  await tell(...ids)
  const statusLater = async (): Promise<unknown> => {
    await pass(5_000)
    return sync.status().hooks
  }
  await expect.poll(statusLater, PATIENCE).toEqual({
    state: 'healthy',
    received: 4,
    repeats: 2,
    untold: 0,
    unread: 0,
    latenessMs: { p50: 250, p95: 1_400 },
  })
})
