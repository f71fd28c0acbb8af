import { pathToFileURL } from 'node:url'
import { calendarStarts } from '../src-shared/domain/buckets.ts'
import type { CountsScope, Store } from '../src-main/store/store.ts'
import { atMost, percentile, type BenchResult } from './bench.ts'
import { FILL_SITE, filledMinutes, fillTickets, wrongCells } from './fixtures/fill-tickets.ts'
import { BENCH_START_MS } from './fixtures/tickets.ts'
import { onPostgres, type BenchDatabase } from './fixtures/postgres.ts'
import { projectCharts } from './fixtures/split-charts.ts'

const SIZES = [1e4, 1e6, 1e7]
const SCOPE: CountsScope = { projectKey: null, priorityIds: ['1', '2'] }
const MINUTES_A_WEEK = 7 * 1_440
const MINUTES_A_YEAR = 365 * 1_440

/**
 * Charts of a site that grows: always ten tickets a minute, and ever more minutes. What is timed is the whole call as a
 * viewer makes it: a read transaction over loopback, its rows made JavaScript. The server's own part of it is less. Each
 * chart is of a span of its own, anywhere in the site's history.
 */
export async function run(sizes: readonly number[] = SIZES): Promise<BenchResult[]> {
  return onPostgres(async (server) => {
    const database = await server.database('charts')
    const store = await database.open()
    try {
      const results: BenchResult[] = []
      for (const [n, tickets] of sizes.entries()) {
        const began = performance.now()
        await fillTickets(database, sizes[n - 1] ?? 0, tickets)
        const seconds = (performance.now() - began) / 1_000
        if (n === sizes.length - 1)
          results.push({ name: `the last of ${inWords(tickets)} filled in`, value: seconds, unit: 's' })
        results.push(...(await charts(store, tickets)))
      }
      return [...results, ...(await room(database, sizes.at(-1) ?? 0))]
    } finally {
      await store.close()
    }
  })
}

export async function charts(store: Store, tickets: number): Promise<BenchResult[]> {
  const { fromMinute, toMinute } = filledMinutes(tickets)
  const history = { siteId: FILL_SITE, startMs: BENCH_START_MS, minutes: toMinute - fromMinute }
  const spans = (minutes: number, whole: number) => (i: number) => {
    // A prime number of steps through the history: no two charts begin alike.
    const first = fromMinute + ((i * 7_919) % Math.max(1, toMinute - fromMinute - minutes))
    return { fromMinute: first - (first % whole), toMinute: first - (first % whole) + minutes }
  }
  /** `whole`: a rolling span begins with a whole bar. */
  const counts =
    (minutes: number, bucketMinutes: number, whole = bucketMinutes) =>
    (i: number) =>
      store.counts({ siteId: FILL_SITE, ...SCOPE, ...spans(minutes, whole)(i), bucketMinutes })
  const hour = await times(1_000, counts(60, 1))
  const outside = await times(500, (i) => store.outside(FILL_SITE, spans(60, 1)(i), SCOPE))
  const figure = (name: string, samples: readonly number[], share: number) => ({
    name: `${inWords(tickets)}: ${name} p${share * 100}`,
    value: percentile(samples, share),
    unit: 'ms',
  })
  const results = [
    figure("an hour's counts", hour, 0.5),
    atMost(3, figure("an hour's counts", hour, 0.95)),
    figure('what lies outside the hour', outside, 0.95),
  ]
  // So few tickets are no week.
  if (toMinute - fromMinute < MINUTES_A_WEEK) return results
  const week = await times(200, counts(MINUTES_A_WEEK, 10))
  const typed = await times(200, counts(MINUTES_A_WEEK, 10, 1))
  const days = await times(50, (i) => {
    const span = spans(Math.min(MINUTES_A_YEAR, toMinute - fromMinute - 1), 1)(i)
    const bucketMinutes = 1_440
    const startMinutes = calendarStarts(span, bucketMinutes, 'Europe/Berlin')
    return store.counts({ siteId: FILL_SITE, ...SCOPE, ...span, bucketMinutes, startMinutes })
  })
  return [
    ...results,
    figure('a year by days in Berlin, or all of it', days, 0.95),
    figure('7 days by 10 minutes', week, 0.5),
    atMost(15, figure('7 days by 10 minutes', week, 0.95)),
    figure('… of a span that is typed, to any minute', typed, 0.95),
    ...(await projectCharts(store, history)).map((one) => ({
      ...one,
      name: `${inWords(tickets)}: ${one.name}`,
    })),
  ]
}

async function times(calls: number, call: (i: number) => Promise<unknown>): Promise<number[]> {
  for (let i = 0; i < 50; i++) await call(i) // what is compiled and prepared first
  const samples: number[] = []
  for (let i = 0; i < calls; i++) {
    const began = performance.now()
    await call(i)
    samples.push(performance.now() - began)
  }
  return samples
}

/** What the tickets take on the disk, and that the counts are theirs. */
async function room(database: BenchDatabase, tickets: number): Promise<BenchResult[]> {
  const bytes = async (...tables: string[]): Promise<number> => {
    const sums = tables.map((table) => `pg_total_relation_size('${table}')`)
    const [row] = await database.query(`SELECT (${sums.join(' + ')})::float8 / $1 AS bytes`, [tickets])
    return Number(row?.['bytes'])
  }
  const wrong = await wrongCells(database)
  return [
    { name: 'a ticket takes, with its indexes', value: await bytes('tickets'), unit: 'bytes' },
    {
      name: 'its share of the counts, two tickets a cell',
      value: await bytes('minute_counts', 'usual_counts', 'day_counts'),
      unit: 'bytes',
    },
    atMost(0, {
      name: 'cells of the counts that GROUP BY over all tickets gives otherwise',
      value: wrong,
      unit: '',
    }),
  ]
}

function inWords(tickets: number): string {
  return `${tickets.toLocaleString('en')} tickets`
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const sizes = process.argv.slice(2).map(Number)
  console.table(await (sizes.length > 0 ? run(sizes) : run()))
}
