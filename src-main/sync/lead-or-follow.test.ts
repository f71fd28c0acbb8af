import { expect, test } from 'vitest'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import { makeTestData, type TestData } from '../../test-support/store/store.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { syncScope } from './scope.ts'
import { writeReport } from './shared-report.ts'
import type { SyncJira, SyncOptions } from './sync.ts'
import {
  hastyClock,
  openTestSync,
  PATIENCE,
  watchedSearch,
  type TestSync,
} from '../../test-support/sync/sync.ts'
import { startSite, type TestSite } from '../../test-support/sync/site.ts'
import { expectTruth, truthOf } from '../../test-support/sync/truth.ts'

const HOUR = 3_600_000
const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}

interface Instance extends TestSync {
  /** Searches that it asked of Jira. */
  readonly searches: () => number
}

/** An instance on a machine of that name, with a connection of its own. */
async function openOn(
  host: string,
  data: TestData,
  jira: SyncJira,
  options: Partial<SyncOptions> = {},
): Promise<Instance> {
  let searches = 0
  const counted = watchedSearch(jira, () => void searches++)
  const store = await data.open()
  const owner = `${host}/1/${host}`
  const opened = await openTestSync(counted, { intervalMs: 200, ...options, store, host, owner })
  return { ...opened, searches: () => searches }
}

function statusOf({ sync }: TestSync) {
  return expect.poll(() => sync.status(), { ...PATIENCE, interval: 5 })
}

/** Ada leads, Bob follows. */
async function startTwo(site: TestSite, options: Partial<SyncOptions> = {}) {
  const data = await makeTestData()
  const ada = await openOn('ada', data, site.jira, options)
  ada.sync.start()
  await statusOf(ada).toMatchObject({ by: null, lastSuccessMs: expect.any(Number) })
  const bob = await openOn('bob', data, site.jira, options)
  bob.sync.start()
  await statusOf(bob).toMatchObject({ by: 'ada', lastSuccessMs: expect.any(Number) })
  return { data, ada, bob }
}

test('of two instances one fetches, and both show what it does', async () => {
  const site = await startSite()
  const { ada, bob } = await startTwo(site)
  const before = ada.searches()
  await site.sandbox.add(TICKET)
  await statusOf(bob).toMatchObject({ by: 'ada', state: 'idle', storedTickets: 1, failure: null })
  await expect.poll(() => ada.searches(), PATIENCE).toBeGreaterThan(before + 5)
  expect(bob.searches()).toBe(0)
  expect(ada.sync.status()).toMatchObject({ by: null, storedTickets: 1 })
  expectTruth(await bob.truth(), await truthOf(site.sandbox, bob.scope))
})

test('the one that follows takes over at once where the other stops', async () => {
  const site = await startSite()
  const { ada, bob } = await startTwo(site)
  const before = performance.now()
  await ada.sync.stop()
  await statusOf(bob).toMatchObject({ by: null, state: 'idle' })
  expect(performance.now() - before).toBeLessThan(promisedMs(2_000))
  expect(bob.searches()).toBeGreaterThan(0)
  await site.sandbox.add(TICKET)
  await expect.poll(async () => (await bob.stored()).length, PATIENCE).toBe(1)
})

test('the one that follows fetches when it is asked to, and follows on', async () => {
  const site = await startSite()
  const { ada, bob } = await startTwo(site, { intervalMs: 60_000 })
  await site.sandbox.add(TICKET)
  expect(await bob.sync.now()).toMatchObject({ inserted: 1 })
  expect(bob.searches()).toBe(1)
  const own = bob.statuses.filter(({ by }) => by === null)
  expect(own.some(({ state }) => state === 'fetching')).toBe(true)
  // The later of the two is shown: what it stored itself.
  expect(bob.sync.status()).toMatchObject({ by: 'ada', lastInserted: 1, storedTickets: 1 })
  expect(bob.sync.status().lastSuccessMs).toBeGreaterThan(ada.sync.status().lastSuccessMs ?? Infinity)
  await ada.sync.now()
  await statusOf(bob).toMatchObject({ by: 'ada', lastInserted: 0 })
})

test('what an instance that is not the leader tells is not believed', async () => {
  const site = await startSite()
  const { ada, bob } = await startTwo(site, { siteId: 'a-site', intervalMs: 60_000 })
  const stale = { ...ada.sync.status(), storedTickets: 99 }
  const text = writeReport(stale, { owner: 'held-up/1/x', host: 'held-up' }, { nowMs: 0, siteMs: 0 })
  await ada.store.setSyncReport('a-site', syncScope(bob.scope), text)
  await site.sandbox.add(TICKET)
  await ada.sync.now()
  await statusOf(bob).toMatchObject({ by: 'ada', storedTickets: 1 })
  expect(bob.statuses.filter(({ by, storedTickets }) => by === 'held-up' || storedTickets === 99)).toEqual([])
})

