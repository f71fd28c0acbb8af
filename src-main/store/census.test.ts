import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { LEFT_MS, MINUTE, SITE, WATCHED, page, ticket } from '../../test-support/store/pages.ts'

const HOUR = { fromMs: startOfMinute(MINUTE), toMs: startOfMinute(MINUTE + 60) }

/** A ticket of the last moment of a minute, counted from the hour's first. */
function inMinute(id: string, minute: number, given: Partial<Ticket> = {}): Ticket {
  return ticket(id, { createdMs: startOfMinute(MINUTE + minute) + 59_999, ...given })
}

/** Minutes of a week, some that many tickets share, and some whole days apart. */
const anyMinutes = fc
  .tuple(
    fc.array(fc.integer({ min: -4_000, max: 4_000 }), { maxLength: 40 }),
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }),
    fc.array(fc.constantFrom(-4_000, -2_560, -1_120, 320), { maxLength: 4 }),
  )
  .map((both) => both.flat())

/** The cuts, made with everything at hand: a minute that does not fit any more begins the next part. */
function cutsOf(minutes: readonly number[], size: number): number[] {
  const counts = Map.groupBy(minutes, (minute) => minute)
  const cuts: number[] = []
  let part = 0
  for (const minute of [...counts.keys()].toSorted((a, b) => a - b)) {
    const count = counts.get(minute)?.length ?? 0
    const fits = part === 0 || part + count <= size
    if (!fits) cuts.push(startOfMinute(MINUTE + minute))
    part = fits ? part + count : count
  }
  return cuts
}

// The census: what the store counts, in parts, and the strikes against what was missed.

const opened = storeForEach()

test('lists the ids that count in a scope and span', async () => {
  const { store } = opened()
  await store.applyPage(
    page([
      ticket('1'),
      ticket('2', { createdMs: HOUR.toMs - 1 }),
      ticket('3', { createdMs: HOUR.toMs }),
      ticket('4', { createdMs: HOUR.fromMs - 1 }),
      ticket('5', { priorityId: '3' }),
      ticket('6', { projectKey: 'OPS' }),
      ticket('7'),
    ]),
  )
  await store.applyPage(page([ticket('1')], { siteId: 'site-b' }))
  await store.applyPage(page([], { removals: [{ id: '7', reason: 'lowered', atMs: LEFT_MS }] }))
  const ids = async (scope: object): Promise<string[]> =>
    (await store.countedIds(SITE, { ...WATCHED, ...scope }, HOUR)).toSorted()
  expect(await ids({})).toEqual(['1', '2', '6'])
  expect(await ids({ projectKey: 'OPS' })).toEqual(['6'])
  expect(await ids({ priorityIds: [] })).toEqual([])
})

test('lists any number of ids, many of one creation time among them', async () => {
  const { store } = opened()
  const tickets = Array.from({ length: 4_321 }, (_, i) =>
    ticket(String(i), {
      createdMs: HOUR.fromMs + Math.max(0, i - 3_000),
      projectKey: i % 2 ? 'TPM' : 'OPS',
    }),
  )
  await store.applyPage(page(tickets))
  const all = await store.countedIds(SITE, WATCHED, HOUR)
  expect(all.toSorted()).toEqual(tickets.map((one) => one.id).toSorted())
  expect(await store.countedIds(SITE, { ...WATCHED, projectKey: 'TPM' }, HOUR)).toHaveLength(2_160)
})

test('cuts what counts into parts that are no larger than asked for, but for single minutes', async () => {
  let sites = 0
  const holds = fc.asyncProperty(anyMinutes, fc.integer({ min: 1, max: 15 }), async (minutes, size) => {
    sites += 1
    const siteId = `site-${sites}`
    const { store } = opened()
    const tickets = minutes.map((minute, i) =>
      inMinute(String(i), minute, {
        priorityId: String((i % 2) + 1),
        projectKey: i % 3 === 0 ? 'OPS' : 'TPM',
      }),
    )
    await store.applyPage(page(tickets, { siteId }))
    const cuts = await store.createdCuts(siteId, WATCHED, size)
    expect(cuts).toEqual(cutsOf(minutes, size))
  })
  await expect(fc.assert(holds, { numRuns: 40 })).resolves.toBeUndefined()
})

