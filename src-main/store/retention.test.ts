import fc from 'fast-check'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { bundled } from '../../test-support/process/bundled.ts'
import { startTestChild } from '../../test-support/process/child.ts'
import { countDifferences } from '../../test-support/store/count-differences.ts'
import { hour, MINUTE, noNews, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'
import { ENGINE, makeTestData, storeForEach, type TestData } from '../../test-support/store/store.ts'
import { sleep } from '../runtime/async.ts'
import { machineClock } from '../runtime/clock.ts'
import type { GivenTicket } from './fields/stored-fields.ts'
import type { Store } from './store.ts'

// What is no longer kept is not known from one commit on, is deleted in steps, and does not come back.

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const RUNS = LONG ? 60 : ENGINE === 'sqlite' ? 12 : 4
const KILLS = LONG ? 100 : 12
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)
const DELETING = fileURLToPath(new URL('../../test-support/store/delete-old.ts', import.meta.url))

/** The first minute of a day, in the middle of the tickets. */
const KEPT_MINUTE = Math.floor(MINUTE / 1_440) * 1_440
const KEPT_MS = startOfMinute(KEPT_MINUTE)
/** More than two steps of either engine take. */
const TICKETS = 4_400

const opened = storeForEach()

/** Half of them before and half after, some of them in one crowded minute. */
function old(id: number, given: Partial<GivenTicket> = {}): GivenTicket {
  const minute = id % 5 === 0 ? KEPT_MINUTE - 7 : KEPT_MINUTE - 20_000 + ((id * 7_919) % 40_000)
  return ticket(String(id), {
    projectKey: id % 3 === 0 ? 'OPS' : 'TPM',
    priorityId: String((id % 2) + 1),
    createdMs: startOfMinute(minute) + (id % 59_000),
    ...(id % 7 === 0 && { rehearsed: true }),
    ...(id % 4 === 0 && { issueType: 'Bug' }),
    ...given,
  })
}

/** One in fifty left. */
const isGone = ({ id }: GivenTicket): boolean => Number(id) % 50 === 0

async function fill(store: Store, siteId = SITE, count = TICKETS): Promise<GivenTicket[]> {
  const tickets = Array.from({ length: count }, (_, id) => old(id + 1))
  await store.applyPage(page(tickets, { siteId, watermarkMs: KEPT_MS + 9e9 }))
  const removals = tickets
    .filter(isGone)
    .map(({ id }) => ({ id, reason: 'deleted' as const, atMs: KEPT_MS + 1e9 }))
  await store.applyPage(page([], { siteId, removals }))
  return tickets
}

async function deleteAll(store: Store): Promise<number> {
  let deleted = 0
  for (let more = true; more;) {
    const step = await store.deleteOld()
    deleted += step.deleted
    more = step.more
  }
  return deleted
}

const isOld = ({ createdMs }: { readonly createdMs: number }): boolean => createdMs < KEPT_MS

async function storedIds(query: TestData['query'], siteId = SITE): Promise<string[]> {
  const found = await query(`SELECT id FROM tickets WHERE site_id = '${siteId}'`)
  return found.map(({ id }) => String(id)).toSorted()
}

/** Rows of counts of times that are not kept. */
async function oldCells(query: TestData['query'], siteId = SITE): Promise<number> {
  const rows = await query(`
    SELECT (SELECT COUNT(*) FROM minute_counts WHERE site_id = '${siteId}' AND minute < ${KEPT_MINUTE})
      + (SELECT COUNT(*) FROM field_counts WHERE site_id = '${siteId}' AND minute < ${KEPT_MINUTE})
      + (SELECT COUNT(*) FROM usual_counts WHERE site_id = '${siteId}' AND five_minutes < ${KEPT_MINUTE / 5})
      + (SELECT COUNT(*) FROM day_counts WHERE site_id = '${siteId}' AND day < ${KEPT_MINUTE / 1_440}) AS cells`)
  return Number(rows[0]?.['cells'])
}

test('the preview says of each site what is old: tickets, minutes, from when to when, and what stays', async () => {
  const { store } = opened()
  const tickets = await fill(store)
  await store.applyPage(page([ticket('1', { createdMs: KEPT_MS })], { siteId: 'site-b' }))
  const before = tickets.filter(isOld)
  const counted = before.filter(({ id }) => Number(id) % 50 !== 0)
  const minutes = counted.map(({ createdMs }) => Math.floor(createdMs / 60_000))
  const all = tickets.filter(({ id }) => Number(id) % 50 !== 0)
  expect(before.length).toBeGreaterThan(2_000)
  const nothingYet = { keptFromMs: null, isUnfinished: false }
  expect(await store.oldTickets(KEPT_MS)).toEqual([
    {
      siteId: SITE,
      tickets: before.length,
      counted: counted.length,
      minutes: new Set(minutes).size,
      span: { fromMs: startOfMinute(Math.min(...minutes)), toMs: startOfMinute(Math.max(...minutes) + 1) },
      kept: all.length - counted.length,
      ...nothingYet,
    },
    { siteId: 'site-b', tickets: 0, counted: 0, minutes: 0, span: null, kept: 1, ...nothingYet },
  ])
  expect(await store.storeBytes()).toBeGreaterThan(100_000)
  expect(await store.deleteOld()).toEqual({ deleted: 0, more: false })
  expect(await store.knownSpans(SITE, 'all')).toEqual([{ fromMs: 0, toMs: KEPT_MS + 9e9 }])
})

