import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { SplitField, TicketFilter } from '../../src-shared/contract/fields.ts'
import type { CountsResult, Session } from '../../src-shared/contract/tickets.ts'
import { INTERVALS, intervalRefusal, type Interval } from '../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { isoInstant, minuteOf, MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import { conditionsOf } from '../../src-shared/domain/ticket-filter.ts'
import { startsOf } from '../../src-shared/domain/series.ts'
import { printCounts, type CountsCall } from '../../src-main/commands/counts/counts.ts'
import { binsOf } from '../../src-renderer/chart/chart-model.ts'
import { createCountsFeed } from '../../src-renderer/live/counts-feed.ts'
import { gapsOf } from '../../src-renderer/live/gaps.ts'
import { placeOf } from '../../src-renderer/live/shown-span.ts'
import type { TestSandbox } from '#jira-sandbox/testing'
import { openTestApp, startTestSite, type TestApp } from '../app.ts'
import { makeTestData, type TestData } from '../store/store.ts'
import { sqlOf } from './filter-queries.ts'

/**
 * However the tickets of a span are counted, it is the same numbers: by the command line, by the API, by what the window makes
 * of the API's, by SQL over the tickets, and by Jira itself.
 */
const CASES = process.env['JIRA_TPM_LONG'] ? 2_000 : 200
const DAY_MS = 86_400_000
const NOW_MS = Date.now()
const YEAR = { fromMs: NOW_MS - 364 * DAY_MS, toMs: NOW_MS - DAY_MS }
const ZONES = ['Europe/Berlin', 'America/Santiago'] as const
/** Was not fetched whole, as far as the store knows. */
const GAP: TimeSpan = { fromMs: wholeMinute(NOW_MS - 100 * DAY_MS), toMs: wholeMinute(NOW_MS - 97 * DAY_MS) }

const formats = new Map<string, Intl.DateTimeFormat>()
function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = zone + JSON.stringify(options)
  const known = formats.get(name) ?? new Intl.DateTimeFormat('en-US', { ...options, timeZone: zone })
  formats.set(name, known)
  return known
}
const weekdayIn = (zone: string): Intl.DateTimeFormat => format(zone, { weekday: 'short' })
const dateIn = (zone: string): Intl.DateTimeFormat => format(zone, { dateStyle: 'short' })

let site: TestSandbox
let app: TestApp
let data: TestData
let session: Session
/** Of the projects, issue types, components and labels that there are, some. */
let anyFilter: fc.Arbitrary<TicketFilter>
beforeAll(async () => {
  data = await makeTestData()
  const projects = ['TPM', 'OPS', 'WEB'].map((key) => ({ key, name: key }))
  site = await startTestSite({ historyTickets: 2_500, historyHours: 8_760, projects })
  for (const [n, { id }] of (await site.truth()).entries()) {
    if (n % 9 === 0) await site.move(id, n % 2 === 0 ? 'OPS' : 'WEB')
  }
  app = await openTestApp(site, { store: data.config })
  await app.call('sync.now', {})
  session = await app.call('session.get', {})
  const [kept] = await data.query('SELECT scope FROM sync_state')
  await data.query(`INSERT INTO fetch_pieces (site_id, scope, from_ms, to_ms)
    VALUES ('${session.site.id}', '${String(kept?.['scope'])}', ${GAP.fromMs}, ${GAP.toMs})`)
  const { fields } = await app.call('counts.fields', YEAR)
  const some = (name: SplitField, ...more: readonly string[]): fc.Arbitrary<string[]> => {
    const { parts } = fields.find(({ by }) => by === name) ?? { parts: null }
    const values = (parts ?? []).flatMap(({ kind, value }) =>
      kind === 'value' && value !== null ? [value] : [],
    )
    if (values.length < 2) throw new Error(`There is one ${name} at most.`)
    return fc.subarray([...values, ...more], { minLength: 1 })
  }
  const fieldsOf = {
    projects: some('project'),
    issueTypes: some('issueType'),
    components: some('component', ''),
    labels: some('label', ''),
  }
  anyFilter = fc.oneof(
    fc.record(fieldsOf, { requiredKeys: [] }),
    fc.record({
      priorities: fc.subarray(
        session.watched.map(({ name }) => name),
        { minLength: 1 },
      ),
    }),
    fc.record({ without: fc.record(fieldsOf, { requiredKeys: [] }) }),
  )
}, 60_000)
afterAll(() => site.stop())

