import { expect, test } from 'vitest'
import { createSiteTime, machineClock } from '../runtime/clock.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { createSavedViews } from './saved-views.ts'

async function open({ isFallback = false } = {}) {
  const store = await openTestStore()
  const time = createSiteTime(machineClock)
  return { store, ...createSavedViews({ store, siteId: SITE, zone: 'Europe/Berlin', time, isFallback }) }
}

test.each([
  ['no name', { name: '  ', state: {} }],
  ['half a span', { name: 'a', state: { from: 'now-1h' } }],
  ['a span that ends before it begins', { name: 'a', state: { from: 'now', to: 'now-1h' } }],
  ['a span that is none', { name: 'a', state: { from: 'soon', to: 'now' } }],
  ['bars that are none', { name: 'a', state: { interval: '7' } }],
])('a view with %s is not saved', async (_name, asked) => {
  const { store, 'views.save': save } = await open()
  await expect(save(asked)).rejects.toMatchObject({ code: 'usage' })
  expect(await store.views(SITE)).toEqual([])
})

test('what a later version puts into a view is kept', async () => {
  const { store, 'views.save': save } = await open()
  const state = { from: 'now-1h', to: 'now', view: 'of-a-later-version', moon: 'full' }
  await save({ name: 'a', state })
  expect(await store.views(SITE)).toMatchObject([{ name: 'a', state }])
})

test('while a file stands in for the store with the views, none is saved or deleted, and that is said', async () => {
  const { store, 'views.save': save, 'views.delete': remove } = await open({ isFallback: true })
  const refused = { code: 'store-unavailable', consequence: 'Nothing was done.' }
  await expect(save({ name: 'a', state: {} })).rejects.toMatchObject(refused)
  await expect(remove({ name: 'a', seen: 'x' })).rejects.toMatchObject(refused)
  expect(await store.views(SITE)).toEqual([])
})