test('cuts only what is in the scope and has not left', async () => {
  const { store } = opened()
  await store.applyPage(
    page([
      inMinute('1', 0),
      inMinute('2', 1, { projectKey: 'OPS' }),
      inMinute('3', 2, { priorityId: '3' }),
      inMinute('4', 3),
      inMinute('5', 4),
      inMinute('6', 0),
    ]),
  )
  await store.applyPage(page([], { removals: [{ id: '4', reason: 'lowered', atMs: LEFT_MS }] }))
  const cuts = async (projectKey: string | null): Promise<number[]> =>
    (await store.createdCuts(SITE, { ...WATCHED, projectKey }, 1)).map((ms) => ms / MS_PER_MINUTE - MINUTE)
  expect(await cuts(null)).toEqual([1, 4])
  expect(await cuts('TPM')).toEqual([4])
  expect(await cuts('WEB')).toEqual([])
})

test('the second miss is reported when it is far enough from the first', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1'), ticket('2')]))
  expect(await store.markMissing(SITE, ['1', 'unknown'], 1_000, 500)).toEqual([])
  expect(await store.markMissing(SITE, ['1', '2'], 1_499, 500)).toEqual([])
  expect(await store.markMissing(SITE, ['1', '2'], 1_500, 500)).toEqual(['1'])
  expect(await store.markMissing(SITE, ['1', '2'], 1_999, 500)).toEqual(['1', '2'])
})

test('strikes of any number of tickets', async () => {
  const { store } = opened()
  const tickets = Array.from({ length: 1_234 }, (_, i) => ticket(String(i)))
  const ids = tickets.map((one) => one.id)
  await store.applyPage(page(tickets))
  expect(await store.markMissing(SITE, ids, 1, 1)).toEqual([])
  expect((await store.markMissing(SITE, ids, 2, 1)).toSorted()).toEqual(ids.toSorted())
  await store.clearMissing(SITE, ids)
  expect(await store.markMissing(SITE, ids, 3, 1)).toEqual([])
})

test.each([
  ['a page that shows the ticket', { tickets: [ticket('1')] }],
  ['a page that shows an older version', { tickets: [ticket('1', { updatedMs: 0, title: 'Old' })] }],
  ['a page that shows a newer version', { tickets: [ticket('1', { updatedMs: LEFT_MS })] }],
])('%s takes the strike back', async (_what, given) => {
  const { store } = opened()
  await store.applyPage(page([ticket('1'), ticket('2')]))
  await store.markMissing(SITE, ['1', '2'], 1_000, 500)
  await store.applyPage(page([], given))
  expect(await store.markMissing(SITE, ['1', '2'], 2_000, 500)).toEqual(['2'])
  expect(await store.markMissing(SITE, ['1', '2'], 2_500, 500)).toEqual(['1', '2'])
})

test('a ticket that left has no strikes, and begins anew when it comes back', async () => {
  const { store, rows } = opened()
  await store.applyPage(page([ticket('1')]))
  await store.markMissing(SITE, ['1'], 1_000, 500)
  await store.applyPage(page([], { removals: [{ id: '1', reason: 'deleted', atMs: LEFT_MS }] }))
  expect(await rows('SELECT missing_since_ms FROM tickets')).toEqual([{ missing_since_ms: null }])
  expect(await store.markMissing(SITE, ['1'], 9_000, 500)).toEqual([])
  await store.applyPage(page([ticket('1')], { byId: true, seenAtMs: LEFT_MS }))
  expect(await store.markMissing(SITE, ['1'], 9_500, 500)).toEqual([])
})

test('strikes raise no seq and are no other site’s', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')]))
  await store.applyPage(page([ticket('1')], { siteId: 'site-b' }))
  await store.markMissing(SITE, ['1'], 1_000, 500)
  expect(await store.markMissing('site-b', ['1'], 2_000, 500)).toEqual([])
  await store.clearMissing('site-b', ['1'])
  expect(await store.markMissing(SITE, ['1'], 2_000, 500)).toEqual(['1'])
  expect(await store.seq(SITE)).toBe(1)
})

test('the last census is kept with the watermark, and never goes back', async () => {
  const { store } = opened()
  await store.setCensus(SITE, 'all', 5)
  expect(await store.syncState(SITE, 'all')).toBeNull()
  await store.applyPage(page([ticket('1')], { watermarkMs: 10 }))
  await store.setCensus(SITE, 'all', 20)
  await store.setCensus(SITE, 'all', 15)
  await store.applyPage(page([], { watermarkMs: 30 }))
  expect(await store.syncState(SITE, 'all')).toEqual({ watermarkMs: 30, censusMs: 20 })
})
