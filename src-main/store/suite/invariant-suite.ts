import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { minuteOf, startOfMinute } from '../../../src-shared/domain/minute.ts'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { Leaver, Store } from '../store.ts'
import { storeForEach, type Engine, type OpenStore } from './engine.ts'
import { hour, MINUTE, page, ticket, WATCHED } from './pages.ts'

interface Step {
  readonly tickets: readonly Ticket[]
  readonly leavers: readonly Leaver[]
}

/** Each run writes a site of its own into one store. */
const RUNS = process.env['JIRA_TPM_LONG'] ? 1_500 : 60

type Known = Ticket & { readonly leftMs: number | null }

/** What must be so after every commit, whatever is fetched in whatever order. */
export function invariantSuite(engine: Engine): void {
  describe(`invariants (${engine.name})`, () => {
    const opened = storeForEach(engine)

    test('the minute counts equal a GROUP BY over the tickets at every commit', async () => {
      let sites = 0
      const holds = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        sites += 1
        await play(opened(), `site-${sites}`, steps)
      })
      await expect(fc.assert(holds, { numRuns: RUNS })).resolves.toBeUndefined()
    })
  })
}

const id = fc.constantFrom('1', '2', '3', '4', '5')

/** Few ids, minutes and ages, so that edits, moves, stale versions and returns meet each other. */
const anyTicket = fc
  .record({
    id,
    minute: fc.integer({ min: 0, max: 2 }),
    age: fc.integer({ min: 0, max: 3 }),
    priorityId: fc.constantFrom('1', '2', '3'),
    projectKey: fc.constantFrom('TPM', 'OPS'),
    status: fc.constantFrom('To Do', 'Done'),
  })
  .map(({ id: ticketId, minute, age, ...rest }) => {
    const createdMs = startOfMinute(MINUTE + minute)
    return ticket(ticketId, { ...rest, createdMs, updatedMs: startOfMinute(MINUTE) + age })
  })

const leaver = fc.record({
  id,
  reason: fc.constantFrom('lowered', 'moved', 'deleted'),
  atMs: fc.integer({ min: 0, max: 3 }).map((age) => startOfMinute(MINUTE) + age),
})

const step: fc.Arbitrary<Step> = fc.record({
  tickets: fc.array(anyTicket, { maxLength: 4 }),
  leavers: fc.array(leaver, { maxLength: 2 }),
})

async function play({ store, rows }: OpenStore, siteId: string, steps: readonly Step[]): Promise<void> {
  const known = new Map<string, Known>()
  const views = [await view(store, siteId)]
  for (const { tickets, leavers } of steps) {
    const before = await store.seq(siteId)
    const news = expectPage(known, tickets, leavers)
    const commit = await store.applyPage(page(tickets, { siteId, leavers }))
    expect(commit.seq).toBe(news ? before + 1 : before)

    const inTables = await cells(rows, groupedTickets(siteId))
    expect(await cells(rows, storedCounts(siteId))).toEqual(inTables)
    const counted = [...known.values()].filter((one) => one.leftMs === null)
    expect(inTables).toEqual(grouped(counted))

    // Whoever holds the counts of any earlier commit comes to the present ones by the changes since.
    const now = await view(store, siteId)
    for (const [seq, old] of views.entries()) {
      const { changes } = await store.changesSince(siteId, seq, WATCHED, 100)
      for (const { minute, priorityId, count } of changes ?? []) old.set(`${minute} ${priorityId}`, count)
      expect(withoutZeros(old)).toEqual(withoutZeros(now))
    }
    views[commit.seq] = now
  }
}

/** The rules of `Store.applyPage` over a map; true where anything changed. */
function expectPage(
  known: Map<string, Known>,
  tickets: readonly Ticket[],
  leavers: readonly Leaver[],
): boolean {
  let news = false
  for (const one of tickets) {
    const old = known.get(one.id)
    if (old !== undefined && one.updatedMs < old.updatedMs) continue
    if (one.updatedMs < (old?.leftMs ?? 0)) continue
    const next = { ...one, leftMs: null }
    if (JSON.stringify(sorted(old)) === JSON.stringify(sorted(next))) continue
    known.set(one.id, next)
    news = true
  }
  for (const { id: leaverId, atMs } of leavers) {
    const old = known.get(leaverId)
    if (old === undefined || old.leftMs !== null || atMs < old.updatedMs) continue
    known.set(leaverId, { ...old, leftMs: atMs })
    news = true
  }
  return news
}

function sorted(value: object | undefined): unknown {
  return value && Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
}

async function view(store: Store, siteId: string): Promise<Map<string, number>> {
  const { rows } = await store.counts(hour({ siteId }))
  return new Map(rows.map((row) => [`${row.startMinute} ${row.priorityId}`, row.count]))
}

function withoutZeros(counts: Map<string, number>): Map<string, number> {
  return new Map([...counts].filter(([, count]) => count !== 0))
}

const groupedTickets = (siteId: string): string =>
  `SELECT project_key, priority_id, created_ms / 60000 AS minute, COUNT(*) AS count FROM tickets
   WHERE site_id = '${siteId}' AND left_ms IS NULL GROUP BY 1, 2, 3`
const storedCounts = (siteId: string): string =>
  `SELECT project_key, priority_id, minute, count FROM minute_counts WHERE site_id = '${siteId}' AND count <> 0`

async function cells(rows: OpenStore['rows'], sql: string): Promise<string[]> {
  const found = await rows(sql)
  return found
    .map((row) =>
      ['project_key', 'priority_id', 'minute', 'count'].map((column) => String(row[column])).join(' '),
    )
    .toSorted()
}

function grouped(tickets: readonly Ticket[]): string[] {
  const counts = new Map<string, number>()
  for (const { projectKey, priorityId, createdMs } of tickets) {
    const cell = `${projectKey} ${priorityId} ${minuteOf(createdMs)}`
    counts.set(cell, (counts.get(cell) ?? 0) + 1)
  }
  return [...counts].map(([cell, count]) => `${cell} ${count}`).toSorted()
}