test('from one commit on the time is not known and nothing of it is stored; then it is deleted with its counts', async () => {
  const { store, again, rows } = opened()
  const tickets = await fill(store)
  const [seq, epoch] = [await store.seq(SITE), await store.epoch(SITE)]
  await store.keepFrom(KEPT_MS)
  expect(await store.known(SITE, 'all')).toEqual({
    spans: [{ fromMs: KEPT_MS, toMs: KEPT_MS + 9e9 }],
    keptFromMs: KEPT_MS,
  })
  // Whoever shows counts asks for all of them anew, and a fetch that began before begins anew.
  const other = await again()
  expect(await other.changesSince(SITE, seq, WATCHED, 10)).toMatchObject({ changes: null })
  await expect(other.applyPage(page([old(9_001)], { epoch }))).rejects.toMatchObject({ code: 'busy' })
  expect(await other.oldTickets(KEPT_MS)).toMatchObject([{ keptFromMs: KEPT_MS, isUnfinished: true }])

  const seen = await other.seq(SITE)
  expect(await deleteAll(other)).toBe(tickets.filter(isOld).length)
  expect(await storedIds(rows)).toEqual(
    tickets
      .filter((one) => !isOld(one))
      .map(({ id }) => id)
      .toSorted(),
  )
  expect(await oldCells(rows)).toBe(0)
  expect(await countDifferences(rows)).toEqual([])
  expect(await store.oldTickets(KEPT_MS)).toMatchObject([{ tickets: 0, isUnfinished: false }])
  // Who has seen what was there when it began is not left with it.
  expect(await store.changesSince(SITE, seen, WATCHED, 10)).toMatchObject({ changes: null })
})

test('what is not kept does not come back from Jira, and an import of it is refused', async () => {
  const { store, rows } = opened()
  await fill(store, SITE, 40)
  await store.keepFrom(KEPT_MS)
  await deleteAll(store)
  const [before, seq] = [await storedIds(rows), await store.seq(SITE)]
  const late = ticket('900', { createdMs: KEPT_MS - 1 })
  const gone = {
    id: '901',
    reason: 'lowered' as const,
    atMs: 1,
    ticket: ticket('901', { createdMs: KEPT_MS - 1 }),
  }
  expect(await store.applyPage(page([late], { removals: [gone] }))).toEqual(noNews(seq))
  expect(await store.applyPage(page([late], { byId: true }))).toEqual(noNews(seq))
  await expect(store.applyPage(page([late], { source: 'import' }))).rejects.toMatchObject({ code: 'usage' })
  await expect(store.applyPage(page([], { source: 'import', removals: [gone] }))).rejects.toMatchObject({
    code: 'usage',
  })
  expect(await storedIds(rows)).toEqual(before)
  const first = ticket('902', { createdMs: KEPT_MS })
  expect(await store.applyPage(page([first, late]))).toMatchObject({ inserted: 1, changed: ['902'] })
  expect(await storedIds(rows)).toEqual([...before, '902'].toSorted())
})

test('it never goes back; a later month goes on; dropping the tables forgets it', async () => {
  const { store, rows } = opened()
  await fill(store, SITE, 200)
  const later = KEPT_MS + 5 * 86_400_000
  await store.keepFrom(KEPT_MS)
  await deleteAll(store)
  await store.keepFrom(KEPT_MS - 86_400_000)
  expect(await store.keptFromMs(SITE)).toBe(KEPT_MS)
  expect(await store.deleteOld()).toEqual({ deleted: 0, more: false })
  await store.keepFrom(later)
  expect(await deleteAll(store)).toBeGreaterThan(0)
  expect(await rows(`SELECT id FROM tickets WHERE created_ms < ${later}`)).toEqual([])
  expect(await countDifferences(rows)).toEqual([])
  await store.dropTables()
  await store.createTables()
  expect(await store.keptFromMs(SITE)).toBe(0)
  expect(await store.applyPage(page([ticket('1', { createdMs: KEPT_MS - 1 })]))).toMatchObject({
    inserted: 1,
  })
})

