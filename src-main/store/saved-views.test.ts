import { expect, test, vi } from 'vitest'
import type { SavedView } from '../../src-shared/contract/views.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { SITE } from '../../test-support/store/pages.ts'

const opened = storeForEach()

function view(name: string, parts: Partial<SavedView> = {}): SavedView {
  return { name, state: { from: 'now-6h', to: 'now' }, revision: `${name}-1`, createdMs: 1_000, ...parts }
}

test('views are there for every instance, in the order in which they were first saved', async () => {
  const { store, again } = opened()
  const other = await again()
  const odd = { from: 'now-1d/d', to: 'now-1d/d', laterKey: `"é", 'x' \\ ☃ {}` }
  await store.saveView(SITE, view('Night', { createdMs: 2_000 }), null)
  await other.saveView(SITE, view('Storm – Ö 🌩', { createdMs: 1_000, state: odd }), null)
  await store.saveView(SITE, view('Day', { createdMs: 2_000 }), null)
  const views = await other.views(SITE)
  expect(views.map(({ name }) => name)).toEqual(['Storm – Ö 🌩', 'Day', 'Night'])
  expect(views[0]?.state).toEqual(odd)
  expect(await store.views('site-b')).toEqual([])
})

test('who has seen a view replaces it, in its place', async () => {
  const { store } = opened()
  await store.saveView(SITE, view('a'), null)
  await store.saveView(SITE, view('b', { createdMs: 2_000 }), null)
  const changed = view('a', { revision: 'a-2', createdMs: 9_000, state: { from: 'now-2h', to: 'now' } })
  expect(await store.saveView(SITE, changed, 'a-1')).toEqual({ ...changed, createdMs: 1_000 })
  expect(await store.views(SITE)).toEqual([{ ...changed, createdMs: 1_000 }, view('b', { createdMs: 2_000 })])
})

test('two who save under one name at once: one is saved, the other is told, and nothing is lost', async () => {
  const { store, again } = opened()
  const other = await again()
  const mine = view('Storm', { revision: 'mine' })
  const theirs = view('Storm', { revision: 'theirs', state: { from: 'now-2h', to: 'now' } })
  const saving = await Promise.allSettled([
    store.saveView(SITE, mine, null),
    other.saveView(SITE, theirs, null),
  ])
  const saved = saving.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const refused = saving.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []))
  expect(await store.views(SITE)).toEqual(saved)
  expect(refused).toEqual([
    expect.objectContaining({ code: 'busy', what: expect.stringContaining('“Storm”') }),
  ])
})

test('a view that was changed since is neither replaced nor deleted', async () => {
  const { store } = opened()
  await store.saveView(SITE, view('a', { revision: 'a-2' }), null)
  await expect(store.saveView(SITE, view('a', { revision: 'a-3' }), 'a-1')).rejects.toMatchObject({
    code: 'busy',
  })
  await expect(store.deleteView(SITE, 'a', 'a-1')).rejects.toMatchObject({ code: 'busy' })
  expect(await store.views(SITE)).toEqual([view('a', { revision: 'a-2' })])
})

test('what is given again, since its answer was lost, is the same again', async () => {
  const { store } = opened()
  const saved = await store.saveView(SITE, view('a'), null)
  expect(await store.saveView(SITE, view('a', { createdMs: 5_000 }), null)).toEqual({
    ...saved,
    createdMs: 1_000,
  })
  expect(await store.deleteView(SITE, 'a', 'a-1')).toBe(true)
  expect(await store.deleteView(SITE, 'a', 'a-1')).toBe(false)
})

test('one that was deleted meanwhile is saved anew', async () => {
  const { store } = opened()
  expect(await store.saveView(SITE, view('a', { revision: 'a-2' }), 'a-1')).toEqual(
    view('a', { revision: 'a-2' }),
  )
})

test('there are at most 100 at a site; of those any can be replaced', async () => {
  const { store } = opened()
  for (let n = 0; n < 100; n++) await store.saveView(SITE, view(`view ${n}`), null)
  await expect(store.saveView(SITE, view('one more'), null)).rejects.toMatchObject({ code: 'usage' })
  await store.saveView(SITE, view('view 7', { revision: 'new' }), 'view 7-1')
  await store.saveView('site-b', view('one more'), null)
  expect(await store.views(SITE)).toHaveLength(100)
})

test('they stay when the ticket tables are dropped', async () => {
  const { store } = opened()
  await store.saveView(SITE, view('a'), null)
  await store.dropTables()
  expect(await store.views(SITE)).toEqual([view('a')])
  await store.saveView(SITE, view('b'), null)
})

test('another instance hears of a view; it is no commit of tickets', async () => {
  const { store, again } = opened()
  const other = await again()
  const heard = vi.fn()
  store.onCommit(SITE, ['views'], heard)
  await other.saveView(SITE, view('a'), null)
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  heard.mockClear()
  await other.deleteView(SITE, 'a', 'a-1')
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  expect(await store.seq(SITE)).toBe(0)
})
