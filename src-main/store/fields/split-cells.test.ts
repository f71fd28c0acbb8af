import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SPLIT_FIELDS, type SplitField, type TicketFilter } from '../../../src-shared/contract/fields.ts'
import { minuteOf, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { startsOf, type Buckets } from '../../../src-shared/domain/series.ts'
import { bucketFinder, splitCounts, type SplitCell } from '../../../src-shared/domain/split.ts'
import { passes } from '../../../src-shared/domain/ticket-filter.ts'
import { MINUTE, page, ticket } from '../../../test-support/store/pages.ts'
import { ENGINE, storeForEach } from '../../../test-support/store/store.ts'
import type { GivenTicket } from './stored-fields.ts'

const opened = storeForEach()
const SCOPE = { projectKey: null, priorityIds: ['1', '2'] }
const RUNS = ENGINE === 'sqlite' ? 150 : 40

const fields = fc.record(
  {
    issueType: fc.constantFrom('Bug', 'Task', 'Incident'),
    components: fc.subarray(['Search', 'Checkout', 'Reports', 'Mobile', 'Login', 'Mail', 'Maps']),
    labels: fc.subarray(['a', 'b', 'it’s "c"']),
    rehearsed: fc.boolean(),
    reporterId: fc.constantFrom('ada', 'bob', 'eve', null),
  },
  { requiredKeys: [] },
)
const anyTickets = fc.array(
  fc.record({
    fields,
    minute: fc.integer({ min: -3, max: 70 }),
    priorityId: fc.constantFrom('1', '2', '3'),
    projectKey: fc.constantFrom('TPM', 'OPS', 'WEB'),
  }),
  { maxLength: 25 },
)
const some = <T>(...values: T[]) => fc.subarray(values, { minLength: 1 })
const lists = {
  projects: some('TPM', 'OPS', 'NONE'),
  issueTypes: some('Bug', 'Task'),
  components: some('Search', 'Checkout', 'Login', ''),
  labels: some('a', 'it’s "c"', ''),
}
const anyFilter: fc.Arbitrary<TicketFilter> = fc.record(
  { ...lists, rehearsed: fc.boolean(), without: fc.record(lists, { requiredKeys: [] }) },
  { requiredKeys: [] },
)
/** A minute that is a multiple of five. */
const FIFTH = MINUTE - (MINUTE % 5)
const anyBuckets: fc.Arbitrary<Buckets> = fc.oneof(
  // Those that begin with it and are as long are read from the sums over five minutes.
  fc.tuple(fc.constantFrom(FIFTH, MINUTE), fc.constantFrom(1, 5, 30, 60)).map(([first, bucketMinutes]) => ({
    fromMinute: first,
    toMinute: first + 60,
    bucketMinutes,
  })),
  // As days of a calendar: of any length.
  fc.constantFrom([0, 7, 30], [0, 25], [0]).map((starts) => ({
    fromMinute: MINUTE,
    toMinute: MINUTE + 60,
    bucketMinutes: 1_440,
    startMinutes: starts.map((start) => MINUTE + start),
  })),
)

function valuesOf(one: GivenTicket, by: SplitField): readonly string[] | null {
  const { issueType, rehearsed, reporterId } = one
  if (by === 'project') return [one.projectKey]
  if (by === 'component') return one.components ?? null
  if (by === 'label') return one.labels ?? null
  if (by === 'issueType') return issueType === undefined ? null : [issueType]
  if (by === 'rehearsed') return rehearsed === undefined ? null : [rehearsed ? 'rehearsed' : 'real']
  return reporterId === undefined ? null : reporterId === null ? [] : [reporterId]
}

function cellsOf(tickets: readonly GivenTicket[], by: SplitField): SplitCell[] {
  return tickets.map((one) => ({
    startMinute: minuteOf(one.createdMs),
    priorityId: one.priorityId,
    values: valuesOf(one, by),
    count: 1,
  }))
}

function totals(cells: readonly SplitCell[], buckets: Buckets): Record<string, number> {
  const bucketOf = bucketFinder(buckets)
  const sums: Record<string, number> = {}
  for (const { startMinute, priorityId, count } of cells) {
    const name = `${bucketOf(startMinute)} ${priorityId}`
    sums[name] = (sums[name] ?? 0) + count
  }
  return sums
}

test(
  'whatever tickets, filter, field and buckets: counts and lists are those of the tickets one by one',
  { timeout: 120_000 },
  async () => {
    const { store } = opened()
    let run = 0
    const holds = fc.asyncProperty(
      anyTickets,
      anyFilter,
      fc.constantFrom(...SPLIT_FIELDS),
      anyBuckets,
      async (given, filter, splitBy, buckets) => {
        const siteId = `site-${(run += 1)}`
        const tickets = given.map(({ fields: known, minute, ...rest }, n) =>
          ticket(String(n), { ...rest, ...known, createdMs: startOfMinute(MINUTE + minute) + n }),
        )
        await store.applyPage(page(tickets, { siteId }))
        const { fromMinute, toMinute } = buckets
        const inSpan = tickets.filter(
          ({ createdMs, priorityId }) =>
            minuteOf(createdMs) >= fromMinute && minuteOf(createdMs) < toMinute && priorityId !== '3',
        )
        const left = inSpan.filter((one) => passes(one, filter))
        const { cells } = await store.splitCells({ siteId, ...SCOPE, ...buckets, filter, splitBy })
        expect(splitCounts(buckets, splitBy, cells)).toEqual(
          splitCounts(buckets, splitBy, cellsOf(left, splitBy)),
        )
        expect(totals(cells, buckets)).toEqual(totals(cellsOf(left, splitBy), buckets))
        const filtered = await store.splitCells({ siteId, ...SCOPE, ...buckets, filter })
        expect(totals(filtered.cells, buckets)).toEqual(totals(cellsOf(left, splitBy), buckets))
        const span = { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) }
        const listed = await store.searchTickets({ siteId, ...SCOPE, ...span, limit: 99, filter })
        expect(listed.tickets.map(({ id }) => id).toSorted()).toEqual(left.map(({ id }) => id).toSorted())
      },
    )
    await expect(fc.assert(holds, { numRuns: RUNS })).resolves.toBeUndefined()
  },
)

