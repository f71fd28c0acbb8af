import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import type { Store } from '../store.ts'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import { page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import { testDatabase, type TestDatabase } from '../../../test-support/store/database.ts'
import { queryOnce } from '../../../test-support/store/postgres-query.ts'
import { SCHEMA } from './connection/client.ts'
import { openPostgresStore } from './store.ts'
import { testConnection } from '../../../test-support/store/postgres/connection.ts'

// A database that is shared with others has settings that others have made.

async function open({ config }: TestDatabase): Promise<Store> {
  const log = pino({ level: 'silent' })
  const store = await openPostgresStore(config, { clock: machineClock, log, password: null })
  onTestFinished(() => store.close())
  return store
}

const WRITERS = 5
const PAGES = 15

test.each(['repeatable read', 'serializable'])(
  'writers at one site do not get in each other’s way where the default isolation is %s',
  async (isolation) => {
    const database = await testDatabase()
    await database.query(`ALTER DATABASE ${database.name} SET default_transaction_isolation = '${isolation}'`)
    const writers = await Promise.all(Array.from({ length: WRITERS }, () => open(database)))
    await Promise.all(
      writers.map(async (store, writer) => {
        for (let n = 0; n < PAGES; n++) {
          const shared = ticket(`shared-${n % 3}`, {
            priorityId: n % 2 === 0 ? '1' : '2',
            updatedMs: 2e12 + n,
          })
          await store.applyPage(page([shared, ticket(`${writer}-${n}`)]))
          // Takes the same lock, and changes nothing of what it locks.
          await store.markMissing(SITE, [shared.id], n, 1)
        }
      }),
    )
    const rows = (sql: string): ReturnType<typeof queryOnce> =>
      queryOnce(`${database.url}?options=-c%20search_path%3D${SCHEMA}`, sql)
    expect(await writers[0]?.ticketTotal(SITE, WATCHED)).toBe(WRITERS * PAGES + 3)
    expect(await countDifferences(rows)).toEqual([])
  },
)

test('a search path of the database’s own leads nowhere else', async () => {
  const database = await testDatabase({ empty: true })
  await database.query(`CREATE TABLE public.tickets (id BIGINT)`)
  await database.query(`ALTER DATABASE ${database.name} SET search_path = public`)
  const store = await open(database)
  await store.applyPage(page([ticket('1')]))
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(1)
  expect(await database.query('SELECT * FROM public.tickets')).toEqual([])
})

test('a temporary table of our table’s name hides nothing: a pooler hands sessions on', async () => {
  const connection = await testConnection((await testDatabase({ empty: true })).config)
  await connection.write(async (tx) => {
    await tx.query('CREATE TEMPORARY TABLE things (id BIGINT, text TEXT) ON COMMIT DROP')
    await tx.query('INSERT INTO things VALUES ($1, $2)', [1, 'ours'])
  })
  expect(await connection.query('SELECT id FROM things')).toEqual([{ id: 1 }])
})
