import fc from 'fast-check'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { bundled } from '../../../test-support/process/bundled.ts'
import { startTestChild } from '../../../test-support/process/child.ts'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import { MINUTE, page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { ENGINE, makeTestData, storeForEach, type TestData } from '../../../test-support/store/store.ts'
import { sleep } from '../../runtime/async.ts'
import { machineClock } from '../../runtime/clock.ts'
import { CELL_MS } from '../count-cells.ts'
import type { GivenTicket } from '../fields/stored-fields.ts'
import type { Store, TicketSource } from '../store.ts'

// The sums that the usual is learned from, of tickets that were stored before there were any.

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const RUNS = LONG ? 60 : ENGINE === 'sqlite' ? 10 : 4
const KILLS = LONG ? 100 : 12
/** Which moments it strikes; JIRA_TPM_SEED repeats a campaign, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)
/** More than two steps of either engine take. */
const OLD = 4_700
const SUMMING = fileURLToPath(new URL('../../../test-support/store/sum-old.ts', import.meta.url))

const opened = storeForEach()

/** Of five weeks, some in one crowded minute. */
function minuteOf(id: number): number {
  return id % 5 === 0 ? MINUTE - 20_000 : MINUTE - ((id * 7_919) % 50_400)
}

function old(id: number, given: Partial<GivenTicket> = {}): GivenTicket {
  const projectKey = id % 3 === 0 ? 'OPS' : 'TPM'
  return ticket(String(id), {
    projectKey,
    priorityId: String((id % 2) + 1),
    createdMs: startOfMinute(minuteOf(id)),
    ...(id % 7 === 0 && { rehearsed: true }),
    ...given,
  })
}

/** As a file was after migration 0028, where it had not had 0022. */
async function fill(store: Store, query: TestData['query'], siteId = SITE, tickets = OLD): Promise<void> {
  const ids = Array.from({ length: tickets }, (_, id) => id + 1)
  const of = (isOthers: boolean) => ids.filter((id) => (id % 11 === 0) === isOthers).map((id) => old(id))
  await store.applyPage(page(of(false), { siteId }))
  await store.applyPage(page(of(true), { siteId, source: 'import' }))
  await query(`DELETE FROM usual_counts WHERE site_id = '${siteId}'`)
  await query(`INSERT INTO old_usual_counts VALUES ('${siteId}', 8640000000000000)`)
}

/** From where on it is summed. */
async function summedFrom(query: TestData['query'], siteId: string): Promise<number> {
  const [row] = await query(`SELECT before_ms FROM old_usual_counts WHERE site_id = '${siteId}'`)
  return row === undefined ? Number.NEGATIVE_INFINITY : Number(row['before_ms']) / CELL_MS
}

const isOfSums = (kind: unknown): boolean => ['usual', 'rehearsed', 'others'].includes(String(kind))

const anyTickets = fc.array(
  fc.record({
    id: fc.integer({ min: 1, max: OLD + 400 }),
    version: fc.integer({ min: 1, max: 9 }),
    priorityId: fc.constantFrom('1', '2', '3'),
    projectKey: fc.constantFrom('TPM', 'OPS', 'NEW'),
    rehearsed: fc.constantFrom(true, false, undefined),
  }),
  { minLength: 1, maxLength: 80 },
)
const anyStep = fc.oneof(
  fc.constant('sum' as const),
  fc.record({
    tickets: anyTickets,
    source: fc.constantFrom<TicketSource>('jira', 'jira', 'import'),
    gone: fc.array(fc.integer({ min: 1, max: OLD }), { maxLength: 20 }),
  }),
)

function summed(found: readonly (readonly [name: string, count: number])[]): string[] {
  const counts = new Map<string, number>()
  for (const [name, count] of found) counts.set(name, (counts.get(name) ?? 0) + count)
  return [...counts].map(([name, count]) => `${name}: ${count}`).toSorted()
}

/** How many watched tickets each ten minutes of some weeks have, in all and of each project, as charts and plain SQL have it. */
async function charted(store: Store, query: TestData['query'], siteId: string, fromMinute: number) {
  const buckets = { fromMinute, toMinute: fromMinute + 20_000, bucketMinutes: 10 }
  const asked = { siteId, projectKey: null, priorityIds: ['1', '2'], ...buckets }
  const tickets = await query(`SELECT created_ms, project_key FROM tickets
    WHERE site_id = '${siteId}' AND left_ms IS NULL AND priority_id IN ('1', '2')
      AND created_ms >= ${startOfMinute(fromMinute)} AND created_ms < ${startOfMinute(buckets.toMinute)}`)
  const bucketOf = (minute: number): number => minute - ((minute - fromMinute) % 10)
  const { rows: all } = await store.counts(asked)
  const { cells } = await store.splitCells({ ...asked, splitBy: 'project' })
  const found = tickets.map(({ created_ms: ms, project_key: key }) => ({
    bucket: bucketOf(Math.floor(Number(ms) / 60_000)),
    key: String(key),
  }))
  return {
    ofCharts: [
      summed(all.map(({ startMinute, count }) => [`${startMinute}`, count])),
      summed(cells.map(({ startMinute, values, count }) => [`${startMinute} ${values?.join()}`, count])),
    ],
    ofTickets: [
      summed(found.map(({ bucket }) => [`${bucket}`, 1])),
      summed(found.map(({ bucket, key }) => [`${bucket} ${key}`, 1])),
    ],
  }
}

/** Ends that no bucket of ten minutes cuts a cell of five at, and others. */
const SPANS = [29_313_330, 29_313_333, 29_283_300] as const

test('whatever is committed between the steps: what is summed is what plain SQL says, and in the end all of it', async () => {
  let sites = 0
  const { store, rows } = opened()
  const holds = fc.asyncProperty(fc.array(anyStep, { minLength: 4, maxLength: 12 }), async (steps) => {
    const siteId = `site-${++sites}`
    await fill(store, rows, siteId)
    let before = Number.POSITIVE_INFINITY
    for (const step of steps) {
      if (step === 'sum') await store.sumOldTickets(siteId)
      else {
        const { source, gone, tickets } = step
        const given = tickets.map(({ id, version, rehearsed, ...changed }) =>
          old(id, {
            ...changed,
            ...(rehearsed !== undefined && { rehearsed }),
            updatedMs: 10 ** 13 + version,
          }),
        )
        const removals = gone.map((id) => ({
          id: String(id),
          reason: 'deleted' as const,
          atMs: 10 ** 13 + 99,
        }))
        await store.applyPage(page(given, { siteId, source, removals: source === 'jira' ? removals : [] }))
      }
      const from = await summedFrom(rows, siteId)
      expect(from).toBeLessThanOrEqual(before)
      before = from
      const wrong = await countDifferences(rows, siteId)
      expect(wrong.filter(({ kind, cell }) => !isOfSums(kind) || Number(cell) >= from)).toEqual([])
      for (const span of SPANS) {
        const { ofCharts, ofTickets } = await charted(store, rows, siteId, span)
        expect(ofCharts).toEqual(ofTickets)
      }
    }
    while (await store.sumOldTickets(siteId));
    expect(await countDifferences(rows, siteId)).toEqual([])
  })
  await expect(fc.assert(holds, { numRuns: RUNS, endOnFailure: true })).resolves.toBeUndefined()
}, 240_000)

test('until they are there nothing is learned, and others are looked for ticket by ticket; the last step is news', async () => {
  const { store, rows } = opened()
  await fill(store, rows)
  const all = { fromMinute: MINUTE - 60_000, toMinute: MINUTE + 10 }
  const crowded = { fromMinute: MINUTE - 20_000, toMinute: MINUTE - 19_999 }
  const others = async (): Promise<unknown> =>
    (await store.minuteTickets(SITE, WATCHED, crowded)).filter(({ kind }) => kind === 'others')
  const rightly = await others()
  expect(rightly).not.toEqual([])
  const seq = await store.seq(SITE)
  let steps = 0
  do {
    expect(await store.usualHistory(SITE, WATCHED, all)).toMatchObject({ isSummed: false, cells: [] })
    expect(await others()).toEqual(rightly)
    expect(await store.seq(SITE)).toBe(seq)
    steps += 1
  } while (await store.sumOldTickets(SITE))
  expect(steps).toBeGreaterThan(2)
  expect(await store.usualHistory(SITE, WATCHED, all)).toMatchObject({ isSummed: true, seq: seq + 1 })
  expect(await others()).toEqual(rightly)
  expect(await store.sumOldTickets(SITE)).toBe(false)
  expect(await store.seq(SITE)).toBe(seq + 1)
})

test('the newest weeks are known while older ones are not summed yet', async () => {
  const { store, rows } = opened()
  await fill(store, rows)
  await store.sumOldTickets(SITE)
  const fromMinute = Math.ceil((await summedFrom(rows, SITE)) * 5)
  const span = { fromMinute, toMinute: MINUTE + 10 }
  expect(await store.usualHistory(SITE, WATCHED, span)).toMatchObject({ isSummed: true })
  const before = { ...span, fromMinute: fromMinute - 5 }
  expect(await store.usualHistory(SITE, WATCHED, before)).toMatchObject({ isSummed: false })
})

test('two processes at once, and a new store has nothing to do', async () => {
  const { store, again, rows } = opened()
  expect(await store.sumOldTickets('new')).toBe(false)
  await fill(store, rows)
  const others = [await again(), await again()]
  await Promise.all(
    others.map(async (other) => {
      while (await other.sumOldTickets(SITE));
    }),
  )
  expect(await countDifferences(rows)).toEqual([])
})

test(
  'processes that are killed while they sum leave whole steps, and the next one goes on',
  { timeout: 60_000 + KILLS * 15_000 },
  async () => {
    const data = await makeTestData()
    const query: TestData['query'] = (sql) => data.query(sql)
    const store = await data.open()
    await fill(store, query, SITE, 40_000)
    const random = xoroshiro128plus(SEED)
    const script = bundled(SUMMING)
    let kills = 0
    const places = new Set<number>()
    for (let from = await summedFrom(query, SITE); from > Number.NEGATIVE_INFINITY; places.add(from)) {
      const child = await startTestChild(script)
      child.tell(data.config)
      if (kills === KILLS) await child.end()
      else {
        // It lives for a few steps, and is struck anywhere in the next one.
        for (let steps = uniformInt(random, 0, 3); steps > 0; steps--) await child.next()
        await sleep(uniformInt(random, 0, 12))
      }
      if ((await child.kill()) === null) kills += 1
      from = await summedFrom(query, SITE)
      const wrong = await countDifferences(query, SITE)
      expect(
        wrong.filter(({ cell }) => Number(cell) >= from),
        `seed ${SEED}`,
      ).toEqual([])
    }
    console.log(
      `sums of old tickets on ${ENGINE} with seed ${SEED}: ${kills} kills, found at ${places.size} places`,
    )
    expect(await countDifferences(query, SITE)).toEqual([])
    expect(kills, `seed ${SEED}`).toBeGreaterThan(3)
  },
)
