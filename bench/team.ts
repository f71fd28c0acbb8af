import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { startTestSandbox } from '#jira-sandbox/testing'
import type { Store } from '../src-main/store/store.ts'
import { makeTokensIn } from '../test-support/tokens/make-tokens.ts'
import { atLeast, atMost, median, percentile, type BenchResult } from './bench.ts'
import { countsBesideBare } from './fixtures/counts-rate.ts'
import { loopDelay, TELL_LOOP_DELAY } from './fixtures/loop-delay.ts'
import { startObserver } from './fixtures/observer.ts'
import { onPostgres, type BenchDatabase } from './fixtures/postgres.ts'
import { callServer, serveWorkspace, type ServedWorkspace } from './fixtures/served-workspace.ts'
import { openSockets } from './fixtures/sockets.ts'
import { delaysOf } from './fixtures/told-delays.ts'
import { openWindows } from './fixtures/windows.ts'

/** As the container starts it (decision 0072), and watched. */
const NODE_FLAGS = ['--max-semi-space-size=16', '--import', TELL_LOOP_DELAY]

const VIEWERS = 2_000
const PROCESSES = 2
const WINDOWS = 50
/** Each window is a caller of its own; of viewers there are many to one, which may listen at 250 sockets. */
const TOKENS = WINDOWS + 1
const WINDOW_PROCESSES = 2
const ROUNDS = 4
/** 36 % of them are High or Highest. */
const HISTORY_TICKETS = 140_000
const HISTORY_HOURS = 24 * 180

interface Team {
  readonly store: Store
  readonly database: BenchDatabase
  readonly env: Readonly<Record<string, string>>
  readonly tokens: readonly string[]
  readonly siteId: string
  readonly one: ServedWorkspace
}

/**
 * A team's servers (`jira-tpm serve`, as built) over one PostgreSQL, with their viewers and windows, a Jira and the database
 * on the same machine: on 2 cores load and server take each other's time.
 */
export async function run(): Promise<BenchResult[]> {
  const site = await startTestSandbox({ historyTickets: HISTORY_TICKETS, historyHours: HISTORY_HOURS })
  try {
    return await onPostgres(async (server) => {
      const database = await server.database('team')
      const env = {
        JIRA_URL: site.url,
        JIRA_USER: site.email,
        JIRA_API_KEY: site.apiToken,
        DATABASE_URL: database.url,
      }
      const store = await database.open()
      try {
        return await inFolder(async (dataDir) => {
          const tokens = await makeTokensIn(store, dataDir, TOKENS, 'admin')
          const [token = ''] = tokens
          const one = await serveWorkspace(dataDir, token, NODE_FLAGS, env)
          try {
            await untilFetched(one, token)
            const { site: about } = (await callServer(one.url, token, 'session.get', {})) as {
              site: { id: string }
            }
            const team: Team = { store, database, env, tokens, siteId: about.id, one }
            return [
              ...(await oneEdge(team)),
              ...(await twoEdges(team)),
              ...(await counts(team)),
              ...(await windows(team, server.url)),
            ]
          } finally {
            await one.stop()
          }
        })
      } finally {
        await store.close()
      }
    })
  } finally {
    await site.stop()
  }
}

async function inFolder<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'jira-tpm-bench-'))
  try {
    return await work(dataDir)
  } finally {
    await rm(dataDir, { recursive: true, maxRetries: 5 })
  }
}

/** Resolves when everything has been fetched. */
async function untilFetched({ url }: ServedWorkspace, token: string): Promise<void> {
  for (;;) {
    const { lastSuccessMs, state, storedTickets } = (await callServer(url, token, 'sync.status', {})) as {
      lastSuccessMs: number | null
      state: string
      storedTickets: number
    }
    if (lastSuccessMs !== null && state === 'idle' && storedTickets > 0) return
    await delay(20)
  }
}

function withLoad(results: BenchResult[]): BenchResult[] {
  const load = loadavg()[0] ?? Number.NaN
  return results.map((result) => ({ ...result, name: `${result.name} (load ${load.toFixed(1)})` }))
}

