import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { MINUTE, page, SITE, ticket } from '../../test-support/store/pages.ts'
import { ENGINE, makeTestData } from '../../test-support/store/store.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import type { Store } from '../store/store.ts'
import { createCountsState } from './counts-state.ts'

// Over a store that another process writes to as well.

const SCOPE = 'scope'

async function open(change: (store: Store) => Partial<Store> = () => ({})) {
  const data = await makeTestData()
  const [mine, other] = [await data.open(), await data.open()]
  await mine.createTables()
  const asked = vi.fn(() => mine.seq(SITE))
  const stopping = new AbortController()
  const clock = { atMs: 0, now: () => clock.atMs, elapsedMs: () => clock.atMs }
  const status = { lastSuccessMs: null, indexLagMs: 0 }
  const site = { nowMs: startOfMinute(MINUTE) }
  const state = createCountsState(
    {
      store: { ...mine, seq: asked, ...change(mine) },
      siteId: SITE,
      sync: { known: () => mine.knownSpans(SITE, SCOPE), status: () => status as never },
      time: { now: () => site.nowMs, current: () => steadyClock(0) },
      clock,
    },
    stopping.signal,
  )
  return { mine, other, state, asked, clock, site }
}

let nextId = 0
async function commit(store: Store): Promise<number> {
  return (await store.applyPage(page([ticket(String(nextId++), { createdMs: startOfMinute(MINUTE) })]))).seq
}

test('is there at once while nothing changes, and read once for all who ask at once', async () => {
  const { state, asked, mine } = await open()
  const seq = await commit(mine)
  const many = await Promise.all(Array.from({ length: 50 }, async () => state()))
  expect(new Set(many.map((one) => one.seq))).toEqual(new Set([seq]))
  for (let n = 0; n < 50; n++) expect(state()).toMatchObject({ seq })
  expect(asked).toHaveBeenCalledTimes(1)
})

test('shows each commit of this process from the next call on', async () => {
  const { state, mine } = await open()
  for (let n = 0; n < 20; n++) expect((await state()).seq).toBe((await state()).seq)
  for (let n = 0; n < 20; n++) {
    const seq = await commit(mine)
    expect((await state()).seq).toBe(seq)
  }
  await mine.dropTables()
  await expect((async () => state())()).rejects.toMatchObject({ code: 'tables-missing' })
})

test('shows a commit of another process within a fraction of a second; in a file, from the next call on', async () => {
  const { state, other, clock } = await open()
  await state()
  for (let n = 0; n < 10; n++) {
    const seq = await commit(other)
    // The clock stands still: it is told of it. In a file the next call shows it.
    const untilMs = performance.now() + (ENGINE === 'sqlite' ? 0 : 900)
    let shown = (await state()).seq
    while (shown !== seq && performance.now() < untilMs) {
      await sleep(1)
      shown = (await state()).seq
    }
    expect(shown).toBe(seq)
  }
  expect(clock.atMs).toBe(0)
})

test('what nobody told is shown after a second', async () => {
  const { state, other, clock } = await open(() => ({ onCommit: () => () => {}, version: () => '' }))
  const { seq } = await state()
  await commit(other)
  clock.atMs = 999
  expect((await state()).seq).toBe(seq)
  clock.atMs = 1_000
  expect((await state()).seq).toBe(seq + 1)
})

test('a commit that falls into the reading is shown by the next call', async () => {
  const { state, mine, asked } = await open()
  asked.mockImplementationOnce(async () => {
    const before = await mine.seq(SITE)
    await commit(mine)
    return before
  })
  const { seq } = await state()
  expect((await state()).seq).toBe(seq + 1)
})

test('says by the clock which minutes are provisional, without asking the store', async () => {
  const { state, asked, site } = await open()
  const { provisionalFromMinute } = await state()
  site.nowMs += 5 * 60_000
  expect(state()).toMatchObject({ provisionalFromMinute: provisionalFromMinute + 5 })
  expect(asked).toHaveBeenCalledTimes(1)
})

test('of a store that is closed rejects, as a read of it does', async () => {
  const { state, mine } = await open()
  await state()
  await mine.close()
  await expect((async () => state())()).rejects.toMatchObject({ code: 'store-unavailable' })
})