test('tickets that left are listed by what they were, in the project that they left', async () => {
  const { store } = opened()
  const siteId = 'left'
  const known = { issueType: 'Bug', labels: ['a'] }
  await store.applyPage(page([ticket('1', known), ticket('2', { issueType: 'Task' })], { siteId }))
  const moved = { ...ticket('1', { ...known, projectKey: 'OPS', updatedMs: 10 ** 14 }) }
  await store.applyPage(
    page([], {
      siteId,
      removals: [
        { id: '1', reason: 'moved', atMs: 10 ** 14, ticket: moved },
        { id: '2', reason: 'deleted', atMs: 10 ** 14 },
      ],
    }),
  )
  const ids = async (filter: TicketFilter): Promise<string[]> =>
    (
      await store.removedTickets({ siteId, projectKey: null, fromMs: 0, toMs: 10 ** 14, limit: 9, filter })
    ).map(({ id }) => id)
  expect(await ids({ issueTypes: ['Bug'] })).toEqual(['1'])
  expect(await ids({ projects: ['TPM'] })).toEqual(['2', '1'])
  expect(await ids({ projects: ['OPS'] })).toEqual([])
  expect(await ids({ labels: ['a'] })).toEqual(['1'])
})

test('a span of days is read in steps, and its counts are whole', async () => {
  const { store } = opened()
  const minutes = Array.from({ length: 5_000 }, (_, n) => MINUTE + n)
  const tickets = minutes.map((minute, n) =>
    ticket(String(n), { createdMs: startOfMinute(minute), issueType: n % 2 ? 'Bug' : 'Task', labels: ['x'] }),
  )
  await store.applyPage(page(tickets))
  const buckets = { fromMinute: MINUTE, toMinute: MINUTE + 5_000, bucketMinutes: 2_500 }
  for (const splitBy of ['issueType', 'label'] as const) {
    const { cells } = await store.splitCells({ siteId: 'site-a', ...SCOPE, ...buckets, splitBy })
    const { parts } = splitCounts(buckets, splitBy, cells)
    expect(parts.map(({ counts }) => counts)).toEqual(
      splitBy === 'label'
        ? [[2_500, 2_500]]
        : [
            [1_250, 1_250],
            [1_250, 1_250],
          ],
    )
  }
})

function cell(startMinute: number, values: readonly string[] | null, count = 1): SplitCell {
  return { startMinute, priorityId: '1', values, count }
}

describe('the parts of a split', () => {
  const buckets = { fromMinute: 0, toMinute: 2, bucketMinutes: 1 }
  test('are the five most frequent, then the others, then none, then what is not known', () => {
    const cells = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((value, n) => cell(n % 2, [value], 10 - n))
    const { parts, overlaps } = splitCounts(buckets, 'project', [...cells, cell(0, null, 50), cell(1, [], 2)])
    expect(parts.map(({ kind, value, total }) => [kind, value, total])).toEqual([
      ['value', 'a', 10],
      ['value', 'b', 9],
      ['value', 'c', 8],
      ['value', 'd', 7],
      ['value', 'e', 6],
      ['other', null, 9],
      ['none', null, 2],
      ['unknown', null, 50],
    ])
    expect(overlaps).toBe(false)
    expect(parts.every(({ counts }) => counts.length === startsOf(buckets).length)).toBe(true)
  })

  test('of what a ticket has several of may add up to more than there are tickets, and say so', () => {
    const { parts, overlaps } = splitCounts(buckets, 'component', [cell(0, ['a', 'b'], 3)])
    expect(parts.map(({ total }) => total)).toEqual([3, 3])
    expect(overlaps).toBe(true)
  })

  test('of reporters are how many there are, each once a bucket and once in the total', () => {
    const cells = [cell(0, ['ada'], 4), cell(0, ['bob']), cell(1, ['ada']), cell(1, []), cell(1, null, 2)]
    expect(splitCounts(buckets, 'reporter', cells).parts).toEqual([
      { kind: 'people', value: null, total: 2, counts: [2, 1] },
      { kind: 'none', value: null, total: 1, counts: [0, 1] },
      { kind: 'unknown', value: null, total: 2, counts: [0, 2] },
    ])
  })
})
