import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { MinuteChange } from '../../src-shared/contract/tickets.ts'
import { createSiteTime, machineClock } from '../runtime/clock.ts'
import { createLive } from '../live/live.ts'
import type { Store } from '../store/store.ts'
import { PATIENCE, TEST_SCOPE } from '../../test-support/sync/sync.ts'
import {
  createTestSync,
  never,
  openCleanUpBench,
  type CleanUpBench,
} from '../../test-support/clean-up/clean-up.ts'

const QUIET = { info: () => {}, warn: () => {}, error: () => {} }

/** A window on a store: what it was told of changed minutes, as a chart would draw them. */
async function openWindow(store: Store, siteId: string): Promise<{ charted: () => number }> {
  const hub = createEventHub()
  const counts = new Map<string, number>()
  hub.on('counts.changed', ({ changes }) => {
    for (const { minute, priorityId, count } of changes as readonly MinuteChange[])
      counts.set(`${minute} ${priorityId}`, count)
  })
  const live = createLive({ store, hub, siteId, scope: TEST_SCOPE, log: QUIET })
  await live.start()
  onTestFinished(() => live.stop())
  return { charted: () => [...counts.values()].reduce((sum, count) => sum + count, 0) }
}

/** As another process that shares the store has it: a sync that begins to fetch by itself, and follows where one leads. */
async function joinAnother({ data, siteId, jira }: CleanUpBench) {
  const store = await data.open()
  const sync = createTestSync({
    siteId,
    store,
    jira,
    siteTime: createSiteTime(machineClock),
    hub: createEventHub(),
    owner: randomUUID(),
  })
  onTestFinished(() => sync.stop())
  return { store, sync }
}

test.each(['leads', 'follows'] as const)(
  'deleted tickets leave every window’s chart at once, without a fetch, where the instance that deletes %s',
  async (role) => {
    const bench = await openCleanUpBench('cloud')
    const { runId } = await bench.makeRun(30)
    const stays = await bench.makeRun(4)
    const other = await joinAnother(bench)
    const [first, second] = role === 'leads' ? [bench.sync, other.sync] : [other.sync, bench.sync]
    const windows = [await openWindow(bench.store, bench.siteId), await openWindow(other.store, bench.siteId)]
    first.start()
    await expect.poll(() => first.status().lastSuccessMs, PATIENCE).not.toBeNull()
    second.start()
    // By itself it tells who fetches in its place.
    await expect.poll(() => second.status().by, PATIENCE).not.toBeNull()
    await expect.poll(() => windows.map(({ charted }) => charted()), PATIENCE).toEqual([34, 34])
    const fetched = first.status().lastSuccessMs

    const end = await bench.cleanUp(bench.desk(), runId)
    expect(end).toMatchObject({ state: 'done', deleted: 30 })
    await bench.expectChartIsTrue()
    await expect.poll(() => windows.map(({ charted }) => charted()), PATIENCE).toEqual([4, 4])
    expect(first.status().lastSuccessMs).toBe(fetched)
    const left = await bench.store.removedTickets({
      siteId: bench.siteId,
      projectKey: null,
      fromMs: 0,
      toMs: Number.MAX_SAFE_INTEGER,
      limit: 100,
    })
    expect(left).toHaveLength(30)
    expect(left.every(({ reason }) => reason === 'deleted')).toBe(true)
    expect(stays.tickets).toHaveLength(4)
  },
)

test.each([true, false])(
  'a fetch while they are deleted, and an index that still shows them, bring none of them back (fetched before: %s)',
  async (isFetched) => {
    const bench = await openCleanUpBench('cloud')
    const { runId } = await bench.makeRun(40)
    if (isFetched) await bench.sync.now()
    await bench.sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 600_000 } })
    let fetching = Promise.resolve()
    const desk = bench.desk({
      jira: {
        ...bench.jira,
        async deleteTicket(...ticket) {
          const deleted = await bench.jira.deleteTicket(...ticket)
          fetching = bench.sync.now().then(() => {})
          return deleted
        },
      },
    })
    expect(await bench.cleanUp(desk, runId)).toMatchObject({ state: 'done', deleted: 40 })
    await fetching
    await bench.sync.now()
    expect((await bench.jira.search(EVERYTHING, never)).tickets).toHaveLength(40)
    expect(await bench.keys()).toEqual([])
    await bench.expectChartIsTrue()
  },
)

const EVERYTHING = { jql: 'project = TPM', pageToken: null, pageSize: 50, reconcileIds: [], property: null }

test('with the tables dropped, tickets are deleted all the same', async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId } = await bench.makeRun(5)
  await bench.store.dropTables()
  expect(await bench.cleanUp(bench.desk(), runId)).toMatchObject({ state: 'done', deleted: 5, failure: null })
  expect((await bench.store.runCounts(bench.siteId, runId, 0)).removed).toBe(5)
})
