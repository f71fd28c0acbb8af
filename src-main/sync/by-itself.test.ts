import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { SyncJira } from './sync.ts'
import { openTestSync, PATIENCE } from '../../test-support/sync/sync.ts'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { startSite } from '../../test-support/sync/site.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}

/** A Jira that counts what it is asked, by name, and fails while `away` is set. */
function counted(jira: SyncJira) {
  const asked: string[] = []
  const state = { away: false }
  const note = (name: string): void => {
    asked.push(name)
    if (state.away) throw new AppError('jira-unreachable', 'There is no network.', { retryable: true })
  }
  const countedJira: SyncJira = {
    async identity(signal) {
      note('identity')
      return jira.identity(signal)
    },
    async search(query, signal) {
      note('search')
      return jira.search(query, signal)
    },
    async searchIds(query, signal) {
      note('searchIds')
      return jira.searchIds(query, signal)
    },
    async byIds(ids, signal) {
      note('byIds')
      return jira.byIds(ids, signal)
    },
    async projects(signal) {
      note('projects')
      return jira.projects(signal)
    },
    async approximateCount(jql, signal) {
      note('approximateCount')
      return jira.approximateCount(jql, signal)
    },
  }
  return { jira: countedJira, asked, state }
}

/** A started sync on a site with some tickets, whose clocks the test moves together. */
async function startByItself(options: { readonly tickets?: number } = {}) {
  const site = await startSite()
  for (let n = 0; n < (options.tickets ?? 3); n++) await site.sandbox.add(TICKET)
  const clock = createHandClock()
  const watched = counted(site.jira)
  const opened = await openTestSync(watched.jira, { clock, intervalMs: 5_000 })
  const passes = (): number => opened.statuses.filter(({ state }) => state === 'fetching').length
  /** Waits until no pass is under way. */
  const settle = async (): Promise<void> => {
    await expect.poll(() => opened.sync.status().state, { ...PATIENCE, interval: 2 }).not.toBe('fetching')
  }
  const pass = (ms: number): Promise<void> =>
    clock.pass(ms, async (stepMs) => {
      site.advance(stepMs)
      await new Promise((resolve) => setTimeout(resolve, 4))
      await settle()
    })
  opened.sync.start()
  await expect.poll(() => opened.sync.status().lastSuccessMs, PATIENCE).not.toBeNull()
  return { ...site, ...opened, ...watched, clock, passes, settle, pass }
}

test('a quiet minute takes at most fifteen requests, a census and all', async () => {
  const { asked, pass, sync } = await startByItself()
  const minutes: string[][] = []
  for (let n = 0; n < 25; n++) {
    await pass(MINUTE)
    minutes.push(asked.splice(0))
  }
  expect(minutes.flat().filter((name) => name === 'searchIds').length).toBeGreaterThanOrEqual(2)
  expect(Math.max(...minutes.map(({ length }) => length))).toBeLessThanOrEqual(15)
  await sync.stop()
  await pass(MINUTE)
  expect(asked).toEqual([])
})

test('a deleted ticket is noticed within a quarter of an hour on a small site', async () => {
  const { sandbox, pass, stored, left } = await startByItself()
  await pass(MINUTE)
  const [first] = await stored()
  await sandbox.remove(first?.id ?? '')
  await pass(17 * MINUTE)
  expect(await left()).toMatchObject([{ id: first?.id, reason: 'deleted' }])
})

test('nor later where the machine’s clock is set back by a day; it is fetched as often as before', async () => {
  const { sandbox, clock, pass, passes, stored, left } = await startByItself()
  await pass(MINUTE)
  const [first] = await stored()
  await sandbox.remove(first?.id ?? '')
  clock.setBack(24 * HOUR)
  const before = passes()
  await pass(17 * MINUTE)
  expect(passes() - before).toBeGreaterThan(17 * 10)
  expect(await left()).toMatchObject([{ id: first?.id, reason: 'deleted' }])
})

