import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { Client } from 'pg'
import { vi } from 'vitest'
import { machineClock } from '../../src-main/runtime/clock.ts'
import type { FaultRule } from '#jira-sandbox'
import type { TestSandbox } from '#jira-sandbox/testing'
import { limit } from '../../src-main/runtime/async.ts'
import type { Store } from '../../src-main/store/store.ts'
import { queryOnce } from '../store/postgres-query.ts'
import type { TestPostgres } from '../store/postgres.ts'
import type { Seat, Team } from './team.ts'

export interface World {
  readonly server: TestPostgres
  readonly site: TestSandbox
  readonly team: Team
  /** A store of the test's own, on a network without faults. */
  readonly store: Store
  readonly random: RandomGenerator
}

const never = new AbortController().signal
const PAUSE_MS = { least: 200, most: 1_500 }
/** Between two faults of the server something can be done. */
const CALM_MS = { least: 200, most: 2_000 }
/** The server takes so long at most to come back as it should be. */
const BACK = { timeout: 20_000, interval: 20 }

/** What happens to the server happens one after the other, and to a member, too. */
interface Grounds extends World {
  readonly atServer: (work: () => Promise<void>) => Promise<void>
  /** A seat to which nothing happens; resolves at once where there is none. */
  readonly atSeat: (work: (seat: Seat) => Promise<void>) => Promise<void>
  /** Waits for a time between two, drawn at once. */
  readonly wait: (leastMs: number, mostMs: number) => Promise<void>
}

