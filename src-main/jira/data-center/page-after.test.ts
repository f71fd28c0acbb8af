import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JiraError, serverTrouble } from '../errors.ts'
import {
  orderedQuery,
  pageAfter,
  readToken,
  START,
  writeToken,
  type Position,
  type Row,
  type Slice,
  type SliceQuery,
} from './page-after.ts'
import {
  createLiveList,
  type LiveChange,
  type LiveList,
  type LiveTicket,
} from '../../../test-support/jira/data-center/live-list.ts'

const NOON_MS = Date.UTC(2026, 5, 1, 12)
const BY_CREATED = 'ORDER BY created ASC, key ASC'
const BY_UPDATED = 'ORDER BY updated ASC, key ASC'

const reading = (list: Pick<LiveList, 'read'>, orderBy: string, pageSize: number) => ({
  query: orderedQuery(`priority in (1, 2) ${orderBy}`),
  pageSize,
  host: 'jira.test',
  read: list.read,
})

/** Reads to the end, letting something happen after each page, and returns the ids in their order. */
async function readAll(
  list: LiveList,
  { orderBy, pageSize, between = () => {} }: { orderBy: string; pageSize: number; between?: () => void },
): Promise<string[]> {
  const ids: string[] = []
  for (let next: Position | null = START; next !== null; between()) {
    if (list.reads.length > 1_000) throw new Error('The search has no end')
    const page: Awaited<ReturnType<typeof pageAfter>> = await pageAfter(
      next,
      reading(list, orderBy, pageSize),
    )
    ids.push(...page.rows.map(({ id }) => id))
    next = page.next === null ? null : readToken(writeToken(page.next))
  }
  return ids
}

function tickets(count: number, everyMs: number, startMs = NOON_MS - 3_600_000): LiveTicket[] {
  return Array.from({ length: count }, (_, n) => {
    const createdMs = startMs + n * everyMs
    return { id: String(10_000 + n), createdMs, updatedMs: createdMs, matches: true }
  })
}

const change: fc.Arbitrary<LiveChange> = fc.record({
  what: fc.constantFrom('edit', 'edit', 'edit', 'leave', 'come-back', 'delete', 'create', 'nothing'),
  n: fc.nat({ max: 60 }),
  ms: fc.integer({ min: 0, max: 20_000 }),
})

const RUNS = process.env['JIRA_TPM_LONG'] ? 50_000 : 400

test(
  'whatever happens between the pages, every ticket that matches throughout is on one of them',
  { timeout: 120_000 },
  async () => {
    let begunAnew = 0
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          sortTime: fc.constantFrom('created' as const, 'updated' as const),
          everyMs: fc.constantFrom(0, 700, 9_000, 61_000),
          count: fc.nat({ max: 40 }),
          pageSize: fc.integer({ min: 1, max: 6 }),
          cap: fc.integer({ min: 2, max: 8 }),
          sortsBySeconds: fc.boolean(),
          tellsTotal: fc.boolean(),
          changes: fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 40 }),
        }),
        async ({ sortTime, everyMs, count, pageSize, changes, ...options }) => {
          const list = createLiveList({
            startMs: NOON_MS,
            tickets: tickets(count, everyMs),
            sortTime,
            ...options,
          })
          const throughout = new Set(list.tickets.map(({ id }) => id))
          let turn = 0
          const ids = await readAll(list, {
            orderBy: sortTime === 'created' ? BY_CREATED : BY_UPDATED,
            pageSize,
            between() {
              for (const one of changes[turn] ?? []) list.change(one)
              turn++
              const matching = new Set(list.tickets.filter(({ matches }) => matches).map(({ id }) => id))
              for (const id of throughout) if (!matching.has(id)) throughout.delete(id)
            },
          })
          const read = new Set(ids)
          expect([...throughout].filter((id) => !read.has(id))).toEqual([])
          if (list.reads.some(({ jql }) => jql.includes('>='))) begunAnew++
        },
      ),
      { numRuns: RUNS },
    )
    // Else it has proved nothing.
    expect(begunAnew).toBeGreaterThan(50)
  },
)

test('while nothing happens every ticket comes once, in pages that overlap by one row', async () => {
  const list = createLiveList({
    startMs: NOON_MS,
    tickets: tickets(10, 9_000),
    sortTime: 'updated',
    cap: 100,
  })
  expect(await readAll(list, { orderBy: BY_UPDATED, pageSize: 4 })).toEqual(list.tickets.map(({ id }) => id))
  expect(list.reads.map(({ startAt, maxResults }) => [startAt, maxResults])).toEqual([
    [0, 4],
    [3, 5],
    [7, 5],
  ])
})

test('an edit moves rows past the edge of the next page, which then begins at the minute of the last row', async () => {
  const list = createLiveList({
    startMs: NOON_MS,
    tickets: tickets(9, 30_000),
    sortTime: 'updated',
    cap: 100,
  })
  let edits = 0
  const ids = await readAll(list, {
    orderBy: BY_UPDATED,
    pageSize: 4,
    between: () => (edits++ === 0 ? list.change({ what: 'edit', n: 0, ms: 1_000 }) : undefined),
  })
  expect([...new Set(ids)].toSorted()).toEqual(list.tickets.map(({ id }) => id).toSorted())
  const minuteMs = Math.floor((list.tickets[3]?.updatedMs ?? 0) / 60_000) * 60_000
  expect(list.reads[2]).toMatchObject({
    jql: `(priority in (1, 2)) AND updated >= ${minuteMs} ${BY_UPDATED}`,
    startAt: 0,
  })
})