test('who watches one project and who watches all have a leader each', async () => {
  const site = await startSite()
  const data = await makeTestData()
  const all = await openOn('ada', data, site.jira)
  const one = await openOn('bob', data, site.jira, { projectKey: 'TPM' })
  all.sync.start()
  one.sync.start()
  for (const { sync } of [all, one]) {
    await expect.poll(() => sync.status(), PATIENCE).toMatchObject({ by: null, failure: null })
    await expect.poll(() => sync.status().lastSuccessMs, PATIENCE).not.toBeNull()
  }
})

test('a machine whose clock is wrong shows times of its own, and the site’s time as it is', async () => {
  const site = await startSite()
  const ahead: Clock = { ...machineClock, now: () => machineClock.now() + 3 * HOUR }
  const data = await makeTestData()
  const ada = await openOn('ada', data, site.jira, { adjustClock: true, intervalMs: 300 })
  ada.sync.start()
  await statusOf(ada).toMatchObject({ lastSuccessMs: expect.any(Number) })
  const bob = await openOn('bob', data, site.jira, { adjustClock: true, clock: ahead })
  bob.sync.start()
  await statusOf(bob).toMatchObject({ by: 'ada', nextMs: expect.any(Number) })
  const { lastSuccessMs, nextMs } = bob.sync.status()
  expect(Math.abs((lastSuccessMs ?? 0) - ahead.now())).toBeLessThan(promisedMs(8_000))
  expect(Math.abs((nextMs ?? 0) - ahead.now())).toBeLessThan(promisedMs(8_000))
  await expect.poll(() => Math.abs(bob.siteTime.now() - ada.siteTime.now()), PATIENCE).toBeLessThan(3_000)
  expect(bob.searches()).toBe(0)
})

test('the index lag that one measured is shared with the others, and kept by who takes over', async () => {
  const site = await startSite()
  const { ada, bob } = await startTwo(site)
  await site.sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 42_000 } })
  const { id } = await site.sandbox.add(TICKET)
  const createdMs = site.sandbox.clock.now()
  ada.sync.noteCreated(id, createdMs)
  bob.sync.noteCreated('999999', createdMs - 600_000) // it does not fetch: nothing can be seen of it there
  await expect.poll(async () => (await bob.stored()).length, PATIENCE).toBe(1)
  site.advance(50_000)
  const lagMs = (): number => bob.sync.status().indexLagMs ?? 0
  await expect.poll(lagMs, PATIENCE).toBeGreaterThan(41_000)
  expect(lagMs()).toBeLessThan(120_000)
  const told = lagMs()
  await ada.sync.stop()
  await statusOf(bob).toMatchObject({ by: null, state: 'idle', indexLagMs: told })
  expect(Math.max(...bob.statuses.map(({ indexLagMs }) => indexLagMs ?? 0))).toBe(told)
})

test('the progress of a first fetch is reported', { timeout: 60_000 }, async () => {
  const site = await startSite({ historyTickets: 12_000, historyHours: 24 })
  const data = await makeTestData()
  const began = Promise.withResolvers<void>()
  const slow = watchedSearch(site.jira, async (n) => {
    if (n === 10) began.resolve()
    if (n > 10) await machineClock.sleep(100, new AbortController().signal)
  })
  const watched = ['1', '2', '3', '4', '5'].map((id) => ({ id, name: id }))
  const ada = await openOn('ada', data, slow, { watched })
  const bob = await openOn('bob', data, site.jira, { watched })
  ada.sync.start()
  await began.promise
  bob.sync.start()
  const seen = (): SyncStatus[] =>
    bob.statuses.filter(({ progress, by }) => progress !== null && by === 'ada')
  await expect
    .poll(() => new Set(seen().map(({ progress }) => progress?.done)).size, PATIENCE)
    .toBeGreaterThan(2)
  expect(seen().every(({ state }) => state === 'fetching')).toBe(true)
  await ada.sync.stop()
})

test('one that cannot log in lets another one fetch, and follows it until its person has acted', async () => {
  const site = await startSite()
  const data = await makeTestData()
  let expired = true
  const wrong = createCloudJira({ ...site.sandbox, apiToken: 'expired', clock: hastyClock })
  const own: SyncJira = {
    ...site.jira,
    identity: (signal) => (expired ? wrong : site.jira).identity(signal),
  }
  const ada = await openOn('ada', data, own)
  ada.sync.start()
  await statusOf(ada).toMatchObject({ state: 'stopped', by: null, failure: { code: 'not-authenticated' } })

  const bob = await openOn('bob', data, site.jira)
  bob.sync.start()
  await statusOf(bob).toMatchObject({ state: 'idle', by: null, lastSuccessMs: expect.any(Number) })
  await statusOf(ada).toMatchObject({ state: 'idle', by: 'bob', failure: null })
  await expect(ada.sync.now()).rejects.toMatchObject({ code: 'not-authenticated' })
  await bob.sync.stop()
  ada.sync.wake()
  await statusOf(ada).toMatchObject({ state: 'stopped', failure: { code: 'not-authenticated' } })

  expired = false
  const before = ada.searches()
  await ada.sync.now()
  await expect.poll(() => ada.searches(), PATIENCE).toBeGreaterThan(before + 3)
})