/** A bar, in each of the ways. */
interface Bar {
  readonly start: string
  /** Null where it is not known. */
  readonly counts: readonly number[] | null
}

interface Asked {
  readonly zone: string
  readonly span: TimeSpan
  readonly interval: Interval
  readonly filter?: TicketFilter
}

test(`are the same numbers, for ${CASES} spans, intervals and filters, by window, command line, API, SQL and JQL`, async () => {
  const all = fc.sample(fc.tuple(anyAsked, anyFilter), CASES)
  let tickets = 0
  for (const [of, filter] of all) {
    const asked = { ...of, filter }
    const expected = await bySql(asked)
    expect(await byApi(asked), JSON.stringify(asked)).toEqual(expected)
    expect(await byWindow(asked), JSON.stringify(asked)).toEqual(expected)
    expect(await byCommand(asked), JSON.stringify(asked)).toEqual(expected)
    const total = await totalBySql(asked)
    expect(await byJql(asked), JSON.stringify(asked)).toBe(total)
    tickets += total
  }
  expect(tickets).toBeGreaterThan(5 * CASES)
})

test(`are the same numbers, for ${CASES} spans and intervals`, async () => {
  const all = fc.sample(anyAsked, CASES)
  let tickets = 0
  let unknown = 0
  for (const asked of all) {
    const expected = await bySql(asked)
    expect(await byCommand(asked), JSON.stringify(asked)).toEqual(expected)
    expect(await byApi(asked), JSON.stringify(asked)).toEqual(expected)
    expect(await byWindow(asked), JSON.stringify(asked)).toEqual(expected)
    const known = expected.map((bar, at) => [bar, at] as const).filter(([{ counts }]) => counts !== null)
    const [bar, at] = known[known.length >> 1] ?? [null, 0]
    if (bar === null) continue
    const toMs = Date.parse(expected[at + 1]?.start ?? isoInstant(asked.span.toMs))
    const span = { fromMs: Date.parse(bar.start), toMs }
    expect(await byJql({ ...asked, span })).toBe(sum(bar.counts ?? []))
    expect(await byJql(asked)).toBe(await totalBySql(asked))
    tickets += sum(known.flatMap(([{ counts }]) => counts ?? []))
    unknown += expected.length - known.length
  }
  for (const day of ZONES.flatMap(changesOf)) {
    const isIn = ({ span }: Asked): boolean => span.fromMs <= day - DAY_MS && span.toMs >= day
    expect(all.filter(isIn).length, `spans with a change of clocks, ${isoInstant(day)}`).toBeGreaterThan(0)
  }
  expect(tickets).toBeGreaterThan(10 * CASES)
  expect(unknown).toBeGreaterThan(CASES / 4)
})

