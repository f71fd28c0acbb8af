import { expect, onTestFinished, vi } from 'vitest'
import type { AsOf } from '../../src-shared/contract/store.ts'
import type { PostgresConfig } from '../../src-main/config/config.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { longReads, type ReadFreshness, type LongReads } from '../../src-main/store/long-reads.ts'
import { openPostgresStore } from '../../src-main/store/postgres/store.ts'
import type { Store } from '../../src-main/store/store.ts'
import { hour, page, ticket } from './pages.ts'
import { testConfig } from './postgres-config.ts'
import { queryOnce } from './postgres-query.ts'
import { startPostgres, type TestPostgres } from './postgres.ts'

const parts = { clock: machineClock, log: { info: () => {}, warn: () => {} }, password: null }

export type Place = Pick<PostgresConfig, 'host' | 'port'> & Partial<PostgresConfig>

interface ReplicatedStore extends Store {
  readonly log: readonly string[]
}

/** Two servers with a store in each of the databases `postgres` and `other`, of which the second follows the first. */
export type Replicated = Awaited<ReturnType<typeof startReplicated>>

/** The standby gives up at once what keeps it from following. */
export async function startReplicated() {
  const primary = await startPostgres()
  await queryOnce(primary.url(), 'CREATE DATABASE other')
  await makeTables(primary)
  await makeTables(primary, 'other')
  await primary.kill()
  const standby = await startPostgres({ standbyOf: primary, settings: { max_standby_streaming_delay: '0' } })
  await primary.restart()
  return {
    primary,
    standby,
    stop: (): Promise<unknown> => Promise.all([primary.stop(), standby.stop()]),
    /** A store of the primary whose long reads go there; it is closed with the test. */
    async open(replica: Place = standby, at: Partial<PostgresConfig> = {}): Promise<ReplicatedStore> {
      const config = { ...placeOf(primary), ...at }
      const log: string[] = []
      const write = (_fields: unknown, text = ''): void => void log.push(text)
      const store = await openPostgresStore(
        { ...config, replica: { ...config, ...replica } },
        { ...parts, log: { info: write, warn: write } },
      )
      onTestFinished(() => store.close())
      return { ...store, log }
    },
    /** Resolves once all that is committed is at the standby, as its own read says. */
    untilThere: (store: Store): Promise<void> => untilThere(store, standby),
    /** The standby plays nothing back until `resume`. */
    async pause(store: Store): Promise<void> {
      await addTicket(store) // so that it has played back something of its primary's
      await untilThere(store, standby)
      onTestFinished(() => resume(standby))
      await queryOnce(standby.url(), 'SELECT pg_wal_replay_pause()')
      const state = (): Promise<unknown> =>
        queryOnce(standby.url(), 'SELECT pg_get_wal_replay_pause_state() AS state')
      await vi.waitFor(async () => expect(await state()).toEqual([{ state: 'paused' }]), 30_000)
    },
    resume: (): Promise<void> => resume(standby),
  }
}

/** A store's tables, in a database of that server. */
export async function makeTables(server: TestPostgres, database = 'postgres'): Promise<void> {
  await (await openPostgresStore({ ...placeOf(server), database }, parts)).close()
}

export function placeOf({ host, port }: Pick<TestPostgres, 'host' | 'port'>): PostgresConfig {
  return testConfig({ host, port, database: 'postgres' })
}

export function labelOf({ host, port }: Pick<TestPostgres, 'host' | 'port'>): string {
  return `${host}:${port}/postgres`
}

let last = 0

export async function addTicket(store: Store): Promise<void> {
  await store.applyPage(page([ticket(`r${(last += 1)}`)]))
}

/** How many tickets the tests' hour has. */
export async function countHour(reads: LongReads['reads']): Promise<number> {
  const { rows } = await reads.counts(hour())
  return rows.reduce((sum, row) => sum + row.count, 0)
}

/** The same by a long read. */
export async function readNow(
  store: Store,
  freshness: ReadFreshness,
): Promise<{ count: number; asOf: AsOf | undefined }> {
  const { reads, asOf } = longReads(store, freshness)
  return { count: await countHour(reads), asOf: asOf() }
}

async function untilThere(store: Store, standby: TestPostgres): Promise<void> {
  await vi.waitFor(async () => {
    const { asOf } = await readNow(store, 'recent')
    expect(asOf).toMatchObject({ behindMs: 0, server: labelOf(standby), notice: null })
  }, 60_000)
}

async function resume(standby: TestPostgres): Promise<void> {
  await queryOnce(standby.url(), 'SELECT pg_wal_replay_resume()')
}