test('pieces of a first fetch that are not kept stay unknown, whole or not', async () => {
  const { store } = opened()
  const pieces = [
    { fromMs: 0, toMs: KEPT_MS - 1_000_000 },
    { fromMs: KEPT_MS - 1_000_000, toMs: KEPT_MS + 1_000_000 },
    { fromMs: KEPT_MS + 1_000_000, toMs: 8.64e15 },
  ]
  const plan = { watermarkMs: KEPT_MS + 9_000_000, total: 3, pieces }
  await store.planFirstFetch(SITE, 'all', { ...plan, epoch: 0 })
  const ended = ({ toMs }: { readonly toMs: number }) =>
    store.applyPage(page([], { piece: { watermarkMs: plan.watermarkMs, toMs, nextFromMs: null } }))
  const [first, second, third] = pieces
  if (first === undefined || second === undefined || third === undefined) throw new Error('three pieces')
  await ended(third)
  await store.applyPage(page([old(5)]))
  await store.keepFrom(KEPT_MS)
  expect(await store.knownSpans(SITE, 'all')).toEqual([
    { fromMs: KEPT_MS + 1_000_000, toMs: plan.watermarkMs },
  ])
  await ended(second)
  expect(await store.knownSpans(SITE, 'all')).toEqual([{ fromMs: KEPT_MS, toMs: plan.watermarkMs }])
  await ended(first)
  expect(await store.knownSpans(SITE, 'all')).toEqual([{ fromMs: KEPT_MS, toMs: plan.watermarkMs }])
})

const anyStep = fc.oneof(
  fc.constant('delete' as const),
  fc.record({
    ids: fc.array(fc.integer({ min: 1, max: 1_500 }), { minLength: 1, maxLength: 60 }),
    version: fc.integer({ min: 1, max: 9 }),
    priorityId: fc.constantFrom('1', '2', '3'),
    gone: fc.array(fc.integer({ min: 1, max: 1_200 }), { maxLength: 20 }),
  }),
)

test('whatever is committed between the steps: counts are those of the tickets at each, and none is older in the end', async () => {
  const { store, rows } = opened()
  let sites = 0
  const holds = fc.asyncProperty(fc.array(anyStep, { minLength: 3, maxLength: 10 }), async (steps) => {
    const siteId = `site-${++sites}`
    await fill(store, siteId, 1_200)
    await store.keepFrom(KEPT_MS)
    for (const step of steps) {
      if (step === 'delete') await store.deleteOld()
      else {
        const updatedMs = 10 ** 13 + step.version
        const tickets = step.ids.map((id) => old(id, { updatedMs, priorityId: step.priorityId }))
        const removals = step.gone.map((id) => ({
          id: String(id),
          reason: 'deleted' as const,
          atMs: 10 ** 13 + 5,
        }))
        await store.applyPage(page(tickets, { siteId, removals }))
      }
      expect(await countDifferences(rows, siteId)).toEqual([])
    }
    await deleteAll(store)
    expect(await countDifferences(rows, siteId)).toEqual([])
    expect(await oldCells(rows, siteId)).toBe(0)
    expect(
      await rows(`SELECT id FROM tickets WHERE site_id = '${siteId}' AND created_ms < ${KEPT_MS}`),
    ).toEqual([])
  })
  await expect(fc.assert(holds, { numRuns: RUNS, endOnFailure: true })).resolves.toBeUndefined()
}, 240_000)

test(
  'processes that are killed while they delete leave whole steps, and the next one goes on',
  { timeout: 60_000 + KILLS * 5_000 },
  async () => {
    const data = await makeTestData()
    const query: TestData['query'] = (sql) => data.query(sql)
    const store = await data.open()
    const tickets = await fill(store, SITE, 30_000)
    await store.keepFrom(KEPT_MS)
    const random = xoroshiro128plus(SEED)
    const script = bundled(DELETING)
    let kills = 0
    for (let isOver = false; !isOver;) {
      const child = await startTestChild(script)
      child.tell(data.config)
      if (kills === KILLS) await child.end()
      else {
        // It lives for a few steps, and is struck anywhere in the next one.
        for (let steps = uniformInt(random, 0, 2); steps > 0; steps--) await child.next()
        await sleep(uniformInt(random, 0, 12))
      }
      if ((await child.kill()) === null) kills += 1
      expect(await countDifferences(query, SITE), `seed ${SEED}`).toEqual([])
      isOver = !(await store.oldTickets(KEPT_MS)).some(({ isUnfinished }) => isUnfinished)
    }
    console.log(`deleting old tickets on ${ENGINE} with seed ${SEED}: ${kills} kills`)
    expect(await storedIds(query)).toEqual(
      tickets
        .filter((one) => !isOld(one))
        .map(({ id }) => id)
        .toSorted(),
    )
    expect(await oldCells(query)).toBe(0)
    expect(kills, `seed ${SEED}`).toBeGreaterThan(3)
  },
)

test('counts of a time that was deleted are nothing, and of what is kept they are what they were', async () => {
  const { store } = opened()
  await fill(store)
  const kept = { fromMinute: KEPT_MINUTE, toMinute: KEPT_MINUTE + 20_000, bucketMinutes: 1_440 }
  const before = await store.counts(hour(kept))
  const gone = { fromMinute: KEPT_MINUTE - 20_000, toMinute: KEPT_MINUTE, bucketMinutes: 1_440 }
  expect((await store.counts(hour(gone))).rows).not.toEqual([])
  await store.keepFrom(KEPT_MS)
  await deleteAll(store)
  expect((await store.counts(hour(kept))).rows).toEqual(before.rows)
  expect((await store.counts(hour(gone))).rows).toEqual([])
  expect(await store.outside(SITE, kept, WATCHED)).toMatchObject({ before: 0, lastBeforeMs: null })
})
