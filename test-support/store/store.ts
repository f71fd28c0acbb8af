import Database from 'better-sqlite3'
import path from 'node:path'
import { Client } from 'pg'
import { pino } from 'pino'
import { beforeEach, inject } from 'vitest'
import { machineClock, type Clock } from '../../src-main/runtime/clock.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'
import type { Environment } from '../../src-main/config/environment.ts'
import { storeText } from '../../src-main/config/store-config.ts'
import { atEnd, testFolder } from '../end.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { SCHEMA } from '../../src-main/store/postgres/connection/client.ts'
import type { Store } from '../../src-main/store/store.ts'
import { emptyDatabase } from './database.ts'
import { openSqliteStore } from '../../src-main/store/sqlite/store.ts'
import { VALUE_PARSERS } from '../../src-main/store/postgres/connection/values.ts'

/** The engine that this vitest project tests. */
export const ENGINE: Store['kind'] = inject('postgres') === undefined ? 'sqlite' : 'postgres'

/** The data of a test's store, new and empty, gone when the test ends. */
export interface TestData {
  /** Names it to `openStore`, here and in other processes; it has no secret in it. */
  readonly config: StoreConfig
  /** A connection of its own, as each process has; closed when the test ends. Its leases run out by the clock given. */
  open(clock?: Clock): Promise<Store>
  /** Runs one SQL statement past the store, and returns its rows. */
  query(sql: string): Promise<Record<string, unknown>[]>
}

/** A store with empty tables of the engine under test, closed and removed when the test ends. */
export async function openTestStore(clock?: Clock): Promise<Store> {
  return (await makeTestData()).open(clock)
}

export interface OpenStore {
  readonly store: Store
  /** Another connection to the same data, as a second process has. */
  readonly again: () => Promise<Store>
  /** What is really in the tables. */
  readonly rows: TestData['query']
}

/** Gives each test of the enclosing block a store of its own, in which nothing is. */
export function storeForEach(): () => OpenStore {
  let opened: OpenStore | undefined
  beforeEach(async () => {
    const data = await makeTestData()
    opened = { store: await data.open(), again: () => data.open(), rows: (sql) => data.query(sql) }
  })
  return () => {
    if (opened === undefined) throw new Error('No store outside a test')
    return opened
  }
}

/**
 * What a program must find in its environment to use a store of the engine under test, gone when the test ends: nothing
 * for SQLite, whose file is its workspace's own.
 */
export async function makeTestEnvironment(): Promise<Environment> {
  return ENGINE === 'sqlite' ? {} : { DATABASE_URL: storeText((await makeTestData()).config) }
}

/**
 * The store of the engine under test as programs of the workspace `dataDir` find it, by that environment, and as the test
 * reads it, each time by a connection of its own.
 */
export async function storeOfWorkspace(
  dataDir: string,
): Promise<
  { readonly environment: Environment; readonly open: () => Promise<Store> } & Pick<TestData, 'query'>
> {
  if (ENGINE === 'postgres') {
    const data = await makeTestData()
    const environment = { DATABASE_URL: storeText(data.config) }
    return { environment, open: () => data.open(), query: (text) => data.query(text) }
  }
  return {
    environment: {},
    query: (text) => makeFile(dataDir).query(text),
    async open() {
      const store = await openSqliteStore({ file: path.join(dataDir, 'tpm.sqlite'), clock: machineClock })
      atEnd(() => store.close())
      return store
    },
  }
}

/** The data alone, for tests with several connections or processes. */
export async function makeTestData(): Promise<TestData> {
  const data = ENGINE === 'sqlite' ? makeFile() : await makeDatabase()
  const parts = { log: pino({ level: 'silent' }), password: null }
  return {
    ...data,
    async open(clock = machineClock) {
      const itsClock = ENGINE === 'sqlite' ? clock : machineClock
      const store = await openStore(data.config, { ...parts, clock: itsClock })
      atEnd(() => store.close())
      return clock === itsClock ? store : withAgingLeases(store, clock, data)
    },
  }
}

/** A server's clock cannot be set: by what the test's clock has gone on, its leases are made older. */
function withAgingLeases(store: Store, clock: Clock, { query }: BareData): Store {
  let agedMs = clock.now()
  const age = async (): Promise<void> => {
    const ms = clock.now() - agedMs
    agedMs += ms
    if (ms > 0) await query(`UPDATE leases SET expires_ms = expires_ms - ${ms}`)
  }
  return {
    ...store,
    async takeLease(...lease) {
      await age()
      return store.takeLease(...lease)
    },
    async leaseHolder(...lease) {
      await age()
      return store.leaseHolder(...lease)
    },
    async dropTables(guard) {
      await age()
      return store.dropTables(guard)
    },
  }
}

type BareData = Pick<TestData, 'config' | 'query'>

function makeFile(folder = testFolder()): BareData {
  const file = path.join(folder, 'tpm.sqlite')
  return {
    config: { kind: 'sqlite', file },
    async query(sql) {
      const db = new Database(file)
      try {
        const statement = db.prepare<unknown[], Record<string, unknown>>(sql)
        if (statement.reader) return statement.all()
        statement.run()
        return []
      } finally {
        db.close()
      }
    },
  }
}

async function makeDatabase(): Promise<BareData> {
  const { config, url } = await emptyDatabase()
  let past: Promise<Client> | null = null
  const connect = async (): Promise<Client> => {
    const connectionString = `${url}?options=-c%20search_path%3D${SCHEMA}`
    const client = new Client({ connectionString, types: VALUE_PARSERS })
    client.on('error', () => {}) // the test may end its server, or all connections to it
    await client.connect()
    atEnd(() => client.end())
    return client
  }
  const query: TestData['query'] = async (sql) => {
    past ??= connect()
    return (await (await past).query<Record<string, unknown>>(sql)).rows
  }
  return { config, query }
}