/** Days when clocks are changed, and the gap, are met more often than others. */
const anyAsked: fc.Arbitrary<Asked> = fc
  .record({
    zone: fc.constantFrom(...ZONES),
    aroundMs: fc.oneof(
      fc.integer({ min: YEAR.fromMs, max: YEAR.toMs }),
      fc.constantFrom(...ZONES.flatMap(changesOf)),
      fc.integer({ min: GAP.fromMs - DAY_MS, max: GAP.toMs + DAY_MS }),
    ),
    minutes: fc.oneof(fc.integer({ min: 5, max: 3_000 }), fc.integer({ min: 1, max: 300_000 })),
    before: fc.double({ min: 0, max: 1, noNaN: true }),
    isOfDays: fc.boolean(),
    choice: fc.nat(),
  })
  .map(({ zone, aroundMs, minutes, before, isOfDays, choice }) => {
    const fromMs = Math.max(YEAR.fromMs, aroundMs - before * minutes * MS_PER_MINUTE)
    const toMs = Math.min(YEAR.toMs, fromMs + minutes * MS_PER_MINUTE)
    const edge = (ms: number): number => (isOfDays ? midnightBefore(ms, zone) : wholeMinute(ms))
    const span = { fromMs: edge(fromMs), toMs: edge(toMs + DAY_MS * Number(isOfDays)) }
    const length = (span.toMs - span.fromMs) / MS_PER_MINUTE
    const fitting = INTERVALS.filter((one) => intervalRefusal(length, one) === null)
    return { zone, span, interval: fitting[choice % Math.max(1, fitting.length)] ?? 1 }
  })
  .filter(
    ({ span, interval }) => intervalRefusal((span.toMs - span.fromMs) / MS_PER_MINUTE, interval) === null,
  )

async function byCommand({ zone, span, interval, filter }: Asked): Promise<Bar[]> {
  let printed: unknown
  const ends = { from: isoInstant(span.fromMs), to: isoInstant(span.toMs), zone }
  const options = { ...ends, interval, json: true, only: filter && conditionsOf(filter) }
  const call = {
    io: { env: {}, columns: 80, colour: false },
    options,
    config: () => ({ zone: 'UTC' }),
    open: (_settings: unknown, work: (stored: unknown) => Promise<void>) => work({ client: app.client }),
    print: (document: unknown) => void (printed = document),
  } as unknown as CountsCall<'store'>
  await printCounts(call)
  const { buckets } = printed as {
    buckets: { start: string; total: number | null; byPriority: { count: number | null }[]; known: boolean }[]
  }
  return buckets.map(({ start, total, byPriority, known }) => {
    const counts = known ? byPriority.map(({ count }) => count ?? -1) : null
    expect(total).toBe(counts && sum(counts))
    return { start, counts }
  })
}

async function byApi({ zone, span, interval, filter }: Asked): Promise<Bar[]> {
  const ends = { from: isoInstant(span.fromMs), to: isoInstant(span.toMs), zone }
  const params = { ...ends, bucketMinutes: interval, ...(filter && { filter }) }
  const reply = await app.dispatch('counts.get', params)
  if (!reply.ok) throw new Error(reply.error.what)
  const result = JSON.parse(JSON.stringify(reply.result)) as CountsResult
  const starts = startsOf(result)
  return starts.map((start, bucket) => {
    const [fromMs, toMs] = [startOfMinute(start), startOfMinute(starts[bucket + 1] ?? result.toMinute)]
    const isKnown = result.known.some((known) => known.fromMs <= fromMs && known.toMs >= toMs)
    return {
      start: isoInstant(fromMs),
      counts: isKnown ? result.counts.map((line) => line[bucket] ?? -1) : null,
    }
  })
}

async function byWindow({ zone, span, interval, filter }: Asked): Promise<Bar[]> {
  const nowMinute = minuteOf(NOW_MS)
  const chosen = { from: isoInstant(span.fromMs), to: isoInstant(span.toMs) }
  const placed = placeOf(chosen, { nowMinute, zone, chosenInterval: interval })
  const { promise, resolve } = Promise.withResolvers<CountsResult>()
  const feed = createCountsFeed(app.client, ({ counts, countsLoading }) => {
    if (counts !== null && !countsLoading) resolve(counts)
  })
  feed.show(placed.shown, placed.interval, zone, false, filter && { filter })
  const counts = await promise
  feed.stop()
  const gaps = gapsOf({ counts, sync: null, session, knownMinute: null }, NOW_MS)
  return binsOf({ ...counts, gaps }, placed.interval, nowMinute).map(
    ({ startMinute, byPriority, state }) => ({
      start: isoInstant(startOfMinute(startMinute)),
      counts: state === 'unknown' ? null : byPriority,
    }),
  )
}

