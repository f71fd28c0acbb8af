import { describe, expect, test, vi } from 'vitest'
import { storeForEach } from '../../test-support/store/store.ts'
import { SITE } from '../../test-support/store/pages.ts'

/** What the instance that fetches tells the others. */
describe('sync reports', () => {
  const opened = storeForEach()

  test('the last one written of a scope is there, for every instance', async () => {
    const { store, again } = opened()
    const other = await again()
    expect(await store.syncReport(SITE, 'all')).toBeNull()
    const text = JSON.stringify({ state: 'failing', said: `Jira’s "503"; 'quoted' \\ ☃` })
    await store.setSyncReport(SITE, 'all', text)
    expect(await other.syncReport(SITE, 'all')).toBe(text)
    await other.setSyncReport(SITE, 'all', 'x'.repeat(8_000))
    expect(await store.syncReport(SITE, 'all')).toBe('x'.repeat(8_000))
  })

  test('other scopes and sites have their own', async () => {
    const { store } = opened()
    await store.setSyncReport(SITE, 'all', 'one')
    await store.setSyncReport(SITE, 'some', 'two')
    await store.setSyncReport('site-b', 'all', 'three')
    expect(await store.syncReport(SITE, 'all')).toBe('one')
    expect(await store.syncReport(SITE, 'some')).toBe('two')
    expect(await store.syncReport('site-b', 'all')).toBe('three')
    expect(await store.syncReport('site-b', 'some')).toBeNull()
  })

  test('another instance hears of it; it is no commit of tickets', async () => {
    const { store, again } = opened()
    const other = await again()
    const heard = vi.fn()
    store.onCommit(SITE, ['report'], heard)
    await other.setSyncReport(SITE, 'all', 'one')
    await vi.waitFor(() => expect(heard).toHaveBeenCalled())
    expect(await store.syncReport(SITE, 'all')).toBe('one')
    expect(await store.seq(SITE)).toBe(0)
  })

  test('it goes with the ticket tables', async () => {
    const { store } = opened()
    await store.setSyncReport(SITE, 'all', 'one')
    await store.dropTables()
    const missing = { code: 'tables-missing' }
    await expect(store.syncReport(SITE, 'all')).rejects.toMatchObject(missing)
    await expect(store.setSyncReport(SITE, 'all', 'two')).rejects.toMatchObject(missing)
    await store.createTables()
    expect(await store.syncReport(SITE, 'all')).toBeNull()
  })
})
describe('what was found of a Jira', () => {
  const opened = storeForEach()

  test('the last that was kept is there for every instance, and outlives the ticket tables', async () => {
    const { store, again } = opened()
    const other = await again()
    expect(await store.knownSite('asked')).toBeNull()
    await store.keepSite(SITE, 'asked', 'one')
    await other.keepSite(SITE, 'asked', 'two ☃')
    await store.keepSite(SITE, 'asked otherwise', 'three')
    await store.dropTables()
    expect(await store.knownSite('asked')).toBe('two ☃')
    expect(await other.knownSite('asked otherwise')).toBe('three')
  })
})
