import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { PriorityCount } from '../../src-shared/domain/series.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { CountsScope, OutsideSpan } from './store.ts'
import { countDifferences } from '../../test-support/store/count-differences.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { LEFT_MS, MINUTE, SITE, WATCHED, hour, page, ticket } from '../../test-support/store/pages.ts'

const RUNS = process.env['JIRA_TPM_LONG'] ? 1_000 : 60
const MINUTES_PER_DAY = 1_440

/** A ticket of the last moment of a minute, counted from the hour's first. */
function inMinute(id: string, minutes: number, given: Partial<Ticket> = {}): Ticket {
  return ticket(id, { createdMs: startOfMinute(MINUTE + minutes) + 59_999, ...given })
}

// What the counts say, of a span and of what changed.

const opened = storeForEach()

test('buckets begin at the span, which ends before its last minute', async () => {
  const { store } = opened()
  await store.applyPage(page([-1, 0, 9, 10, 14, 15].map((at, i) => inMinute(String(i), at))))
  const { seq, rows } = await store.counts(hour({ toMinute: MINUTE + 15, bucketMinutes: 10 }))
  expect(seq).toBe(1)
  expect(rows).toEqual([
    { startMinute: MINUTE, priorityId: '2', count: 2 },
    { startMinute: MINUTE + 10, priorityId: '2', count: 2 },
  ])
})

test('days and weeks of a calendar are the sums of their minutes, wherever they begin', async () => {
  const aLength = fc.oneof(fc.integer({ min: 1, max: 4_000 }), fc.constantFrom(1_380, 1_440, 1_500))
  const lengths = fc.array(aLength, { minLength: 1, maxLength: 9 })
  let sites = 0
  const holds = fc.asyncProperty(anyTickets, anyMinute, lengths, async (tickets, first, each) => {
    sites += 1
    const siteId = `calendar-${sites}`
    const { store } = opened()
    const forms = tickets.map(({ minute, priorityId, projectKey }, n) =>
      inMinute(String(n), minute, { priorityId, projectKey }),
    )
    await store.applyPage(page(forms, { siteId }))
    const edges = each.reduce((all, length) => [...all, (all.at(-1) ?? 0) + length], [MINUTE + first])
    const [starts, toMinute] = [edges.slice(0, -1), edges.at(-1) ?? 0]
    const span = {
      fromMinute: MINUTE + first,
      toMinute,
      bucketMinutes: MINUTES_PER_DAY,
      startMinutes: starts,
    }
    for (const scope of [WATCHED, { ...WATCHED, projectKey: 'OPS' }]) {
      const { rows } = await store.counts({ siteId, ...scope, ...span })
      const expected = starts.flatMap((startMinute, n) => {
        const bucket = { fromMinute: startMinute, toMinute: edges[n + 1] ?? 0 }
        const inBucket = forms.filter((one) => isIn(scope, one) && isBetween(bucket, one))
        return scope.priorityIds.map((priorityId) => {
          const count = inBucket.filter((one) => one.priorityId === priorityId).length
          return { startMinute, priorityId, count }
        })
      })
      expect(rows.toSorted(inOrder)).toEqual(expected.filter(({ count }) => count > 0).toSorted(inOrder))
    }
  })
  await expect(fc.assert(holds, { numRuns: RUNS })).resolves.toBeUndefined()
})