async function counts({ one, tokens: [token = ''] }: Team): Promise<BenchResult[]> {
  const { rates, bareRates } = await countsBesideBare(one.url, token)
  const share = median(rates) / median(bareRates)
  return withLoad([
    { name: '60-bucket counts with a token, median', value: median(rates), unit: 'requests/s' },
    atLeast(0.7, {
      name: '… as a share of a bare node:http server of the same bytes',
      value: share,
      unit: '',
    }),
  ])
}

/** A first fetch of the server's with and without windows that it serves, in turns. */
async function windows(team: Team, serverUrl: string): Promise<BenchResult[]> {
  await team.store.close() // from here on the server's sessions are all that there are
  const observer = await startObserver(serverUrl, 'team')
  const [alone, watched]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 2 === 0) alone.push(await refetch(team))
    const count = WINDOWS / WINDOW_PROCESSES
    const close = await Promise.all(
      Array.from({ length: WINDOW_PROCESSES }, (_, n) =>
        openWindows({ url: team.one.url, tokens: team.tokens.slice(1 + n * count), count }),
      ),
    )
    watched.push(await refetch(team))
    await Promise.all(close.map((end) => end()))
    if (round % 2 === 1) alone.push(await refetch(team))
  }
  const loss = median(watched.map((ms, round) => 1 - (alone[round] ?? Number.NaN) / ms))
  await observer.stop()
  return withLoad([
    { name: 'a first fetch with no window, median', value: median(alone), unit: 'ms' },
    { name: `the same with ${WINDOWS} windows of the server`, value: median(watched), unit: 'ms' },
    atMost(10, { name: 'its speed falls by', value: loss * 100, unit: '%' }),
    atMost(4, {
      name: 'database sessions of the server at most',
      value: observer.mostConnections(),
      unit: '',
    }),
  ])
}

/** The tables are made anew and the server fetches everything: a first fetch, in ms. */
async function refetch({ one, database, tokens: [token = ''] }: Team): Promise<number> {
  await callServer(one.url, token, 'data.dropTables', { confirm: true })
  await database.settle()
  const began = performance.now()
  await callServer(one.url, token, 'data.createTables', {})
  await untilFetched(one, token)
  return performance.now() - began
}

async function oneEdge(team: Team): Promise<BenchResult[]> {
  return viewersOf(team, [team.one], `${VIEWERS} viewers on one edge`)
}

async function twoEdges(team: Team): Promise<BenchResult[]> {
  return inFolder(async (dataDir) => {
    const other = await serveWorkspace(dataDir, team.tokens[0] ?? '', NODE_FLAGS, team.env)
    try {
      return await viewersOf(team, [team.one, other], `${VIEWERS} viewers on two edges`)
    } finally {
      await other.stop()
    }
  })
}

async function viewersOf(team: Team, edges: readonly ServedWorkspace[], of: string): Promise<BenchResult[]> {
  const count = VIEWERS / PROCESSES
  const all = await Promise.all(
    Array.from({ length: PROCESSES }, (_, n) =>
      openSockets({ url: edges[n % edges.length]?.url ?? '', tokens: team.tokens, count }),
    ),
  )
  try {
    for (const { child } of edges) await loopDelay(child)
    const delays = await delaysOf(team, all)
    const late = await Promise.all(edges.map(({ child }) => loopDelay(child)))
    const memory = Math.max(...edges.map((edge) => edge.memoryMb().now))
    return withLoad([
      { name: `${of}: a commit reaches half in`, value: percentile(delays, 0.5), unit: 'ms' },
      atMost(150, { name: `${of}: 95 % in`, value: percentile(delays, 0.95), unit: 'ms' }),
      atMost(400, { name: `${of}: all in`, value: Math.max(...delays), unit: 'ms' }),
      atMost(20, {
        name: `${of}: event-loop delay, p99`,
        value: Math.max(...late.map(({ p99Ms }) => p99Ms)),
        unit: 'ms',
      }),
      atMost(350, { name: `${of}: resident memory of an edge`, value: memory, unit: 'MB' }),
    ])
  } finally {
    for (const sockets of all) await sockets.close()
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
