import { describe, expect, test } from 'vitest'
import { storeForEach, type Engine } from './engine.ts'
import { SITE } from './pages.ts'

/** One instance at a time. */
export function leaseSuite(engine: Engine): void {
  describe(`leases (${engine.name})`, () => {
    const opened = storeForEach(engine)

    test('one owner holds a lease, renews it, and loses it when it runs out', async () => {
      const { store, again } = opened()
      const other = await again()
      expect(await store.takeLease(SITE, 'sync', 'a', 1_000, 100)).toBe(true)
      expect(await other.takeLease(SITE, 'sync', 'b', 1_050, 100)).toBe(false)
      expect(await store.takeLease(SITE, 'sync', 'a', 1_090, 100)).toBe(true)
      expect(await other.takeLease(SITE, 'sync', 'b', 1_150, 100)).toBe(false)
      expect(await other.takeLease(SITE, 'sync', 'b', 1_190, 100)).toBe(true)
      expect(await store.takeLease(SITE, 'sync', 'a', 1_200, 100)).toBe(false)
    })

    test('a dropped lease is free; only its owner can drop it', async () => {
      const { store } = opened()
      await store.takeLease(SITE, 'sync', 'a', 1_000, 100)
      await store.dropLease(SITE, 'sync', 'b')
      expect(await store.takeLease(SITE, 'sync', 'b', 1_010, 100)).toBe(false)
      await store.dropLease(SITE, 'sync', 'a')
      expect(await store.takeLease(SITE, 'sync', 'b', 1_010, 100)).toBe(true)
    })

    test('its owner can be asked for, also when it has run out', async () => {
      const { store, again } = opened()
      expect(await store.leaseOwner(SITE, 'sync')).toBeNull()
      await store.takeLease(SITE, 'sync', 'a', 1_000, 100)
      expect(await (await again()).leaseOwner(SITE, 'sync')).toBe('a')
      await store.takeLease(SITE, 'sync', 'b', 1_100, 100)
      expect(await store.leaseOwner(SITE, 'sync')).toBe('b')
      expect(await store.leaseOwner(SITE, 'run')).toBeNull()
      await store.dropLease(SITE, 'sync', 'b')
      expect(await store.leaseOwner(SITE, 'sync')).toBeNull()
    })

    test('leases of other names and sites are others', async () => {
      const { store } = opened()
      await store.takeLease(SITE, 'sync', 'a', 1_000, 100)
      expect(await store.takeLease(SITE, 'run:abcdefgh', 'b', 1_000, 100)).toBe(true)
      expect(await store.takeLease('site-b', 'sync', 'b', 1_000, 100)).toBe(true)
    })
  })
}
