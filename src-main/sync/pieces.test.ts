import { expect, test } from 'vitest'
import type { SearchQuery } from '../jira/jira.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { openTestSync, TEST_SCOPE, type TestSync } from '../../test-support/sync/sync.ts'
import { startSite } from '../../test-support/sync/site.ts'
import { expectTruth, truthOf } from '../../test-support/sync/truth.ts'
import type { SyncJira } from './sync.ts'

/** Some 36 % of them are watched: more than are fetched in one go. */
const MANY = { historyTickets: 16_000, historyHours: 24 * 30 }

/** A Jira that fails from its n-th search on, until `mend`. */
function failingAfter(jira: SyncJira, searches: number) {
  const asked: SearchQuery[] = []
  let failing = true
  const failingJira: SyncJira = {
    ...jira,
    async search(query, signal) {
      if (failing && asked.length >= searches) throw new AppError('jira-unreachable', 'It is away.')
      asked.push(query)
      return jira.search(query, signal)
    },
  }
  return { jira: failingJira, asked, mend: () => void (failing = false) }
}

/** Of how many pieces pages were asked for at the same time, at most. */
function countingPieces(jira: SyncJira) {
  const underWay = new Map<symbol, string>()
  let most = 0
  const counting: SyncJira = {
    ...jira,
    async search(query, signal) {
      const call = Symbol('search')
      underWay.set(call, /created < \d+/.exec(query.jql)?.[0] ?? 'to the end')
      most = Math.max(most, new Set(underWay.values()).size)
      try {
        return await jira.search(query, signal)
      } finally {
        underWay.delete(call)
      }
    },
  }
  return { jira: counting, most: () => most }
}

test('several pieces are fetched at once, but never many', { timeout: 60_000 }, async () => {
  const { jira, sandbox } = await startSite({ historyTickets: 36_000, historyHours: 24 * 30 })
  const counting = countingPieces(jira)
  const watched = ['1', '2', '3', '4', '5'].map((id) => ({ id, name: id }))
  const { sync, truth, scope } = await openTestSync(counting.jira, { watched })
  await sync.now()
  expect(counting.most()).toBe(4)
  expectTruth(await truth(), await truthOf(sandbox, scope))
})

test('many tickets are fetched in pieces, with what changes meanwhile', async () => {
  const { sandbox, jira, advance } = await startSite(MANY)
  let searches = 0
  const busy: SyncJira = {
    ...jira,
    async search(query, signal) {
      // Somebody works on the tickets that are just being fetched, and makes others.
      if (searches++ === 20) {
        advance(60_000)
        await sandbox.add({
          project: { key: 'TPM' },
          issuetype: { id: '10001' },
          summary: 'New',
          priority: { id: '1' },
        })
        const [one, two, three] = (await sandbox.truth()).filter(({ priorityId }) => priorityId === 1)
        await sandbox.edit(one?.key ?? '', { priority: { id: '5' } })
        await sandbox.edit(two?.key ?? '', { priority: { id: '2' } })
        await sandbox.edit(three?.key ?? '', { summary: 'Another title' })
      }
      return jira.search(query, signal)
    },
  }
  const { sync, truth, statuses, watermark } = await openTestSync(busy)
  const { inserted, cursorMs } = await sync.now()
  expect(inserted).toBeGreaterThan(5_000)
  expectTruth(await truth(), await truthOf(sandbox, TEST_SCOPE))
  expect(await watermark()).toBe(cursorMs)

  const told = statuses.flatMap(({ progress }) => progress ?? [])
  expect(told.length).toBeGreaterThan(0)
  expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((a, b) => a - b))
  expect(told[0]?.total).toBeGreaterThan(5_000)
  expect(sync.status()).toMatchObject({ progress: null, state: 'idle' })
})

