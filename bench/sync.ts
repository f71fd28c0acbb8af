import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { machineClock } from '../src-main/runtime/clock.ts'
import { DEFAULT_SANDBOX, startSandbox, type Sandbox } from '#jira-sandbox'
import type { SearchQuery } from '../src-main/jira/jira.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import { atLeast, atMost, median, type BenchResult } from './bench.ts'
import { fetchBare } from './fixtures/bare-fetch.ts'
import { firstSync, type FirstSync } from './fixtures/first-sync.ts'

/** About 36 % of a sandbox's past are High or Highest: this makes a good 100,000 of them. */
const HISTORY_TICKETS = 280_000
const HISTORY_HOURS = 24 * 365
const ROUNDS = 3
const WATCHED = [
  { id: '1', name: 'Highest' },
  { id: '2', name: 'High' },
]

/** As many pages as a first sync asks for at once. */
const AT_ONCE = 4

/** Syncs 100,000 tickets from the sandbox into SQLite, in turns with bare loops that fetch and check the same pages. */
export async function run(): Promise<BenchResult[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  const sandbox = await startSandbox({
    file: path.join(folder, 'sandbox.sqlite'),
    settings: { ...DEFAULT_SANDBOX, historyTickets: HISTORY_TICKETS, historyHours: HISTORY_HOURS },
  })
  try {
    const { queries } = await syncInto(path.join(folder, 'queries.sqlite'), sandbox)
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const bare = await bareSpeed(sandbox, queries, 1)
      const bareAtOnce = await bareSpeed(sandbox, queries, AT_ONCE)
      const { inserted, ms } = await syncInto(path.join(folder, `${round}.sqlite`), sandbox)
      rounds.push({ bare, bareAtOnce, synced: inserted / (ms / 1_000) })
    }
    return [...speedResults(rounds), ...(await delayResults(path.join(folder, 'delay.sqlite'), sandbox))]
  } finally {
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
}

/** Tickets a second. */
interface Round {
  readonly bare: number
  readonly bareAtOnce: number
  readonly synced: number
}

function speedResults(rounds: readonly Round[]): BenchResult[] {
  // Each round beside its own bare loops: a machine that is busy for a while slows all.
  const share = (of: 'bare' | 'bareAtOnce'): number => median(rounds.map((round) => round.synced / round[of]))
  const speed = (of: keyof Round): number => median(rounds.map((round) => round[of]))
  const unit = 'tickets/s'
  return [
    { name: 'sandbox to SQLite', value: speed('synced'), unit },
    { name: 'bare fetch and check of the same pages, one after the other', value: speed('bare'), unit },
    atLeast(0.75, { name: 'sync as a share of that', value: share('bare'), unit: '' }),
    { name: 'bare fetch and check, as many at once as a sync asks for', value: speed('bareAtOnce'), unit },
    { name: 'sync as a share of that', value: share('bareAtOnce'), unit: '' },
  ]
}

/** In a round of its own: watching the event loop every millisecond slows it. */
async function delayResults(file: string, sandbox: Sandbox): Promise<BenchResult[]> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await syncInto(file, sandbox)
  delay.disable()
  const name = 'event-loop delay p99 while 100,000 tickets are synced'
  return [
    atMost(15, { name, value: delay.percentile(99) / 1e6, unit: 'ms' }),
    { name: 'event-loop delay max', value: delay.max / 1e6, unit: 'ms' },
  ]
}

/** Tickets a second. */
async function bareSpeed(sandbox: Sandbox, queries: readonly SearchQuery[], atOnce: number): Promise<number> {
  const began = performance.now()
  const tickets = await fetchBare(sandbox, queries, atOnce)
  return tickets.length / ((performance.now() - began) / 1_000)
}

async function syncInto(file: string, sandbox: Sandbox): Promise<FirstSync> {
  const store = await openSqliteStore({ file, clock: machineClock })
  try {
    return await firstSync(sandbox, store, WATCHED)
  } finally {
    await store.close()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