test('a long span that is read part by part is of one commit, whatever is committed meanwhile', async () => {
  const { store } = opened()
  const weeks = 12
  const span = { fromMinute: MINUTE, toMinute: MINUTE + weeks * 7 * MINUTES_PER_DAY, bucketMinutes: 60 }
  // Each commit takes a ticket from the first week and puts one into the last.
  const far = (weeks * 7 - 1) * 24
  await store.applyPage(page(Array.from({ length: 10 }, (_, n) => inMinute(String(n), n * 60))))
  const asked = Array.from({ length: 10 }, async (_, n) => {
    const read = store.counts({ siteId: SITE, ...WATCHED, ...span })
    await store.applyPage(
      page([inMinute(String(far + n), (far + n) * 60)], {
        removals: [{ id: String(n), reason: 'deleted', atMs: 10 ** 14 }],
      }),
    )
    return read
  })
  for (const { seq, rows } of await Promise.all(asked)) {
    expect(rows.filter(({ startMinute }) => startMinute >= MINUTE + far * 60)).toHaveLength(seq - 1)
    expect(rows).toHaveLength(10)
  }
})

function isBetween({ fromMinute, toMinute }: MinuteSpan, { createdMs }: Ticket): boolean {
  return createdMs >= startOfMinute(fromMinute) && createdMs < startOfMinute(toMinute)
}

function inOrder(a: PriorityCount, b: PriorityCount): number {
  return a.startMinute - b.startMinute || a.priorityId.localeCompare(b.priorityId)
}

test('only what is watched is counted, in all projects or in one', async () => {
  const { store } = opened()
  await store.applyPage(
    page([
      inMinute('1', 0),
      inMinute('2', 0, { projectKey: 'OPS' }),
      inMinute('3', 0, { priorityId: '1' }),
      inMinute('4', 0, { priorityId: '3' }),
    ]),
  )
  const countsOf = async (given: object): Promise<[string, number][]> =>
    (await store.counts(hour(given))).rows.map((row) => [row.priorityId, row.count])
  expect(await countsOf({})).toEqual([
    ['1', 1],
    ['2', 2],
  ])
  expect(await countsOf({ projectKey: 'OPS' })).toEqual([['2', 1]])
  expect(await countsOf({ priorityIds: ['3'] })).toEqual([['3', 1]])
  expect(await countsOf({ priorityIds: [] })).toEqual([])
})

test('changes are the minutes of later commits with their present counts, of all projects', async () => {
  const { store } = opened()
  await store.applyPage(page([inMinute('1', 0), inMinute('2', 1), inMinute('3', 2)]))
  await store.applyPage(
    page([inMinute('4', 1, { projectKey: 'OPS' }), inMinute('5', 1, { priorityId: '3' })]),
  )
  await store.applyPage(page([], { removals: [{ id: '3', reason: 'lowered', atMs: LEFT_MS }] }))
  expect(await store.changesSince(SITE, 1, WATCHED, 10)).toEqual({
    seq: 3,
    changes: [
      { minute: MINUTE + 1, priorityId: '2', count: 2 },
      { minute: MINUTE + 2, priorityId: '2', count: 0 },
    ],
  })
  expect(await store.changesSince(SITE, 3, WATCHED, 10)).toEqual({ seq: 3, changes: [] })
})

test('a commit that moves no count has a number of its own and no changes', async () => {
  const { store } = opened()
  await store.applyPage(page([inMinute('1', 0)]))
  await store.applyPage(page([inMinute('1', 0, { status: 'Done' })]))
  expect(await store.changesSince(SITE, 1, WATCHED, 10)).toEqual({ seq: 2, changes: [] })
})

test('more changes than the limit are not listed', async () => {
  const { store } = opened()
  await store.applyPage(page([inMinute('1', 0), inMinute('2', 1), inMinute('3', 2)]))
  expect((await store.changesSince(SITE, 0, WATCHED, 3)).changes).toHaveLength(3)
  expect(await store.changesSince(SITE, 0, WATCHED, 2)).toEqual({ seq: 1, changes: null })
})

