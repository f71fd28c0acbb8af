import { expect, test } from 'vitest'
import type { FirstFetchPlan, PieceProgress } from './store.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'

const PIECES = [
  { fromMs: 0, toMs: 100 },
  { fromMs: 100, toMs: 200 },
  { fromMs: 200, toMs: 300 },
]

function plan(given: Partial<FirstFetchPlan> = {}): FirstFetchPlan {
  return { watermarkMs: 1_000, total: 3_000, epoch: 0, pieces: PIECES, ...given }
}

function progress(toMs: number, nextFromMs: number | null, watermarkMs = 1_000): PieceProgress {
  return { watermarkMs, toMs, nextFromMs }
}

// The first fetch: planned in pieces, and gone on with after any end.

const opened = storeForEach()
const refused = { code: 'busy', retryable: true }

test('a plan is there until its last piece is whole, in whatever order they end', async () => {
  const { store } = opened()
  expect(await store.firstFetch(SITE, 'all')).toBeNull()
  await store.planFirstFetch(SITE, 'all', plan())
  expect(await store.firstFetch(SITE, 'all')).toEqual({
    watermarkMs: 1_000,
    total: 3_000,
    pieces: PIECES,
  })

  await store.applyPage(page([ticket('1')], { piece: progress(300, 250) }))
  await store.applyPage(page([ticket('2')], { piece: progress(200, null) }))
  const left = [PIECES[0], { fromMs: 250, toMs: 300 }]
  expect(await store.firstFetch(SITE, 'all')).toMatchObject({ pieces: left })
  await store.applyPage(page([], { piece: progress(300, null) }))
  expect(await store.syncState(SITE, 'all')).toBeNull()
  await store.applyPage(page([ticket('3')], { piece: progress(100, null) }))
  expect(await store.firstFetch(SITE, 'all')).toBeNull()
  expect(await store.syncState(SITE, 'all')).toEqual({ watermarkMs: 1_000, censusMs: null })
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(3)
})

test('the progress of a page is stored with the last of its tickets, or not at all', async () => {
  const { store } = opened()
  await store.planFirstFetch(SITE, 'all', plan())
  const untitled = ticket('600', { title: null as unknown as string })
  const tickets = [...Array.from({ length: 600 }, (_, i) => ticket(String(i))), untitled]
  const broken = page(tickets, { piece: progress(100, null), watermarkMs: 5 })
  await expect(store.applyPage(broken)).rejects.toThrow('title')
  expect(await store.syncState(SITE, 'all')).toBeNull()
  expect(await store.firstFetch(SITE, 'all')).toMatchObject({ pieces: PIECES })
  await store.applyPage(page(tickets.slice(0, 600), { piece: progress(100, null) }))
  expect(await store.firstFetch(SITE, 'all')).toMatchObject({ pieces: PIECES.slice(1) })
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(600)
})

test('what is left of a piece never grows', async () => {
  const { store } = opened()
  await store.planFirstFetch(SITE, 'all', plan())
  await store.applyPage(page([], { piece: progress(100, 60) }))
  await store.applyPage(page([], { piece: progress(100, 40) }))
  expect((await store.firstFetch(SITE, 'all'))?.pieces[0]).toEqual({ fromMs: 60, toMs: 100 })
})

test('pages of many fetchers at once: each piece ends, the watermark comes with the last', async () => {
  const { store, again } = opened()
  const other = await again()
  await store.planFirstFetch(SITE, 'all', plan())
  await Promise.all(
    PIECES.map(async ({ fromMs, toMs }, n) => {
      const one = n === 1 ? other : store
      for (let from = fromMs + 10; from < toMs; from += 10)
        await one.applyPage(page([ticket(String(from))], { piece: progress(toMs, from) }))
      await one.applyPage(page([ticket(String(toMs))], { piece: progress(toMs, null) }))
    }),
  )
  expect(await store.firstFetch(SITE, 'all')).toBeNull()
  expect(await store.syncState(SITE, 'all')).toMatchObject({ watermarkMs: 1_000 })
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(30)
})

test.each([
  ['that nobody planned', progress(150, null)],
  ['of another plan', progress(100, null, 999)],
  ['that has ended', progress(300, null)],
])('a page for a piece %s is refused, and nothing of it stored', async (_what, piece) => {
  const { store } = opened()
  await store.planFirstFetch(SITE, 'all', plan())
  await store.applyPage(page([], { piece: progress(300, null) }))
  const tickets = Array.from({ length: 600 }, (_, i) => ticket(String(i)))
  await expect(store.applyPage(page(tickets, { piece }))).rejects.toMatchObject(refused)
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(0)
  expect(await store.firstFetch(SITE, 'all')).toMatchObject({ pieces: PIECES.slice(0, 2) })
})

test('a newer plan takes the place of an older one, of its scope alone', async () => {
  const { store } = opened()
  await store.planFirstFetch(SITE, 'all', plan())
  await store.planFirstFetch(SITE, 'other', plan())
  const pieces = [{ fromMs: 0, toMs: 300 }]
  await store.planFirstFetch(SITE, 'all', plan({ watermarkMs: 2_000, total: 9, pieces }))
  expect(await store.firstFetch(SITE, 'all')).toEqual({ watermarkMs: 2_000, total: 9, pieces })
  expect(await store.firstFetch(SITE, 'other')).toMatchObject({ pieces: PIECES })
  // The same piece, fetched for the older watermark.
  const late = page([ticket('1')], { piece: progress(300, null) })
  await expect(store.applyPage(late)).rejects.toMatchObject(refused)
  expect(await store.syncState(SITE, 'all')).toBeNull()
})

test('a plan goes with the ticket tables; what was planned or fetched before belongs to the old ones', async () => {
  const { store } = opened()
  await store.planFirstFetch(SITE, 'all', plan())
  await store.applyPage(page([ticket('1')]))
  const before = await store.epoch(SITE)
  await store.dropTables()
  await expect(store.firstFetch(SITE, 'all')).rejects.toMatchObject({ code: 'tables-missing' })
  await store.createTables()
  expect(await store.firstFetch(SITE, 'all')).toBeNull()
  await expect(store.planFirstFetch(SITE, 'all', plan({ epoch: before }))).rejects.toMatchObject(refused)
  await store.planFirstFetch(SITE, 'all', plan({ epoch: await store.epoch(SITE) }))
  const late = page([ticket('1')], { epoch: before, piece: progress(100, null) })
  await expect(store.applyPage(late)).rejects.toMatchObject(refused)
  expect(await store.firstFetch(SITE, 'all')).toMatchObject({ pieces: PIECES })
})
