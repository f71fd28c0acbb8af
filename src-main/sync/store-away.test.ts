import { expect, test } from 'vitest'
import { createAwayStore, type AwayStore } from '../../test-support/store/away.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { promisedMs } from '../../test-support/promised.ts'
import type { SyncJira, SyncOptions } from './sync.ts'
import { openTestSync, PATIENCE, type TestSync } from '../../test-support/sync/sync.ts'
import { startSite, type TestSite } from '../../test-support/sync/site.ts'
import { expectTruth, truthOf } from '../../test-support/sync/truth.ts'

const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}

interface Away extends TestSite, TestSync, AwayStore {
  readonly store: AwayStore['store']
  /** What Jira was asked, by name. */
  readonly asked: string[]
}

/** A sync that fetches by itself into a store that can be taken away. */
async function startAway(
  site: TestSite,
  options: Partial<SyncOptions> = {},
  onAnswer: (name: string, away: AwayStore) => void = () => {},
): Promise<Away> {
  const away = createAwayStore(await openTestStore())
  const asked: string[] = []
  const entries = Object.entries(site.jira).map(([name, ask]) => [
    name,
    async (...args: unknown[]) => {
      asked.push(name)
      const answer = await (ask as (...given: unknown[]) => Promise<unknown>)(...args)
      onAnswer(name, away)
      return answer
    },
  ])
  const jira = Object.fromEntries(entries) as SyncJira
  const opened = await openTestSync(jira, { ...options, store: away.store })
  return { ...site, ...opened, ...away, asked }
}

function status({ sync }: TestSync) {
  return expect.poll(() => sync.status(), PATIENCE)
}

test('while the store is away Jira is asked nothing, and at its return it is fetched at once', async () => {
  const site = await startSite()
  const away = await startAway(site, { intervalMs: 60_000 })
  away.sync.start()
  await status(away).toMatchObject({ state: 'idle', lastSuccessMs: expect.any(Number) })
  away.goAway()
  await expect(away.sync.now()).rejects.toMatchObject({ code: 'store-unavailable' })
  const { nextMs, failure } = away.sync.status()
  expect(failure).toMatchObject({ code: 'store-unavailable', message: expect.stringMatching(/out of reach/) })
  expect((nextMs ?? Infinity) - Date.now()).toBeLessThanOrEqual(5_000)

  away.asked.length = 0
  await expect(away.sync.now()).rejects.toMatchObject({ code: 'store-unavailable' })
  await expect(away.sync.census()).rejects.toMatchObject({ code: 'store-unavailable' })
  away.sync.wake()
  away.sync.storeBack()
  expect(away.asked).toEqual([])

  await site.sandbox.add(TICKET)
  away.comeBack()
  const before = performance.now()
  away.sync.storeBack()
  await expect.poll(async () => (await away.stored()).length, PATIENCE).toBe(1)
  expect(performance.now() - before).toBeLessThan(promisedMs(2_000))
  await status(away).toMatchObject({ state: 'idle', failure: null, by: null })
  // Who we are to Jira has nothing to do with the store.
  expect(new Set(away.asked)).toEqual(new Set(['search']))
})

test('a store that comes back unheard is tried again within seconds, however long it was away', async () => {
  const site = await startSite()
  const away = await startAway(site, { intervalMs: 500 })
  away.sync.start()
  await status(away).toMatchObject({ lastSuccessMs: expect.any(Number) })
  away.goAway()
  await status(away).toMatchObject({ state: 'failing' })
  const failing = (): number => away.calledInVain.length
  const tried = failing()
  await expect.poll(failing, PATIENCE).toBeGreaterThan(tried + 2)
  const { sinceMs } = away.sync.status().failure ?? {}
  await site.sandbox.add(TICKET)
  away.comeBack()
  const before = performance.now()
  await expect.poll(async () => (await away.stored()).length, PATIENCE).toBe(1)
  expect(performance.now() - before).toBeLessThan(promisedMs(6_000))
  const told = away.statuses.flatMap(({ failure }) => (failure === null ? [] : [failure.sinceMs]))
  expect(new Set(told)).toEqual(new Set([sinceMs]))
})

test('a store that is lost in the middle of a fetch ends it, and nothing more is asked', async () => {
  const site = await startSite({ historyTickets: 700, historyHours: 24 })
  let searches = 0
  const away = await startAway(site, {}, (name, store) => {
    if (name === 'search' && ++searches === 2) store.goAway()
  })
  await expect(away.sync.now()).rejects.toMatchObject({ code: 'store-unavailable' })
  // The first, and that of the newest hour.
  expect(away.asked.filter((name) => name === 'search')).toHaveLength(2)
  away.comeBack()
  expect(await away.watermark()).toBeNull()
  away.asked.length = 0
  await away.sync.now()
  expectTruth(await away.truth(), await truthOf(site.sandbox, away.scope))
  expect(away.asked).not.toContain('identity')
})

test('one that follows says that the store is away, and follows on when it is back', async () => {
  const site = await startSite()
  const inner = await openTestStore()
  const ada = await openTestSync(site.jira, { store: inner, owner: 'ada/1/x', host: 'ada', intervalMs: 300 })
  ada.sync.start()
  await status(ada).toMatchObject({ lastSuccessMs: expect.any(Number) })
  const away = createAwayStore(inner)
  const bob = await openTestSync(site.jira, { store: away.store, owner: 'bob/1/x', host: 'bob' })
  bob.sync.start()
  await status(bob).toMatchObject({ by: 'ada', state: 'idle' })
  const { lastSuccessMs } = bob.sync.status()
  away.goAway()
  bob.sync.wake()
  await status(bob).toMatchObject({ by: null, state: 'failing', failure: { code: 'store-unavailable' } })
  expect(bob.sync.status().lastSuccessMs).toBeGreaterThanOrEqual((lastSuccessMs ?? Infinity) - 1_000)
  away.comeBack()
  bob.sync.storeBack()
  await status(bob).toMatchObject({ by: 'ada', state: 'idle', failure: null })
})

test('dropped tables are reported by the one that fetches and by those who follow, and nobody asks Jira', async () => {
  const site = await startSite()
  const away = await startAway(site, { intervalMs: 200 })
  away.sync.start()
  await status(away).toMatchObject({ lastSuccessMs: expect.any(Number) })
  const bob = await openTestSync(site.jira, { store: away.store, owner: 'bob/1/x', host: 'bob' })
  bob.sync.start()
  await status(bob).toMatchObject({ by: expect.any(String), state: 'idle' })
  await away.store.dropTables()
  const missing = { state: 'stopped', failure: { code: 'tables-missing' }, nextMs: null }
  await status(away).toMatchObject({ ...missing, by: null })
  // Whoever makes them anew lets one instance fetch, not all.
  await status(bob).toMatchObject({ ...missing, by: expect.any(String) })
  await away.store.createTables()
  await away.sync.now()
  await status(bob).toMatchObject({ state: 'idle', failure: null })
})
