import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { startTestSandbox } from '#jira-sandbox/testing'
import { atMost, median, percentile, type BenchResult } from './bench.ts'
import { startObserver, type Observer } from './fixtures/observer.ts'
import { openApp, type BenchApp, type BenchSite } from './fixtures/open-app.ts'
import { onPostgres, type BenchDatabase } from './fixtures/postgres.ts'
import { BENCH_START_MS, benchTicket } from './fixtures/tickets.ts'
import { nowMs, openViewers, type Viewers } from './fixtures/viewers.ts'

const VIEWERS = 50
const PROCESSES = 5
const COMMITS = 60
/** What is told one by one: see the pace of `live/live.ts`. */
const BETWEEN_COMMITS_MS = 300
const ROUNDS = 4
const IDLE_MS = 20_000
/** 36 % of them are High or Highest. */
const HISTORY_TICKETS = 140_000
const HISTORY_HOURS = 24 * 180
/** `max_connections` less those that PostgreSQL keeps for its administrators. */
const CONNECTIONS = 97

interface Team {
  readonly database: BenchDatabase
  readonly site: BenchSite
  readonly leader: BenchApp
}

/**
 * One instance fetches, and others look on: whole apps over one database, each with what its open window asks, in
 * processes of their own.
 */
export async function run(viewers = VIEWERS, rounds = ROUNDS): Promise<BenchResult[]> {
  const site = await startTestSandbox({ historyTickets: HISTORY_TICKETS, historyHours: HISTORY_HOURS })
  try {
    return await onPostgres(async (server) => {
      const database = await server.database('team')
      const leader = await openApp({ store: database.config }, site)
      await fetched(leader)
      const observer = await startObserver(server.url, 'team')
      const team: Team = { database, site, leader }
      try {
        return [...(await delays(team, 1, 20)), ...(await crowd(team, { observer, count: viewers, rounds }))]
      } finally {
        await observer.stop()
        await leader.close()
      }
    })
  } finally {
    await site.stop()
  }
}

/** Resolves to how long it took (ms) until the app had fetched everything. */
async function fetched({ app }: BenchApp): Promise<number> {
  const began = performance.now()
  const { promise, resolve } = Promise.withResolvers<void>()
  const leave = app.hub.on('sync.changed', ({ state, lastInserted }) => {
    if (state === 'idle' && lastInserted > 0) resolve()
  })
  await promise
  leave()
  return performance.now() - began
}

/**
 * How long it takes from the call that commits a ticket, in this process, until a window in another one is told: the
 * write itself, with its wait for the disk, is in it.
 */
async function delays(team: Team, count: number, targetMs?: number): Promise<BenchResult[]> {
  const viewers = await openViewers(Math.min(count, PROCESSES), {
    count,
    store: team.database.config,
    site: team.site,
  })
  try {
    return await delaysOf(team, viewers, count, targetMs)
  } finally {
    await viewers.close()
  }
}

async function delaysOf(
  { database, leader }: Team,
  viewers: Viewers,
  count: number,
  targetMs?: number,
): Promise<BenchResult[]> {
  const siteId = (await leader.app.client.call('session.get', {})).site.id
  const store = await database.open()
  const commits: { seq: number; atMs: number }[] = []
  await viewers.tell()
  for (let n = 0; n < COMMITS; n++) {
    const atMs = nowMs()
    const tickets = [{ ...benchTicket(n, 6_000), id: `bench-${count}-${n}`, priorityId: '1' }]
    const page = {
      siteId,
      scope: 'bench',
      seenAtMs: BENCH_START_MS,
      tickets,
      removals: [],
      watermarkMs: null,
    }
    commits.push({ seq: (await store.applyPage(page)).seq, atMs })
    await delay(BETWEEN_COMMITS_MS)
  }
  await store.close()
  const { told } = await viewers.tell()
  const samples = told.flatMap((events) =>
    commits.map(
      ({ seq, atMs }) => (events.find((event) => event.seq >= seq)?.atMs ?? Number.POSITIVE_INFINITY) - atMs,
    ),
  )
  const name = `a ticket's commit to the event of ${count === 1 ? 'another viewer' : `${count} other viewers`}`
  const p95 = { name: `${name}, p95`, value: percentile(samples, 0.95), unit: 'ms' }
  return [
    { name: `${name}, p50`, value: percentile(samples, 0.5), unit: 'ms' },
    targetMs === undefined ? p95 : atMost(targetMs, p95),
  ]
}

/** Fifty viewers at once, beside none: rounds in turns. */
async function crowd(
  team: Team,
  { observer, count, rounds }: { observer: Observer; count: number; rounds: number },
): Promise<BenchResult[]> {
  const alone: number[] = []
  const watched: number[] = []
  const told: number[] = []
  const rest: BenchResult[] = []
  let downs = 0
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) alone.push(await refetch(team))
    const viewers = await openViewers(PROCESSES, {
      count,
      store: team.database.config,
      site: team.site,
    })
    if (round === 0) rest.push(...(await atRest(observer, count)), ...(await delaysOf(team, viewers, count)))
    await viewers.tell()
    const ms = await refetch(team)
    watched.push(ms)
    const heard = await viewers.tell()
    told.push(heard.told.reduce((sum, events) => sum + events.length, 0) / count / (ms / 1_000))
    downs += heard.downs
    await viewers.close()
    if (round % 2 === 1) alone.push(await refetch(team))
  }
  const loss = median(watched.map((ms, round) => 1 - (alone[round] ?? Number.NaN) / ms))
  return [
    { name: 'a first fetch with no viewer, median', value: median(alone), unit: 'ms' },
    { name: `the same with ${count} viewers`, value: median(watched), unit: 'ms' },
    { name: 'its speed falls by', value: loss * 100, unit: '%', target: '< 10 %', met: loss < 0.1 },
    { name: 'a viewer is told of changes meanwhile, times a second', value: median(told), unit: '' },
    atMost(0, { name: 'viewers that lost their store', value: downs, unit: '' }),
    ...rest,
    atMost(CONNECTIONS, {
      name: 'connections at most, all the while',
      value: observer.mostConnections(),
      unit: '',
    }),
  ]
}

/** The tables are made anew and the leader fetches everything: a first fetch, in ms. */
async function refetch({ database, leader }: Team): Promise<number> {
  await leader.app.client.call('data.dropTables', { confirm: true })
  await database.settle()
  const done = fetched(leader)
  await leader.app.client.call('data.createTables', {})
  return done
}

/** What it costs a server that fifty windows are open while nothing happens. */
async function atRest(observer: Observer, count: number): Promise<BenchResult[]> {
  const before = await observer.transactions()
  await delay(IDLE_MS)
  const perSecond = ((await observer.transactions()) - before) / (IDLE_MS / 1_000)
  return [
    {
      name: `connections of ${count} viewers and a leader at rest`,
      value: await observer.connections(),
      unit: '',
    },
    { name: 'transactions a second and instance at rest', value: perSecond / (count + 1), unit: '' },
  ]
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [viewers, rounds] = process.argv.slice(2).map(Number)
  console.table(await run(viewers, rounds))
}
