import { expect, test } from 'vitest'
import { page, SITE, ticket } from '../../test-support/store/pages.ts'
import { storeForEach } from '../../test-support/store/store.ts'

const PIECES = [
  { fromMs: 0, toMs: 100 },
  { fromMs: 100, toMs: 200 },
  { fromMs: 200, toMs: 8_640_000_000_000_000 },
]

// Which times are known: what a chart may call zero.

const opened = storeForEach()

function progress(toMs: number, nextFromMs: number | null) {
  return { piece: { watermarkMs: 1_000, toMs, nextFromMs } }
}

test('nothing is known at first; a watermark makes known what is before it, to its scope alone', async () => {
  const { store, again } = opened()
  expect(await store.knownSpans(SITE, 'all')).toEqual([])
  await store.applyPage(page([ticket('1')]))
  await store.applyPage(page([ticket('2')], { source: 'import' }))
  expect(await store.knownSpans(SITE, 'all')).toEqual([])
  await store.applyPage(page([], { watermarkMs: 900 }))
  expect(await (await again()).knownSpans(SITE, 'all')).toEqual([{ fromMs: 0, toMs: 900 }])
  expect(await store.knownSpans(SITE, 'other')).toEqual([])
  expect(await store.knownSpans('site-b', 'all')).toEqual([])
})

test('so does a search that found nothing, which moves no watermark and is no commit; it never goes back', async () => {
  const { store } = opened()
  const epoch = await store.epoch(SITE)
  await store.setKnown(SITE, 'all', { knownMs: 700, epoch })
  expect(await store.syncState(SITE, 'all')).toBeNull()
  expect(await store.seq(SITE)).toBe(0)
  await store.setKnown(SITE, 'all', { knownMs: 600, epoch })
  expect(await store.knownSpans(SITE, 'all')).toEqual([{ fromMs: 0, toMs: 700 }])
  await store.applyPage(page([], { watermarkMs: 650 }))
  expect(await store.knownSpans(SITE, 'all')).toEqual([{ fromMs: 0, toMs: 700 }])
  await store.applyPage(page([], { watermarkMs: 900 }))
  expect(await store.knownSpans(SITE, 'all')).toEqual([{ fromMs: 0, toMs: 900 }])
})

test('of a first fetch in pieces, what is fetched is known piece by piece', async () => {
  const { store } = opened()
  await store.planFirstFetch(SITE, 'all', { watermarkMs: 1_000, total: 3, epoch: 0, pieces: PIECES })
  expect(await store.knownSpans(SITE, 'all')).toEqual([])
  await store.applyPage(page([], progress(8_640_000_000_000_000, 300)))
  expect(await store.knownSpans(SITE, 'all')).toEqual([{ fromMs: 200, toMs: 300 }])
  await store.applyPage(page([], progress(8_640_000_000_000_000, null)))
  await store.applyPage(page([], progress(100, null)))
  expect(await store.knownSpans(SITE, 'all')).toEqual([
    { fromMs: 0, toMs: 100 },
    { fromMs: 200, toMs: 1_000 },
  ])
  await store.applyPage(page([], progress(200, null)))
  expect(await store.knownSpans(SITE, 'all')).toEqual([{ fromMs: 0, toMs: 1_000 }])
})

test('it goes with the ticket tables; what was searched before belongs to the old ones', async () => {
  const { store } = opened()
  const epoch = await store.epoch(SITE)
  await store.setKnown(SITE, 'all', { knownMs: 700, epoch })
  await store.dropTables()
  const missing = { code: 'tables-missing' }
  await expect(store.knownSpans(SITE, 'all')).rejects.toMatchObject(missing)
  await expect(store.setKnown(SITE, 'all', { knownMs: 800, epoch })).rejects.toMatchObject({})
  await store.createTables()
  expect(await store.knownSpans(SITE, 'all')).toEqual([])
  await expect(store.setKnown(SITE, 'all', { knownMs: 800, epoch })).rejects.toMatchObject({
    code: 'busy',
    retryable: true,
  })
  expect(await store.knownSpans(SITE, 'all')).toEqual([])
})