/** Each resolves when it is over and undone. */
const FAULTS = {
  'the server is killed and started again': ({ atServer, server, wait }) =>
    atServer(async () => {
      await server.kill()
      await wait(0, 2_000)
      await server.restart()
    }),
  'the server stands still': ({ atServer, server, wait }) =>
    atServer(async () => {
      server.stall()
      await wait(500, 7_000)
      server.continue()
    }),
  'the server is a standby for a while': ({ atServer, server, wait }) =>
    atServer(async () => {
      server.write('standby.signal', '')
      await server.restart()
      await wait(500, 3_000)
      await queryOnce(server.url(), 'SELECT pg_promote()')
    }),
  'sessions are ended': ({ atServer, server }) =>
    atServer(async () => {
      await queryOnce(
        server.url(),
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'jira-tpm' AND random() < 0.5`,
      )
    }),
  'tables are dropped and made': ({ atServer, store, wait }) =>
    atServer(async () => {
      await vi.waitFor(() => store.dropTables(), BACK)
      await wait(0, 1_000)
      await vi.waitFor(() => store.createTables(), BACK)
    }),
  'another program locks the tables': ({ atServer, server, wait }) =>
    atServer(() =>
      withClient(server, async (client) => {
        await client.query('BEGIN')
        await client
          .query('LOCK TABLE jira_tpm.minute_counts, jira_tpm.slots IN ACCESS EXCLUSIVE MODE')
          .catch(() => {})
        await wait(500, 4_000)
      }),
    ),
  'no connection is left': ({ atServer, server, wait }) =>
    atServer(async () => {
      const held = await Promise.all(Array.from({ length: MOST_CONNECTIONS }, () => hold(server)))
      await wait(500, 3_000)
      for (const client of held) await client?.end().catch(() => {})
    }),
  'all connections are cut': async ({ team }) => {
    for (const { proxy } of team.seats) proxy.cut()
  },
  'one network swallows everything': ({ atSeat, wait }) =>
    atSeat(async (seat) => {
      seat.proxy.blackhole()
      await wait(500, 7_000)
      seat.heal()
    }),
  'one network keeps everything back': ({ atSeat, wait }) =>
    atSeat(async (seat) => {
      seat.proxy.stall()
      await wait(200, 4_000)
      seat.heal()
    }),
  'one network refuses': ({ atSeat, wait }) =>
    atSeat(async (seat) => {
      seat.proxy.refuse()
      seat.proxy.cut()
      await wait(200, 3_000)
      seat.heal()
    }),
  'an instance is killed, and another one comes': ({ atSeat, wait }) =>
    atSeat(async (seat) => {
      await seat.kill()
      await wait(0, 1_000)
      await seat.fill()
    }),
  'an instance stands still': ({ atSeat, wait }) =>
    atSeat(async (seat) => {
      seat.member().send('SIGSTOP')
      await wait(300, 10_000)
      seat.member().send('SIGCONT')
    }),
  'Jira fails': async ({ site, wait, random }) => {
    const seed = uniformInt(random, 0, 1_000_000)
    await site.setFaults([...JIRA_FAULTS.map((rule) => ({ ...rule, seed })), ...USUAL_JIRA])
    await wait(500, 2_000)
    await site.setFaults(USUAL_JIRA)
  },
} as const satisfies Record<string, (grounds: Grounds) => Promise<void>>

type FaultName = keyof typeof FAULTS
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[]

const ISSUE = '/rest/api/3/issue$'
const SEARCH = '/rest/api/3/search/jql$'
const JIRA_FAULTS: readonly FaultRule[] = [
  { match: { method: 'POST', path: ISSUE }, kind: 'applied-500', times: 1_000, rate: 0.2 },
  { match: { method: 'POST', path: ISSUE }, kind: 'reset-after', times: 1_000, rate: 0.2 },
  { match: { path: SEARCH }, kind: 'late', ms: 900, times: 1_000, rate: 0.3 },
  { match: { path: SEARCH }, kind: 'html-error', times: 1_000, rate: 0.3 },
]

/** Whenever an instance is struck, some tickets are on their way. */
export const USUAL_JIRA: readonly FaultRule[] = [
  { match: { method: 'POST', path: ISSUE }, kind: 'late', ms: 300, times: 1_000_000 },
]

/** As many as the server takes. */
export const MOST_CONNECTIONS = 40

async function withClient(server: TestPostgres, work: (client: Client) => Promise<void>): Promise<void> {
  const client = await hold(server)
  if (client === null) throw new Error('No connection for a fault')
  await work(client)
  await client.end()
}

/** Null where the server takes no more. */
async function hold(server: TestPostgres): Promise<Client | null> {
  const client = new Client({ connectionString: server.url() })
  client.on('error', () => {})
  return client.connect().then(
    () => client,
    () => null,
  )
}

/**
 * Lets things go wrong, several at a time: each kind once in some order, then any, `rounds` of them. Tells how often each
 * did. All is undone when it resolves.
 */
export async function makeTrouble(world: World, rounds: number): Promise<ReadonlyMap<FaultName, number>> {
  const { random } = world
  const between = (least: number, most: number): number => least + uniformFloat64(random) * (most - least)
  const busy = new Set<Seat>()
  const serial = limit(1)
  const grounds: Grounds = {
    ...world,
    atServer: (work) =>
      serial(async () => {
        await work()
        await machineClock.sleep(between(CALM_MS.least, CALM_MS.most), never)
      }),
    wait: (least, most) => machineClock.sleep(between(least, most), never),
    async atSeat(work) {
      const free = world.team.seats.filter((seat) => !busy.has(seat))
      const seat = free[uniformInt(random, 0, Math.max(0, free.length - 1))]
      // One at least goes on.
      if (seat === undefined || free.length === 1) return
      busy.add(seat)
      await work(seat)
      busy.delete(seat)
    },
  }
  const happened = new Map<FaultName, number>()
  const running: Promise<void>[] = []
  const first = shuffled(FAULT_NAMES, random)
  for (let n = 0; n < rounds; n++) {
    const name = first[n] ?? drawn(FAULT_NAMES, random)
    happened.set(name, (happened.get(name) ?? 0) + 1)
    const fault = FAULTS[name](grounds)
    fault.catch(() => {}) // heard of at the end
    running.push(fault)
    await machineClock.sleep(between(PAUSE_MS.least, PAUSE_MS.most), never)
  }
  await Promise.all(running)
  return happened
}

function drawn<T>(items: readonly T[], random: RandomGenerator): T {
  return items[uniformInt(random, 0, items.length - 1)] as T
}

function shuffled<T>(items: readonly T[], random: RandomGenerator): T[] {
  const placed = items.map((item) => ({ item, at: uniformFloat64(random) }))
  return placed.toSorted((a, b) => a.at - b.at).map(({ item }) => item)
}
