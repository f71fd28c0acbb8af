import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import type { Client, SendRequestOptions } from 'jira.js/core'
import { pino } from 'pino'
import { createEventHub } from '../src-shared/contract/hub.ts'
import { createSiteTime, machineClock } from '../src-main/clock.ts'
import { DEFAULT_SANDBOX } from '../src-main/config/config.ts'
import { createCloudJira } from '../src-main/jira/cloud.ts'
import { readSearchPage, searchOnce } from '../src-main/jira/cloud-search.ts'
import type { SearchQuery } from '../src-main/jira/jira.ts'
import { startSandbox, type Sandbox } from '../src-main/sandbox/sandbox.ts'
import { openSqliteStore } from '../src-main/store/sqlite/store.ts'
import { createSync } from '../src-main/sync/sync.ts'
import { percentile, type BenchResult } from './bench.ts'

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
      const bare = await fetchBare(sandbox, queries, 1)
      const bareAtOnce = await fetchBare(sandbox, queries, AT_ONCE)
      const { speed } = await syncInto(path.join(folder, `${round}.sqlite`), sandbox)
      rounds.push({ bare, bareAtOnce, synced: speed })
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
  const share = median(rounds.map(({ bare, synced }) => synced / bare))
  const speed = (of: keyof Round): number => median(rounds.map((round) => round[of]))
  const unit = 'tickets/s'
  return [
    { name: 'sandbox to SQLite', value: speed('synced'), unit },
    { name: 'bare fetch and check of the same pages, one after the other', value: speed('bare'), unit },
    { name: 'sync as a share of that', value: share, unit: '', target: '≥ 0.75', met: share >= 0.75 },
    { name: 'bare fetch and check, as many at once as a sync asks for', value: speed('bareAtOnce'), unit },
    {
      name: 'sync as a share of that',
      value: median(rounds.map(({ bareAtOnce, synced }) => synced / bareAtOnce)),
      unit: '',
    },
  ]
}

/** In a round of its own: watching the event loop every millisecond slows it. */
async function delayResults(file: string, sandbox: Sandbox): Promise<BenchResult[]> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await syncInto(file, sandbox)
  delay.disable()
  const p99Ms = delay.percentile(99) / 1e6
  return [
    {
      name: 'event-loop delay p99 while 100,000 tickets are synced',
      value: p99Ms,
      unit: 'ms',
      target: '≤ 20 ms',
      met: p99Ms <= 20,
    },
    { name: 'event-loop delay max', value: delay.max / 1e6, unit: 'ms' },
  ]
}

/** Tickets a second of loops without transport, store or care: fetch, parse, check, next. */
async function fetchBare(sandbox: Sandbox, queries: readonly SearchQuery[], atOnce: number): Promise<number> {
  const client = bareClient(sandbox)
  const facts = { siteMs: 0, property: null, host: 'bench', redact: (text: string) => text }
  const ids = new Set<string>()
  const left = queries.values()
  const lane = async (): Promise<void> => {
    for (const query of left) {
      const page = readSearchPage(await searchOnce(client, query), facts)
      for (const { id } of page.tickets) ids.add(id)
    }
  }
  const began = performance.now()
  await Promise.all(Array.from({ length: atOnce }, lane))
  return ids.size / ((performance.now() - began) / 1_000)
}

function bareClient({ url, email, apiToken }: Sandbox): Client {
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`
  return {
    async sendRequest<T>({ url: target, method = 'GET', body, schema }: SendRequestOptions<T>): Promise<T> {
      const response = await fetch(url + target, {
        method,
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const data: unknown = await response.json()
      return schema === undefined ? (data as T) : schema.parse(data)
    },
  }
}

/** Tickets a second of a first sync into a new store, and the pages that it asked for. */
async function syncInto(
  file: string,
  sandbox: Sandbox,
): Promise<{ speed: number; queries: readonly SearchQuery[] }> {
  const clock = machineClock
  const store = await openSqliteStore({ file, clock })
  const jira = createCloudJira({ ...sandbox, clock })
  const queries: SearchQuery[] = []
  const sync = createSync({
    siteId: sandbox.siteId,
    projectKey: null,
    watchedField: { id: 'priority', name: 'Priority' },
    watched: WATCHED,
    jira: {
      ...jira,
      search(query, signal) {
        queries.push(query)
        return jira.search(query, signal)
      },
    },
    store,
    clock,
    siteTime: createSiteTime(clock),
    hub: createEventHub(),
    owner: 'bench',
    intervalMs: 5_000,
    log: pino({ level: 'silent' }),
  })
  const began = performance.now()
  const { inserted } = await sync.now()
  const seconds = (performance.now() - began) / 1_000
  await sync.stop()
  await store.close()
  return { speed: inserted / seconds, queries }
}

function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
