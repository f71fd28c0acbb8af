import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { countDifferences } from '../../test-support/store/count-differences.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { hour, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../test-support/store/runs.ts'

// Dropping the ticket tables and making them anew.

const opened = storeForEach()

test('they are dropped and made anew, empty; a second time nothing happens', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')], { watermarkMs: 10 }))
  expect(await store.createTables()).toBe(false)
  expect(await store.dropTables()).toBe(true)
  expect(await store.dropTables()).toBe(false)
  expect(await store.createTables()).toBe(true)
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(0)
  expect(await store.syncState(SITE, 'all')).toBeNull()
  expect(await store.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
})

test('without them, calls say that they were dropped', async () => {
  const { store } = opened()
  await store.dropTables()
  const refused = { code: 'tables-missing', hint: expect.stringContaining('create-table') as string }
  await expect(store.counts(hour())).rejects.toMatchObject(refused)
  await expect(store.applyPage(page([ticket('1')]))).rejects.toMatchObject(refused)
  await expect(store.syncState(SITE, 'all')).rejects.toMatchObject(refused)
  await expect(store.ticketTotal(SITE, WATCHED)).rejects.toMatchObject(refused)
})

test('who has seen counts before gets a reset, after the drop and after the making', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')]))
  await store.dropTables()
  expect(await store.changesSince(SITE, 1, WATCHED, 10)).toEqual({ seq: 2, changes: null })
  await store.createTables()
  expect(await store.changesSince(SITE, 2, WATCHED, 10)).toEqual({ seq: 3, changes: null })
  await store.applyPage(page([ticket('1')]))
  expect((await store.changesSince(SITE, 3, WATCHED, 10)).changes).toHaveLength(1)
  expect(await store.changesSince(SITE, 1, WATCHED, 10)).toEqual({ seq: 4, changes: null })
})

test('a site without a commit is numbered by a drop like all others, and goes on from there', async () => {
  const { store } = opened()
  expect([await store.seq('new'), await store.epoch('new')]).toEqual([0, 0])
  await store.dropTables()
  expect([await store.seq('new'), await store.epoch('new')]).toEqual([1, 1])
  expect(await store.changesSince('new', 0, WATCHED, 100)).toEqual({ seq: 1, changes: null })
  await store.createTables()
  expect(await store.changesSince('new', 1, WATCHED, 100)).toEqual({ seq: 2, changes: null })
  const commit = await store.applyPage({ ...page([ticket('1')]), siteId: 'new' })
  expect(commit.seq).toBe(3)
  expect([await store.seq('new'), await store.epoch('new')]).toEqual([3, 2])
  await store.dropTables()
  expect([await store.seq('new'), await store.seq('newer')]).toEqual([4, 3])
})

test('another connection works on with the new tables', async () => {
  const { store, again } = opened()
  const other = await again()
  await other.applyPage(page([ticket('1')]))
  await store.dropTables()
  await expect(other.ticketTotal(SITE, WATCHED)).rejects.toMatchObject({ code: 'tables-missing' })
  await store.createTables()
  expect(await other.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
})

test('runs and slots outlive them', async () => {
  const { store } = opened()
  await store.createRun(RUN, newSlots(1))
  await store.dropTables()
  expect(await store.lastRun(SITE)).toMatchObject(RUN)
  expect(await store.slots(SITE, RUN.runId)).toHaveLength(1)
})

test('a fetch that began before the tables were dropped stores nothing in the new ones', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')], { watermarkMs: 10 }))
  const epoch = await store.epoch(SITE)
  await store.dropTables()
  await store.createTables()
  const late = page([ticket('2')], { epoch, watermarkMs: 20 })
  await expect(store.applyPage(late)).rejects.toMatchObject({ code: 'busy', retryable: true })
  expect(await store.syncState(SITE, 'all')).toBeNull()
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(0)
})

test('dropped and made anew under a writer: what it stores is whole, or refused', async () => {
  const { store, again, rows } = opened()
  const other = await again()
  const refusals: unknown[] = []
  const write = async (): Promise<void> => {
    for (let n = 0; n < 60; n++) {
      const edited = page([ticket(String(n % 7), { updatedMs: n })])
      await other.applyPage(edited).catch((error: unknown) => refusals.push(error))
    }
  }
  const replace = async (): Promise<void> => {
    for (let n = 0; n < 5; n++) {
      await store.dropTables()
      await setImmediate()
      await store.createTables()
    }
  }
  await Promise.all([write(), replace()])
  expect(refusals.length).toBeLessThan(60)
  for (const error of refusals) expect(error).toMatchObject({ code: 'tables-missing' })
  expect(await countDifferences(rows)).toEqual([])
  await store.applyPage(page([ticket('last')]))
  expect(await other.countedTickets(SITE, ['last'])).toHaveLength(1)
})

test('what was dropped stays dropped when the store is opened again, until it is asked for', async () => {
  const { store, again } = opened()
  await store.dropTables()
  const other = await again()
  await expect(other.ticketTotal(SITE, WATCHED)).rejects.toMatchObject({ code: 'tables-missing' })
  expect(await other.createTables()).toBe(true)
  expect(await other.ticketTotal(SITE, WATCHED)).toBe(0)
  expect(await other.createTables()).toBe(false)
})
