import { pathToFileURL } from 'node:url'
import { storedTicket, ticketWrites } from '../src-main/store/pages/apply-page.ts'
import { postgresDatabase } from '../src-main/store/postgres/database.ts'
import { ticketRow } from '../src-main/store/pages/stored-ticket.ts'
import { median, type BenchResult } from './bench.ts'
import { onPostgres, type BenchDatabase, type BenchServer } from './fixtures/postgres.ts'
import { BENCH_START_MS, benchTicket } from './fixtures/tickets.ts'

const SITE = 'bench'
/** What an import commits at once. */
const PAGE = 1_000
const PAGES = 100
const ROUNDS = 3

/** How many tickets an hour: a busy project, of whose tickets many share a minute, and one where hardly any do. */
const DENSITIES = [
  { perHour: 6_000, name: '100 a minute' },
  { perHour: 100, name: '100 an hour' },
]

/**
 * New tickets into PostgreSQL as the store writes them (what is stored of them is read first, minute and day counts and
 * the site's number are kept, whoever listens is told), in turns with the same rows by the same UNNEST upsert, in the
 * same transactions, that does nothing else.
 */
export async function run(): Promise<BenchResult[]> {
  return onPostgres(async (server) => {
    const results: BenchResult[] = []
    for (const { perHour, name } of DENSITIES) results.push(...(await compare(server, perHour, name)))
    return results
  })
}

async function compare(server: BenchServer, perHour: number, name: string): Promise<BenchResult[]> {
  const kept: number[] = []
  const plain: number[] = []
  // The first round is for what is compiled and prepared in it.
  for (let round = 0; round <= ROUNDS; round++) {
    const ways = [
      async () => kept.push(await write(await server.database(`kept_${perHour}_${round}`), perHour, byStore)),
      async () =>
        plain.push(await write(await server.database(`plain_${perHour}_${round}`), perHour, byUpsert)),
    ]
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) await way()
  }
  const [keptSpeed, plainSpeed] = [kept, plain].map((speeds) => median(speeds.slice(1))) as [number, number]
  const share = median(kept.slice(1).map((speed, round) => speed / (plain[round + 1] ?? Number.NaN)))
  const unit = 'rows/s'
  const target = '≥ 65,000 rows/s, or ≥ 0.7 of the upsert alone'
  return [
    {
      name: `tickets stored, with what is known and the counts kept, ${name}`,
      value: keptSpeed,
      unit,
      target,
      met: keptSpeed >= 65_000 || share >= 0.7,
    },
    { name: `the same rows by the upsert alone, ${name}`, value: plainSpeed, unit },
    { name: 'the store as a share of that', value: share, unit: '' },
  ]
}

type Writer = (
  database: BenchDatabase,
) => Promise<{ write: (page: number, perHour: number) => Promise<void>; close: () => Promise<void> }>

/** Rows a second. */
async function write(database: BenchDatabase, perHour: number, open: Writer): Promise<number> {
  const store = await database.open() // makes the tables
  await store.close()
  const writer = await open(database)
  await database.settle()
  const began = performance.now()
  for (let page = 0; page < PAGES; page++) await writer.write(page, perHour)
  const seconds = (performance.now() - began) / 1_000
  await writer.close()
  return (PAGES * PAGE) / seconds
}

const byStore: Writer = async (database) => {
  const store = await database.open()
  return {
    async write(page, perHour) {
      const tickets = pageOf(page, perHour)
      await store.applyPage({
        siteId: SITE,
        scope: 'all',
        seenAtMs: BENCH_START_MS,
        tickets,
        removals: [],
        watermarkMs: null,
      })
    },
    close: () => store.close(),
  }
}

const byUpsert: Writer = async (database) => {
  const connection = await database.connect()
  const upsert = postgresDatabase(connection)
  return {
    async write(page, perHour) {
      // As rows that may be there already: it has not looked.
      const rows = pageOf(page, perHour).map((ticket) => ({
        ...ticketRow(storedTicket(ticket, String), 'jira'),
        isNew: false,
      }))
      await upsert.write(function* () {
        yield ticketWrites(SITE, rows, BENCH_START_MS)
      })
    },
    close: () => connection.close(),
  }
}

function pageOf(page: number, perHour: number): ReturnType<typeof benchTicket>[] {
  return Array.from({ length: PAGE }, (_, i) => benchTicket(page * PAGE + i, perHour))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
