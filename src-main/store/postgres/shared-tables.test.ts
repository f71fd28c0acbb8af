import { Client } from 'pg'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import { migrate, readMigrations } from '../migrate.ts'
import type { Store } from '../store.ts'
import { MINUTE, page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { testDatabase, type TestDatabase } from '../../../test-support/store/database.ts'
import { migrationTarget } from './migrations.ts'
import { openPostgresStore } from './store.ts'
import { testConnection } from '../../../test-support/store/postgres/connection.ts'

// Others make, change and drop the tables that an instance works with.

async function open({ config }: TestDatabase): Promise<Store> {
  const log = pino({ level: 'silent' })
  const store = await openPostgresStore(config, { clock: machineClock, log, password: null })
  onTestFinished(() => store.close())
  return store
}

async function connect({ url }: TestDatabase): Promise<Client> {
  const client = new Client({ connectionString: url })
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

test(
  'a store whose tables are being made for long is there, but down, and goes up when they are',
  { timeout: 40_000 },
  async () => {
    const database = await testDatabase({ empty: true })
    const maker = await connect(database)
    await maker.query(
      'BEGIN; CREATE SCHEMA jira_tpm; CREATE TABLE jira_tpm.migration_lock (id INT PRIMARY KEY)',
    )
    const store = await open(database)
    expect(store.health()).toMatchObject({
      state: 'down',
      failure: { code: 'store-unavailable', what: expect.stringContaining('made or changed') as string },
    })
    await maker.query('ROLLBACK')
    await vi.waitFor(() => expect(store.health().state).toBe('up'), 30_000)
    expect(await store.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
  },
)

test('an instance stores nothing more once a newer version has changed the tables', async () => {
  const database = await testDatabase()
  const store = await open(database)
  await store.applyPage(page([ticket('1')]))
  const newer = await testConnection(database.config, async () => {})
  const sql = '-- part: tickets\nCREATE TABLE hour_counts (hour BIGINT NOT NULL)'
  await newer.alone((session) =>
    migrate(migrationTarget({ session, label: 'the newer one', clock: machineClock }), [
      ...readMigrations('postgres'),
      { number: 9_999, name: 'hours', part: 'tickets', sql, checksum: 'x' },
    ]),
  )
  await vi.waitFor(() =>
    expect(store.health()).toMatchObject({ state: 'down', failure: { code: 'store-newer' } }),
  )
  await expect(store.applyPage(page([ticket('2')]))).rejects.toMatchObject({ code: 'store-newer' })
})

test('tables are dropped under those who read them, and nobody waits for the other for good', async () => {
  const database = await testDatabase()
  const [writer, ...readers] = await Promise.all(Array.from({ length: 4 }, () => open(database)))
  if (writer === undefined) throw new Error('no store')
  const failures: unknown[] = []
  let reads = 0
  const over = new AbortController()
  const reading = readers.map(async (store) => {
    while (!over.signal.aborted) {
      const span = { fromMinute: MINUTE - 10, toMinute: MINUTE - 5 }
      const missing = await store.outside(SITE, span, WATCHED).then(
        () => null,
        (error: unknown) => error,
      )
      reads += 1
      if (missing !== null && (missing as { code?: string }).code !== 'tables-missing') failures.push(missing)
    }
  })
  for (let n = 0; n < 8; n++) {
    await writer.applyPage(page(Array.from({ length: 50 }, (_, id) => ticket(String(id)))))
    expect(await writer.dropTables()).toBe(true)
    expect(await writer.createTables()).toBe(true)
  }
  over.abort()
  await Promise.all(reading)
  expect(failures).toEqual([])
  expect(reads).toBeGreaterThan(8)
  // Each of them counts its own when it ends.
  await Promise.all([writer, ...readers].map((store) => store.close()))
  const deadlocks = 'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()'
  expect(await database.query(deadlocks)).toEqual([{ deadlocks: 0 }])
})