test('what lies outside a span is counted, and the nearest named', async () => {
  const { store } = opened()
  const span = { fromMinute: MINUTE, toMinute: MINUTE + 60 }
  expect(await store.outside(SITE, span, WATCHED)).toEqual({
    before: 0,
    after: 0,
    lastBeforeMs: null,
    firstAfterMs: null,
  })
  const nearest = startOfMinute(MINUTE - 3)
  await store.applyPage(
    page([
      inMinute('1', -90),
      ticket('2', { createdMs: nearest }),
      ticket('3', { createdMs: nearest + 5_000 }),
      inMinute('4', -1, { priorityId: '3' }),
      inMinute('5', 0),
      inMinute('6', 60),
      inMinute('7', 60, { projectKey: 'OPS' }),
    ]),
  )
  await store.applyPage(page([], { removals: [{ id: '3', reason: 'deleted', atMs: LEFT_MS }] }))
  const found = { before: 2, after: 2, lastBeforeMs: nearest, firstAfterMs: inMinute('6', 60).createdMs }
  expect(await store.outside(SITE, span, WATCHED)).toEqual(found)
  expect(await store.outside(SITE, span, { ...WATCHED, projectKey: 'OPS' })).toMatchObject({
    before: 0,
    after: 1,
  })
})

test('whatever lies outside any span is counted, and the nearest named', async () => {
  let sites = 0
  const holds = fc.asyncProperty(anyTickets, anySpan, async (tickets, span) => {
    sites += 1
    const siteId = `site-${sites}`
    const { store } = opened()
    const forms = tickets.map(({ minute, ...given }, n) => inMinute(String(n), minute, given))
    await store.applyPage(page(forms, { siteId }))
    const gone = forms.filter((_, n) => tickets[n]?.leaves)
    const removals = gone.map(({ id }) => ({ id, reason: 'deleted' as const, atMs: 10 ** 14 }))
    await store.applyPage(page([], { siteId, removals }))
    for (const scope of [WATCHED, { ...WATCHED, projectKey: 'OPS' }]) {
      const counted = forms.filter((one) => !gone.includes(one) && isIn(scope, one))
      expect(await store.outside(siteId, span, scope)).toEqual(outsideOf(counted, span))
      expect(await store.ticketTotal(siteId, scope)).toBe(counted.length)
    }
  })
  await expect(fc.assert(holds, { numRuns: RUNS })).resolves.toBeUndefined()
  expect(await countDifferences(opened().rows)).toEqual([])
})

/** Minutes of a week, counted from the tests' hour: many in few places, with whole days between them, and at their edges. */
const anyMinute = fc.oneof(
  fc.integer({ min: -5_000, max: 5_000 }),
  fc.integer({ min: -3, max: 3 }).map((day) => day * MINUTES_PER_DAY - (MINUTE % MINUTES_PER_DAY)),
  fc.constantFrom(0, 59, 60),
)

const anyTickets = fc.array(
  fc.record({
    minute: anyMinute,
    priorityId: fc.constantFrom('1', '2', '3'),
    projectKey: fc.constantFrom('TPM', 'OPS'),
    leaves: fc.boolean(),
  }),
  { maxLength: 12 },
)

const anySpan = fc
  .tuple(anyMinute, fc.oneof(fc.nat(200), fc.constantFrom(MINUTES_PER_DAY, 3 * MINUTES_PER_DAY)))
  .map(([from, length]) => ({ fromMinute: MINUTE + from, toMinute: MINUTE + from + length }))

function isIn({ projectKey, priorityIds }: CountsScope, one: Ticket): boolean {
  return priorityIds.includes(one.priorityId) && (projectKey === null || one.projectKey === projectKey)
}

function outsideOf(tickets: readonly Ticket[], { fromMinute, toMinute }: MinuteSpan): OutsideSpan {
  const times = tickets.map(({ createdMs }) => createdMs).toSorted((a, b) => a - b)
  const before = times.filter((ms) => ms < startOfMinute(fromMinute))
  const after = times.filter((ms) => ms >= startOfMinute(toMinute))
  return {
    before: before.length,
    after: after.length,
    lastBeforeMs: before.at(-1) ?? null,
    firstAfterMs: after[0] ?? null,
  }
}
