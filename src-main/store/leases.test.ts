import { expect, test, vi } from 'vitest'
import type { LeaseHolder, Store } from './store.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { SITE } from '../../test-support/store/pages.ts'

/** Longer than any test takes. */
const LONG_MS = 60_000

/** What whoever would drop the tables sees of the runs' lease; they are not dropped. */
async function holdersSeenBy(store: Store): Promise<readonly LeaseHolder[]> {
  let holders: readonly LeaseHolder[] = []
  const check = (given: readonly LeaseHolder[]): void => {
    holders = given
    throw new Error('refused')
  }
  await expect(store.dropTables({ lease: 'run', check })).rejects.toThrow('refused')
  return holders
}

// One instance at a time, by the clock of the store.

const opened = storeForEach()

test('one owner holds a lease and renews it; for another it is free when it has run out', async () => {
  const { store, again } = opened()
  const other = await again()
  expect(await store.takeLease(SITE, 'sync', 'a', LONG_MS)).toBe(true)
  expect(await other.takeLease(SITE, 'sync', 'b', LONG_MS)).toBe(false)
  const renewedMs = performance.now()
  expect(await store.takeLease(SITE, 'sync', 'a', 400)).toBe(true)
  const taken = async (): Promise<void> =>
    expect(await other.takeLease(SITE, 'sync', 'b', LONG_MS)).toBe(true)
  await vi.waitFor(taken, { timeout: 20_000, interval: 20 })
  // A clock of whole milliseconds.
  expect(performance.now() - renewedMs).toBeGreaterThanOrEqual(399)
  expect(await store.takeLease(SITE, 'sync', 'a', LONG_MS)).toBe(false)
})

test('a lease of a clock that was set back since is no longer than any other', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.takeLease(SITE, 'sync', 'a', 3_600_000)
  expect(await other.takeLease(SITE, 'sync', 'b', 300)).toBe(false)
  expect((await other.leaseHolder(SITE, 'sync'))?.expiresInMs).toBeLessThanOrEqual(300)
  // Its owner may live, and renew it by the new clock.
  expect(await store.takeLease(SITE, 'sync', 'a', 300)).toBe(true)
  expect(await other.takeLease(SITE, 'sync', 'b', 300)).toBe(false)
  const taken = async (): Promise<void> => expect(await other.takeLease(SITE, 'sync', 'b', 300)).toBe(true)
  await vi.waitFor(taken, { timeout: 20_000, interval: 20 })
})

test('of many that want a free lease at once, one gets it', async () => {
  const { store, again } = opened()
  const other = await again()
  for (const name of ['one', 'two', 'three', 'four', 'five']) {
    const takers = ['a', 'b', 'c', 'd'].map((owner, n) =>
      (n % 2 === 0 ? store : other).takeLease(SITE, name, owner, LONG_MS),
    )
    const taken = (await Promise.all(takers)).filter(Boolean)
    expect(taken).toEqual([true])
  }
})

test('a dropped lease is free; only its owner can drop it', async () => {
  const { store } = opened()
  await store.takeLease(SITE, 'sync', 'a', LONG_MS)
  await store.dropLease(SITE, 'sync', 'b')
  expect(await store.takeLease(SITE, 'sync', 'b', LONG_MS)).toBe(false)
  await store.dropLease(SITE, 'sync', 'a')
  expect(await store.takeLease(SITE, 'sync', 'b', LONG_MS)).toBe(true)
})

test('who drops the tables sees the holders of a lease of one name, at whichever site, and may refuse', async () => {
  const { store, again } = opened()
  expect(await holdersSeenBy(store)).toEqual([])
  await store.takeLease(SITE, 'run', 'a', LONG_MS)
  await store.takeLease('another-site', 'run', 'b', LONG_MS)
  await store.takeLease(SITE, 'sync', 'c', LONG_MS)
  const holders = await holdersSeenBy(await again())
  expect(holders.map(({ owner }) => owner).toSorted()).toEqual(['a', 'b'])
  for (const { expiresInMs } of holders) expect(expiresInMs).toBeGreaterThan(LONG_MS / 2)
  expect(await store.dropTables({ lease: 'run', check: () => {} })).toBe(true)
})

test('its holder can be asked for, and how long the lease still runs', async () => {
  const { store, again } = opened()
  expect(await store.leaseHolder(SITE, 'sync')).toBeNull()
  await store.takeLease(SITE, 'sync', 'a', LONG_MS)
  const held = await (await again()).leaseHolder(SITE, 'sync')
  expect(held?.owner).toBe('a')
  expect(held?.expiresInMs).toBeGreaterThan(LONG_MS / 2)
  expect(held?.expiresInMs).toBeLessThanOrEqual(LONG_MS)
  expect(await store.leaseHolder(SITE, 'run')).toBeNull()
  await store.dropLease(SITE, 'sync', 'a')
  expect(await store.leaseHolder(SITE, 'sync')).toBeNull()
})

test('a lease of no length has run out; its holder is still known', async () => {
  const { store } = opened()
  await store.takeLease(SITE, 'sync', 'a', 0)
  const held = await store.leaseHolder(SITE, 'sync')
  expect(held?.owner).toBe('a')
  expect(held?.expiresInMs).toBeLessThanOrEqual(0)
  expect(await store.takeLease(SITE, 'sync', 'b', LONG_MS)).toBe(true)
  expect((await store.leaseHolder(SITE, 'sync'))?.owner).toBe('b')
})

test('that a lease was let go of is heard', async () => {
  const { store, again } = opened()
  const other = await again()
  await other.takeLease(SITE, 'sync', 'a', LONG_MS)
  const heard = vi.fn()
  store.onCommit(SITE, ['lease sync'], heard)
  await other.dropLease(SITE, 'sync', 'a')
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
})

test('leases of other names and sites are others', async () => {
  const { store } = opened()
  await store.takeLease(SITE, 'sync', 'a', LONG_MS)
  expect(await store.takeLease(SITE, 'run:abcdefgh', 'b', LONG_MS)).toBe(true)
  expect(await store.takeLease('site-b', 'sync', 'b', LONG_MS)).toBe(true)
})