test('a part that cannot be compared does not keep the others from their turn', async () => {
  const { sandbox, jira, ...opened } = await startByItself({ tickets: 2 })
  opened.advance(10 * MINUTE)
  await sandbox.add(TICKET)
  const last = await sandbox.add(TICKET)
  let failed = 0
  const broken: SyncJira = {
    ...jira,
    async searchIds(query, signal) {
      if (!query.jql.includes('created >= 0 ')) return jira.searchIds(query, signal)
      failed++
      throw new AppError('jira-broken', 'This part cannot be read.', { retryable: true })
    },
  }
  await opened.sync.stop()
  const census = { partSize: 2, pauseMs: 5_000, apartMs: 20_000, leastRoundMs: MINUTE, partMs: 0 }
  const { store, clock } = opened
  const { sync } = await openTestSync(broken, { store, clock, intervalMs: 5_000, census })
  sync.start()
  await expect.poll(() => sync.status().lastSuccessMs, PATIENCE).not.toBeNull()
  await sandbox.remove(last.id)
  await opened.pass(8 * MINUTE)
  expect(failed).toBeGreaterThan(1)
  expect(await opened.left()).toMatchObject([{ id: last.id, reason: 'deleted' }])
})

test.each(['before', 'after'])(
  'a machine that slept for hours fetches once when it wakes up, whether its timers go %s',
  async (timers) => {
    const { sandbox, advance, clock, asked, passes, settle, stored, sync } = await startByItself()
    const before = passes()
    asked.length = 0
    advance(8 * HOUR)
    await sandbox.add(TICKET)
    if (timers === 'after') sync.wake()
    clock.jump(8 * HOUR)
    await Promise.resolve()
    for (let n = 0; n < 3; n++) sync.wake()
    await expect.poll(async () => (await stored()).length, PATIENCE).toBe(4)
    await settle()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(passes() - before).toBe(1)
    expect(asked.filter((name) => name === 'search')).toHaveLength(1)
    expect(sync.status().indexLagMs).toBeNull()
  },
)

test('offline it asks ever less, and when it is back it catches up at once', async () => {
  const { sandbox, state, pass, asked, stored, sync } = await startByItself()
  state.away = true
  asked.length = 0
  await pass(10 * MINUTE)
  expect(sync.status().state).toBe('failing')
  expect(asked.length).toBeLessThan(15)
  state.away = false
  await sandbox.add(TICKET)
  sync.wake()
  await expect.poll(async () => (await stored()).length, PATIENCE).toBe(4)
  await expect.poll(() => sync.status(), PATIENCE).toMatchObject({ state: 'idle', failure: null })
})

test('waking up does not go on where the person has to act', async () => {
  const { sandbox, pass, asked, sync, settle } = await startByItself()
  await sandbox.setSettings({ token: 'expired' })
  await pass(10_000)
  expect(sync.status().state).toBe('stopped')
  asked.length = 0
  sync.wake()
  await settle()
  expect(asked).toEqual([])
})

test('the lag of others’ tickets is measured, and reported', async () => {
  const { sandbox, pass, sync } = await startByItself()
  expect(sync.status().indexLagMs).toBeNull()
  await sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 42_000 } })
  await sandbox.add(TICKET)
  await pass(MINUTE)
  const lagMs = sync.status().indexLagMs ?? 0
  expect(lagMs).toBeGreaterThanOrEqual(41_000)
  expect(lagMs).toBeLessThanOrEqual(48_000)
})

test('while the site’s clock runs fast it is fetched as often by that clock, but at most each second', async () => {
  const { sync, siteTime, clock, pass } = await startByItself()
  const nextInMs = (): number => (sync.status().nextMs ?? 0) - clock.now()
  const fast = (rate: number, minutes: number): void => {
    const siteMs = siteTime.now()
    siteTime.set({ machineMs: clock.now(), siteMs, rate, untilSiteMs: siteMs + minutes * MINUTE })
  }
  fast(2, 60)
  await sync.now()
  expect(nextInMs()).toBe(2_500)
  fast(60, 10)
  await sync.now()
  expect(nextInMs()).toBe(1_000)
  await pass(20_000)
  expect(nextInMs()).toBe(5_000)
})