test('one that failed goes on where it was, in another process, too', async () => {
  const { sandbox, jira } = await startSite(MANY)
  const store = await openTestStore()
  const first = failingAfter(jira, 40)
  const one = await openTestSync(first.jira, { store })
  await expect(one.sync.now()).rejects.toMatchObject({ code: 'jira-unreachable' })
  expect(one.sync.status()).toMatchObject({
    state: 'failing',
    progress: { done: expect.any(Number) as number },
  })
  expect(await one.watermark()).toBeNull()
  const done = (await one.truth()).tickets.length
  expect(done).toBeGreaterThan(3_000)
  await one.sync.stop()

  const rest = failingAfter(jira, Infinity)
  const two = await openTestSync(rest.jira, { store, owner: 'another' })
  await two.sync.now()
  expectTruth(await two.truth(), await truthOf(sandbox, TEST_SCOPE))
  const all = (await two.truth()).tickets.length
  // A minute of each piece is read again, and what changed meanwhile is looked for.
  expect(rest.asked.length).toBeLessThan((all - done) / 100 + 12)
})

test.each([12, 13, 14])(
  'an empty end of a piece is believed only from a Jira that still knows us: page %d',
  async (n) => {
    const { sandbox, jira } = await startSite(MANY)
    let searches = 0
    let lies = true
    const lying: SyncJira = {
      ...jira,
      async search(query, signal) {
        const page = await jira.search(query, signal)
        return lies && ++searches >= n ? { ...page, tickets: [], nextPageToken: null } : page
      },
      async identity(signal) {
        if (lies && searches >= n) throw new AppError('not-authenticated', 'Jira does not know us.')
        return jira.identity(signal)
      },
    }
    const { sync, truth, watermark } = await openTestSync(lying)
    await expect(sync.now()).rejects.toMatchObject({ code: 'not-authenticated' })
    expect(await watermark()).toBeNull()
    lies = false
    await sync.now()
    expectTruth(await truth(), await truthOf(sandbox, TEST_SCOPE))
  },
)

test('a few are fetched without a plan, and a site without any asks little', async () => {
  const { jira, sandbox } = await startSite()
  let counts = 0
  const counting: SyncJira = {
    ...jira,
    approximateCount(jql, signal) {
      counts++
      return jira.approximateCount(jql, signal)
    },
  }
  const { sync, watermark } = await openTestSync(counting)
  expect(await sync.now()).toMatchObject({ pages: 1, fetched: 0 })
  await sandbox.add({
    project: { key: 'TPM' },
    issuetype: { id: '10001' },
    summary: 'New',
    priority: { id: '1' },
  })
  expect(await sync.now()).toMatchObject({ pages: 1, fetched: 1, inserted: 1 })
  expect(await watermark()).not.toBeNull()
  expect(counts).toBe(0)
})

test('the newest hour is fetched first, and known before anything else is', async () => {
  const { sandbox, jira } = await startSite({ historyTickets: 700, historyHours: 24 })
  const hourMs = 3_600_000
  let searches = 0
  const failing: SyncJira = {
    ...jira,
    async search(query, signal) {
      searches += 1
      // Past the first page, by which it plans, only the piece without an end is answered.
      if (searches === 1 || !query.jql.includes('created < ')) return jira.search(query, signal)
      await expect.poll(() => one.sync.known()).not.toEqual([])
      throw new AppError('jira-unreachable', 'It is away.')
    },
    // A large Jira: how to cut what came before is still being counted when the newest hour is there.
    async approximateCount(jql) {
      if (!jql.includes('created < ')) return 50_000
      await expect.poll(() => one.sync.known()).not.toEqual([])
      return 5
    },
  }
  const store = await openTestStore()
  const one: TestSync = await openTestSync(failing, { store })
  const nowMs = sandbox.clock.now()
  await expect(one.sync.now()).rejects.toMatchObject({ code: 'jira-unreachable' })
  const { tickets } = await truthOf(sandbox, TEST_SCOPE)
  const newest = tickets.filter(({ createdMs }) => createdMs >= nowMs - hourMs)
  expect(newest.length).toBeGreaterThan(5)
  const stored = new Set((await one.stored()).map(({ id }) => id))
  expect(newest.filter(({ id }) => !stored.has(id))).toEqual([])
  const [known, ...others] = await one.sync.known()
  expect(others).toEqual([])
  expect(known?.fromMs).toBeLessThanOrEqual(nowMs - hourMs)
  expect(known?.fromMs).toBeGreaterThan(nowMs - hourMs - 2 * 60_000)
  expect(known?.toMs).toBeGreaterThan(nowMs - 2_000)
})