/** Counted by SQL over the tickets themselves; the bars of a calendar are told apart by what its clock shows. */
async function bySql({ zone, span, interval, filter }: Asked): Promise<Bar[]> {
  const starts = [...startsByClock(span, interval, zone)]
  const rows =
    await data.query(`SELECT created_ms / 60000 AS minute, priority_id AS id, COUNT(*) AS n FROM tickets
    WHERE created_ms >= ${span.fromMs} AND created_ms < ${span.toMs} AND left_ms IS NULL ${sqlOf(filter)}
    GROUP BY 1, 2`)
  const bars = starts.map((startMs, at) => ({
    startMs,
    endMs: starts[at + 1] ?? span.toMs,
    counts: session.watched.map(() => 0),
  }))
  for (const row of rows) {
    const ms = Number(row['minute']) * MS_PER_MINUTE
    const bar = bars.findLast(({ startMs }) => startMs <= ms)
    const rank = session.watched.findIndex(({ id }) => id === row['id'])
    if (bar !== undefined && rank !== -1) bar.counts[rank] = (bar.counts[rank] ?? 0) + Number(row['n'])
  }
  return bars.map(({ startMs, endMs, counts }) => ({
    start: isoInstant(startMs),
    counts: startMs < GAP.toMs && endMs > GAP.fromMs ? null : counts,
  }))
}

async function totalBySql({
  span: { fromMs, toMs },
  filter,
}: Pick<Asked, 'span' | 'filter'>): Promise<number> {
  const ids = session.watched.map(({ id }) => `'${id}'`).join(', ')
  const [row] =
    await data.query(`SELECT COUNT(*) AS n FROM tickets WHERE created_ms >= ${fromMs} AND created_ms < ${toMs}
    AND left_ms IS NULL AND priority_id IN (${ids}) ${sqlOf(filter)}`)
  return Number(row?.['n'])
}

/** Counted by Jira, of the JQL that the link to it has. */
async function byJql({ span, filter }: Pick<Asked, 'span' | 'filter'>): Promise<number> {
  const { jql: shown } = await app.call('tickets.jql', { ...span, ...(filter && { filter }) })
  const jql = shown.replace(/ ORDER BY .*$/, '')
  const { body } = await site.request('POST', '/rest/api/3/search/approximate-count', { jql })
  return (body as { count: number }).count
}

/** By a clock of the machine's own, minute by minute where a day or a week may begin. */
function* startsByClock({ fromMs, toMs }: TimeSpan, interval: Interval, zone: string): Generator<number> {
  if (interval < 1_440) {
    for (let ms = fromMs; ms < toMs; ms += interval * MS_PER_MINUTE) yield ms
    return
  }
  yield fromMs
  for (let ms = midnightBefore(fromMs, zone); ms < toMs; ms = nextMidnight(ms, zone)) {
    const isMonday = weekdayIn(zone).format(ms) === 'Mon'
    if (ms > fromMs && (interval === 1_440 || isMonday)) yield ms
  }
}

/** The first instant, in steps of a quarter of an hour, that has the date of this one. */
function midnightBefore(ms: number, zone: string): number {
  const date = dateIn(zone).format(ms)
  const QUARTER_MS = 15 * MS_PER_MINUTE
  let at = Math.floor(ms / QUARTER_MS) * QUARTER_MS
  while (dateIn(zone).format(at - QUARTER_MS) === date) at -= QUARTER_MS
  return at
}

function nextMidnight(ms: number, zone: string): number {
  return midnightBefore(ms + 26 * 3_600_000, zone)
}

/** The days of the last year on which a zone's clock was changed: an instant of each. */
function changesOf(zone: string): number[] {
  const offset = format(zone, { timeZoneName: 'longOffset' })
  const shown = (ms: number): string | undefined =>
    offset.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value
  const days = Array.from({ length: 350 }, (_, day) => YEAR.fromMs + (day + 7) * DAY_MS)
  return days.filter((ms) => shown(ms) !== shown(ms - DAY_MS))
}

function wholeMinute(ms: number): number {
  return startOfMinute(minuteOf(ms))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
