import { expect, test, vi } from 'vitest'
import { SITE } from '../../test-support/store/pages.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import type { ReceivedHook } from './hooks.ts'
import type { Store } from './store.ts'

const opened = storeForEach()

const NOON = Date.UTC(2026, 5, 1, 12)

function hook(n: number, more: Partial<ReceivedHook> = {}): ReceivedHook {
  const name = String(n)
  const said = { issueId: name, updatedMs: NOON + n, lateMs: 300 }
  return { delivery: `d${name}`, digest: `x${name}`, ...said, ...more }
}

const unread = async (store: Store, scope = 'all') =>
  (await store.unreadHooks(SITE, scope)).hooks.map(({ issueId }) => issueId)

test('what comes again is dropped by its name, and by its body under another name', async () => {
  const { store } = opened()
  expect(await store.takeHooks(SITE, [hook(1), hook(2), hook(1)])).toBe(2)
  expect(await store.takeHooks(SITE, [hook(2), hook(3)])).toBe(1)
  expect(await store.takeHooks(SITE, [hook(4, { digest: 'x3' })])).toBe(0)
  expect(await unread(store)).toEqual(['1', '2', '3'])
  expect(await store.hookBook(SITE, 'all')).toMatchObject({ received: 6, repeats: 3, unread: 3, untold: 0 })
  expect(await store.hookBook('another', 'all')).toBeNull()
})

test('each scope reads all of them once, in the order in which they came', async () => {
  const { store } = opened()
  await store.takeHooks(SITE, [hook(1), hook(2)])
  const { place } = await store.unreadHooks(SITE, 'one')
  await store.takeHooks(SITE, [hook(3)])
  await store.markHooksRead(SITE, 'one', place)
  expect([await unread(store, 'one'), await unread(store, 'other')]).toEqual([['3'], ['1', '2', '3']])
  await store.markHooksRead(SITE, 'one', place - 1)
  expect(await unread(store, 'one')).toEqual(['3'])
  expect((await store.hookBook(SITE, 'one'))?.unread).toBe(1)
})

test('no reader passes one that is committed after those that came behind it', async () => {
  const { store, again } = opened()
  const others = await Promise.all([again(), again(), again()])
  const writers = [store, ...others].map(async (writer, w) => {
    for (let n = 0; n < 25; n++) await writer.takeHooks(SITE, [hook(w * 1_000 + n)])
  })
  const seen: string[] = []
  let over = false
  const reader = (async () => {
    for (let last = false; ; last = over) {
      const { hooks, place } = await store.unreadHooks(SITE, 'all')
      seen.push(...hooks.map(({ issueId }) => issueId))
      await store.markHooksRead(SITE, 'all', place)
      if (last) return
    }
  })()
  await Promise.all(writers)
  over = true
  await reader
  expect(seen).toHaveLength(100)
  expect(new Set(seen).size).toBe(100)
})

test('another process is told of what comes', async () => {
  const { store, again } = opened()
  const told = vi.fn()
  const other = await again()
  other.onCommit(SITE, ['hooks'], told)
  await store.takeHooks(SITE, [hook(1)])
  await expect.poll(() => told.mock.calls.length, { timeout: 20_000 }).toBeGreaterThan(0)
})

test('a day and a hundred thousand are kept, and what is older than an hour is not read', async () => {
  const { store, rows } = opened()
  await store.takeHooks(SITE, [hook(1), hook(2), hook(3)])
  await rows(`UPDATE hook_inbox SET received_ms = received_ms - 86400001 WHERE issue_id = '1'`)
  await rows(`UPDATE hook_inbox SET received_ms = received_ms - 3600001 WHERE issue_id = '2'`)
  expect(await unread(store)).toEqual(['3'])
  await store.takeHooks(SITE, [hook(4)])
  const kept = async () =>
    (await rows('SELECT issue_id FROM hook_inbox ORDER BY place')).map((row) => row['issue_id'])
  expect(await kept()).toEqual(['2', '3', '4'])
  // What is passed over counts as read.
  const { place } = await store.unreadHooks(SITE, 'all')
  await store.markHooksRead(SITE, 'all', place)
  expect((await store.hookBook(SITE, 'all'))?.unread).toBe(0)

  await rows('UPDATE hook_sites SET place = place + 99999')
  await store.takeHooks(SITE, [hook(5)])
  expect(await kept()).toEqual(['5'])
})

test('what a webhook told of a ticket is its last change, whether it was read or not', async () => {
  const { store } = opened()
  await store.takeHooks(SITE, [
    hook(1),
    hook(2, { issueId: '1' }),
    hook(3, { issueId: '1', updatedMs: NOON - 5 }),
  ])
  await store.markHooksRead(SITE, 'all', 2)
  expect([...(await store.toldChanges(SITE, ['1', '9']))]).toEqual([['1', NOON + 2]])
})

test('the book has since when they are taken, when one came in time last, and what no one told', async () => {
  const { store, rows } = opened()
  await store.listenForHooks(SITE, { ttlMs: 60_000, siteMs: NOON })
  await store.listenForHooks(SITE, { ttlMs: 60_000, siteMs: NOON + 30_000 })
  await store.takeHooks(SITE, [
    hook(1, { lateMs: 200 }),
    hook(2, { lateMs: 40_000, updatedMs: NOON + 9_000 }),
  ])
  await store.addUntold(SITE, 'all', { count: 9, atMs: NOON + 60_000, isFirst: true })
  await store.addUntold(SITE, 'all', { count: 2, atMs: NOON + 70_000, isFirst: true })
  await store.addUntold(SITE, 'all', { count: 1, atMs: NOON + 80_000, isFirst: false })
  expect(await store.hookBook(SITE, 'all')).toMatchObject({
    isListening: true,
    sinceMs: NOON,
    inTimeMs: NOON + 201,
    untold: 3,
    untoldMs: NOON + 80_000,
  })
  expect((await store.hookBook(SITE, 'all'))?.lateMs.toSorted((a, b) => a - b)).toEqual([200, 40_000])
  expect(await store.hookBook(SITE, 'other')).toMatchObject({ untold: 0, unread: 2 })

  await rows('UPDATE hook_sites SET until_ms = until_ms - 60001')
  expect((await store.hookBook(SITE, 'all'))?.isListening).toBe(false)
  await store.listenForHooks(SITE, { ttlMs: 60_000, siteMs: NOON + 300_000 })
  expect(await store.hookBook(SITE, 'all')).toMatchObject({ isListening: true, sinceMs: NOON + 300_000 })
})

test('dropped ticket tables take none of them', async () => {
  const { store } = opened()
  await store.takeHooks(SITE, [hook(1)])
  await store.dropTables()
  expect(await store.takeHooks(SITE, [hook(1), hook(2)])).toBe(1)
})
