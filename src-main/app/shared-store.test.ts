import { describe, expect, test, vi } from 'vitest'
import type { CleanUp } from '../../src-shared/contract/runs/clean-up.ts'
import { dropTables } from './handlers.ts'
import { RUN_LEASE } from '../generator/run-lease.ts'
import type { TestSandbox } from '#jira-sandbox/testing'
import type { Store } from '../store/store.ts'
import { newSlot } from '../../test-support/store/runs.ts'
import { makeTestData, type TestData } from '../../test-support/store/store.ts'
import { addWatched, openTestApp, startTestSite, watchedKeys, type TestApp } from '../../test-support/app.ts'

const soon = { timeout: 30_000, interval: 20 }
/** A change by one instance is shown by every other within so long. */
const AT_ONCE = { timeout: 1_500, interval: 20 }

const A_RUN = {
  runId: 'r-elsewhere',
  projectKey: 'TPM',
  seed: 1,
  planned: 1,
  startMs: 1_800_000_000_000,
  endMs: 1_800_000_060_000,
  rate: 1,
  profile: 'steady',
  mix: 'all',
  state: 'running',
  createdAtMs: 1_800_000_000_000,
} as const

interface Team {
  readonly data: TestData
  readonly site: TestSandbox
  readonly one: TestApp
  readonly other: TestApp
}

/** Two apps in workspaces of their own, on one store. */
async function openTeam(): Promise<Team> {
  const data = await makeTestData()
  const store = data.config
  const site = await startTestSite({ historyTickets: 30 })
  const one = await openTestApp(site, { store })
  await one.start()
  await vi.waitFor(async () => expect(await one.keys()).toHaveLength((await watchedKeys(site)).length), soon)
  const other = await openTestApp(site, { store })
  await other.start()
  return { data, site, one, other }
}

async function startRun(app: TestApp, count = 30): Promise<void> {
  const confirmedSite = (await app.call('session.get', {})).site.id
  await app.call('runs.start', { count, minutes: 0.5, confirmedSite })
}

async function refusesToDrop(app: TestApp): Promise<void> {
  const dropping = app.call('data.dropTables', { confirm: true })
  await expect(dropping).rejects.toMatchObject({ code: 'busy' })
}