test('a ticket that was edited is not taken for the one that ended a page', async () => {
  const list = createLiveList({
    startMs: NOON_MS,
    tickets: tickets(4, 30_000),
    sortTime: 'updated',
    cap: 100,
  })
  let turn = 0
  const ids = await readAll(list, {
    orderBy: BY_UPDATED,
    pageSize: 3,
    between() {
      if (turn++ > 0) return
      // The third goes behind the fourth; the first leaves. The third is third again.
      list.change({ what: 'edit', n: 2, ms: 1_000 })
      list.change({ what: 'leave', n: 0, ms: 0 })
    },
  })
  expect(ids).toContain('10003')
})

test('a ticket that comes back before the edge does not hide the one behind it', async () => {
  const list = createLiveList({
    startMs: NOON_MS,
    tickets: tickets(3, 0),
    sortTime: 'created',
    cap: 2,
    tellsTotal: false,
  })
  let turn = 0
  const ids = await readAll(list, {
    orderBy: BY_CREATED,
    pageSize: 1,
    between() {
      turn++
      if (turn === 1) list.change({ what: 'leave', n: 0, ms: 0 })
      if (turn === 2) list.change({ what: 'come-back', n: 0, ms: 0 })
    },
  })
  expect(ids).toContain('10002')
})

test('offsets begin anew long before the window that a server gives', async () => {
  const list = createLiveList({
    startMs: NOON_MS,
    tickets: tickets(12_000, 900),
    sortTime: 'created',
    cap: 1_000,
  })
  const ids = await readAll(list, { orderBy: BY_CREATED, pageSize: 1_000 })
  expect(new Set(ids).size).toBe(12_000)
  expect(Math.max(...list.reads.map(({ startAt, maxResults }) => startAt + maxResults))).toBeLessThan(6_100)
  // A minute of 66 tickets is read twice each time, no more.
  expect(ids.length).toBeLessThan(12_200)
})

test('a minute with more tickets than the window is an error that says so, not an end', async () => {
  const list = createLiveList({
    startMs: NOON_MS,
    tickets: tickets(11_000, 0),
    sortTime: 'created',
    cap: 1_000,
  })
  const limited: LiveList = {
    ...list,
    read: async (query) => {
      if (query.startAt + query.maxResults > 10_000) throw serverTrouble('jira.test', 500, null)
      return list.read(query)
    },
  }
  const all = readAll(limited, { orderBy: BY_CREATED, pageSize: 1_000 })
  await expect(all).rejects.toMatchObject({ code: 'jira-refused' })
  await expect(all).rejects.toThrow('first 10000 tickets')
})

test('trouble of the server’s own so deep in a search stays what it is', async () => {
  const position = { ...START, startAt: 9_999, last: { id: '1', sortMs: 1 } }
  const parts = reading(
    { read: async () => Promise.reject(serverTrouble('jira.test', 503, null)) },
    BY_CREATED,
    100,
  )
  await expect(pageAfter(position, parts)).rejects.toBeInstanceOf(JiraError)
  await expect(pageAfter(position, parts)).rejects.toMatchObject({ code: 'jira-unreachable' })
})

test('a search in another order begins at its beginning when its rows have moved', async () => {
  const list = createLiveList({
    startMs: NOON_MS,
    tickets: tickets(9, 30_000),
    sortTime: 'updated',
    cap: 100,
  })
  let turn = 0
  const ids = await readAll(list, {
    orderBy: 'ORDER BY priority DESC',
    pageSize: 4,
    between: () => (turn++ === 0 ? list.change({ what: 'leave', n: 0, ms: 0 }) : undefined),
  })
  expect(new Set(ids).size).toBe(9)
  expect(list.reads.map(({ startAt }) => startAt)).toEqual([0, 3, 0])
})

test('a server that gives another page than was asked for is broken', async () => {
  const rows: Row[] = [{ id: '1', sortMs: NOON_MS }]
  const next = { ...START, startAt: 2, last: { id: '1', sortMs: NOON_MS } }
  const parts = reading({ read: async () => ({ startAt: 0, total: 9, rows }) }, BY_CREATED, 2)
  await expect(pageAfter(next, parts)).rejects.toMatchObject({ code: 'jira-broken' })
})

test('a server whose pages never fit together is broken, not endless', async () => {
  let reads = 0
  const other = async ({ startAt }: SliceQuery): Promise<Slice<Row>> => {
    if (++reads > 40) throw new Error('The search has no end')
    return { startAt, total: 9, rows: [{ id: `other-${reads}`, sortMs: NOON_MS }] }
  }
  const parts = reading({ read: other }, BY_CREATED, 2)
  const readOn = async (): Promise<void> => {
    for (let next: Position | null = START; next !== null;) next = (await pageAfter(next, parts)).next
  }
  await expect(readOn()).rejects.toMatchObject({ code: 'jira-broken', retryable: true })
})

test('an empty page of a search that says it has tickets is asked for again, and then not believed', async () => {
  const answers: Slice<Row>[] = [
    { startAt: 0, total: 3, rows: [] },
    { startAt: 0, total: 3, rows: [] },
  ]
  const parts = reading({ read: async () => answers.shift() as Slice<Row> }, BY_CREATED, 2)
  await expect(pageAfter(START, parts)).rejects.toMatchObject({ code: 'jira-broken', retryable: true })
  expect(answers).toEqual([])
})

test('rows that only its index still has do not keep a search from its end', async () => {
  const last = { id: '2', sortMs: NOON_MS }
  const slice = { startAt: 1, total: 3, rows: [last] }
  const page = await pageAfter(
    { ...START, startAt: 2, last },
    reading({ read: async () => slice }, BY_CREATED, 2),
  )
  expect(page).toMatchObject({ rows: [], next: null })
})

test('a token that is none of ours is an error', () => {
  const token = Buffer.from('{"startAt":1}').toString('base64url')
  expect(() => readToken(token)).toThrow('no page token')
})
