import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from 'pg'
import { DEFAULT_SANDBOX, startSandbox, type Sandbox } from '#jira-sandbox'
import type { SearchQuery } from '../src-main/jira/jira.ts'
import { atLeast, median, type BenchResult } from './bench.ts'
import { fetchBare } from './fixtures/bare-fetch.ts'
import { firstSync, type FirstSync } from './fixtures/first-sync.ts'
import { onPostgres, type BenchDatabase, type BenchServer } from './fixtures/postgres.ts'

const TICKETS = 10_000
const HISTORY_HOURS = 24 * 30
const ROUNDS = 3
const WATCHED = ['Highest', 'High', 'Medium', 'Low', 'Lowest'].map((name, n) => ({ id: String(n + 1), name }))

/**
 * 10,000 tickets from the sandbox into PostgreSQL, in turns with the old program's way of doing so and with a bare loop
 * that fetches and checks. All of them ask for the same pages, and check them by the same code; each round begins with
 * new tables and nothing left to be written to the disk, and each is compared with the others of its round only: a
 * machine that is busy for a while slows all of them.
 */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const sandbox = await startSandbox({
    file: path.join(folder, 'sandbox.sqlite'),
    settings: { ...DEFAULT_SANDBOX, historyTickets: TICKETS, historyHours: HISTORY_HOURS },
  })
  try {
    return await onPostgres(async (server) => {
      // What runs first pays for what is compiled only then.
      const { queries } = await syncInto(await server.database('warm_up'), sandbox)
      const rounds: Round[] = []
      for (let n = 0; n < ROUNDS; n++) rounds.push(await oneRound(server, sandbox, queries, n))
      return results(rounds, queries.length)
    })
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
}

/** Milliseconds. */
interface Round {
  readonly synced: number
  readonly old: number
  readonly bare: number
}

async function oneRound(
  server: BenchServer,
  sandbox: Sandbox,
  queries: readonly SearchQuery[],
  n: number,
): Promise<Round> {
  const bare = await timed(() => fetchBare(sandbox, queries, 1))
  const { ms: synced } = await syncInto(await server.database(`round_${n}`), sandbox)
  const old = await oldWay(await server.database(`old_${n}`), sandbox, queries)
  return { synced, old, bare }
}

async function syncInto(database: BenchDatabase, sandbox: Sandbox): Promise<FirstSync> {
  const store = await database.open()
  try {
    await database.settle()
    const done = await firstSync(sandbox, store, WATCHED)
    if (done.inserted !== TICKETS) throw new Error(`${done.inserted} of ${TICKETS} tickets were stored`)
    return done
  } finally {
    await store.close()
  }
}

/**
 * The old program's: all pages first, one after the other, then one INSERT and one COMMIT a ticket, into its table. Its
 * driver sends BEGIN, INSERT and COMMIT one by one and waits for each answer; here an INSERT commits by itself, in one
 * round trip: it cannot be done faster that way.
 */
async function oldWay(
  database: BenchDatabase,
  sandbox: Sandbox,
  queries: readonly SearchQuery[],
): Promise<number> {
  const client = new Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query(`CREATE TABLE tickets (ticket_id INTEGER PRIMARY KEY, ticket_severity TEXT,
      ticket_created_date TEXT, ticket_title TEXT, ticket_project TEXT)`)
    await database.settle()
    return await timed(async () => {
      for (const { id, priorityName, createdMs, title, projectKey } of await fetchBare(sandbox, queries, 1)) {
        const values = [id, priorityName, new Date(createdMs).toISOString(), title, projectKey]
        await client.query('INSERT INTO tickets VALUES ($1, $2, $3, $4, $5)', values)
      }
    })
  } finally {
    await client.end()
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

function results(rounds: readonly Round[], pages: number): BenchResult[] {
  const speed = (of: keyof Round): number => TICKETS / (median(rounds.map((round) => round[of])) / 1_000)
  const unit = 'tickets/s'
  return [
    { name: `sandbox to PostgreSQL, ${pages} pages`, value: speed('synced'), unit },
    { name: "the old program's way: all pages, then a commit a ticket", value: speed('old'), unit },
    atLeast(6, {
      name: 'sync, times as fast as that',
      value: median(rounds.map(({ synced, old }) => old / synced)),
      unit: '',
    }),
    { name: 'bare fetch and check of the same pages, one after the other', value: speed('bare'), unit },
    atLeast(0.5, {
      name: 'sync as a share of that',
      value: median(rounds.map(({ synced, bare }) => bare / synced)),
      unit: '',
    }),
  ]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