describe('two instances that share a store', () => {
  test('each sees what the other fetched and made', async () => {
    const { site, one, other } = await openTeam()
    expect(new Set(await other.keys())).toEqual(new Set(await one.keys()))
    const [added] = (await addWatched(site, 1)).slice(-1)
    await vi.waitFor(async () => expect(await one.keys()).toContain(added), soon)
    await vi.waitFor(async () => expect(await other.keys()).toContain(added), AT_ONCE)
  })

  test('a view that one saves is there for the other, which is told; a name that is taken says so', async () => {
    const { one, other } = await openTeam()
    const told = vi.fn()
    other.hub.on('views.changed', ({ views }) => told(views.map(({ name }) => name)))
    const state = { from: 'now-6h', to: 'now', interval: '5', ofALaterVersion: 'kept' }
    const saved = await one.call('views.save', { name: '  Storm ', state })
    expect(saved).toMatchObject({ name: 'Storm', state })
    await vi.waitFor(() => expect(told).toHaveBeenLastCalledWith(['Storm']), AT_ONCE)
    expect(await other.call('views.list', {})).toEqual({ views: [saved] })

    const again = other.call('views.save', { name: 'Storm', state: { from: 'now-1h', to: 'now' } })
    await expect(again).rejects.toMatchObject({ code: 'busy' })
    const { name, revision: seen } = saved
    const { revision } = await other.call('views.save', { name, seen, state: { from: 'now-1h', to: 'now' } })
    await expect(one.call('views.delete', { name, seen })).rejects.toMatchObject({ code: 'busy' })
    expect(await one.call('views.delete', { name, seen: revision })).toEqual({ deleted: true })
    await vi.waitFor(() => expect(told).toHaveBeenLastCalledWith([]), soon)
  })

  test('a run that one works on is shown by the other as it goes, from its start to its end', async () => {
    const { one, other } = await openTeam()
    await startRun(one)
    await vi.waitFor(
      () => expect(other.runs.at(-1)).toMatchObject({ state: 'running', planned: 30 }),
      AT_ONCE,
    )
    await vi.waitFor(() => expect(one.runs.at(-1)?.created).toBeGreaterThan(5), soon)
    const { created = 0 } = one.runs.at(-1) ?? {}
    await vi.waitFor(() => expect(other.runs.at(-1)?.created).toBeGreaterThanOrEqual(created), AT_ONCE)
    expect(new Set(other.runs.map(({ state }) => state))).toEqual(new Set(['running']))

    const stopped = await one.call('runs.stop', {})
    await vi.waitFor(() => expect(other.runs.at(-1)).toEqual(stopped), AT_ONCE)
    expect(await other.call('runs.current', {})).toEqual(stopped)
  })

  test('a clean-up by one is published by the other, to its end', async () => {
    const { one, other } = await openTeam()
    const published: CleanUp[] = []
    other.hub.on('clean-up.changed', (cleanUp) => published.push(cleanUp))
    await startRun(one)
    await vi.waitFor(() => expect(one.runs.at(-1)?.created).toBeGreaterThan(2), soon)
    const { runId } = await one.call('runs.stop', {})
    const { count } = await one.call('runs.cleanUpPreview', { runId })
    const confirmedSite = (await one.call('session.get', {})).site.id
    await one.call('runs.cleanUp', { runId, confirmedSite, count })
    const deleted = { runId, state: 'done', total: count, deleted: count }
    await vi.waitFor(() => expect(published.at(-1)).toMatchObject(deleted), soon)
    expect(await other.call('runs.currentCleanUp', {})).toEqual(published.at(-1))
  })

  test('an older run that one goes on with is shown by the other until it is at rest', async () => {
    const { one, other } = await openTeam()
    await startRun(one)
    const { runId } = await one.call('runs.pause', {})
    await startRun(one, 2)
    const newer = await one.call('runs.stop', {})
    await vi.waitFor(() => expect(other.runs.at(-1)).toEqual(newer), AT_ONCE)

    await one.call('runs.resume', { runId, missed: 'shift' })
    await vi.waitFor(() => expect(other.runs.at(-1)).toMatchObject({ runId, state: 'running' }), AT_ONCE)
    const stopped = await one.call('runs.stop', {})
    await vi.waitFor(() => expect(other.runs.slice(-2)).toEqual([stopped, newer]), AT_ONCE)
  })

  test('a run whose instance died is shown as broken before long', async () => {
    const { data, other } = await openTeam()
    const elsewhere = await data.open()
    const siteId = (await other.call('session.get', {})).site.id
    await elsewhere.takeLease(siteId, RUN_LEASE, `elsewhere/1/x/host/${A_RUN.runId}`, 2_000)
    await elsewhere.createRun({ ...A_RUN, siteId }, [newSlot(0, { plannedMs: A_RUN.startMs })])
    await vi.waitFor(() => expect(other.runs.at(-1)).toMatchObject({ state: 'running' }), AT_ONCE)
    await vi.waitFor(() => expect(other.runs.at(-1)).toMatchObject({ state: 'broken', planned: 1 }), soon)
  })

  test('tables are not dropped where a run begins in that very moment', async () => {
    const { data, one } = await openTeam()
    const store = await data.open()
    const siteId = (await one.call('session.get', {})).site.id
    const beaten: Pick<Store, 'dropTables'> = {
      async dropTables(guard) {
        await store.takeLease(siteId, RUN_LEASE, 'elsewhere/1/x', 60_000)
        return store.dropTables(guard)
      },
    }
    await expect(dropTables(beaten)).rejects.toMatchObject({ code: 'busy' })
    expect((await one.keys()).length).toBeGreaterThan(0)
  })

  test('tables are not dropped while a run is under way, by whoever and of whichever site', async () => {
    const { data, site, one, other } = await openTeam()
    await startRun(one)
    await refusesToDrop(one)
    await refusesToDrop(other)
    expect((await other.keys()).length).toBeGreaterThan(0)
    await one.call('runs.pause', {})
    const inJira = (await site.truth()).length

    const elsewhere = await data.open()
    await elsewhere.takeLease('another-site', RUN_LEASE, 'elsewhere/1/x', 60_000)
    await refusesToDrop(one)
    await elsewhere.dropLease('another-site', RUN_LEASE, 'elsewhere/1/x')
    expect(await other.call('data.dropTables', { confirm: true })).toEqual({ dropped: true })
    await expect(one.keys()).rejects.toMatchObject({ code: 'tables-missing' })
    expect(await one.call('runs.current', {})).toMatchObject({ state: 'paused', planned: 30 })
    expect(await site.truth()).toHaveLength(inJira)

    // Made anew by one, they are filled again for both.
    expect(await other.call('data.createTables', {})).toEqual({ created: true })
    await vi.waitFor(async () => expect((await one.keys()).length).toBeGreaterThan(0), soon)
  })
})
