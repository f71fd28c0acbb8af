import { fileURLToPath } from 'node:url'
import { expect, test, vi } from 'vitest'
import { bundled } from '../../../test-support/process/bundled.ts'
import { startTestChild } from '../../../test-support/process/child.ts'
import { testDatabase, type TestDatabase } from '../../../test-support/store/database.ts'
import { testConnection } from '../../../test-support/store/postgres/connection.ts'
import { readMigrations } from '../migrate.ts'

// Who changes tables has the lock's row in the same transaction.

const SCRIPT = fileURLToPath(new URL('../../../test-support/store/postgres/make-tables.ts', import.meta.url))
const ALL = readMigrations('postgres').map(({ number }) => ({ number }))

const made = (database: TestDatabase): Promise<Record<string, unknown>[]> =>
  database.query('SELECT number FROM jira_tpm.migrations ORDER BY number')

/** Those of ours that wait for another's lock. */
const WAITING = `
  SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND application_name = 'jira-tpm' AND wait_event_type = 'Lock'`

/** The first table of each migration takes so long. */
async function slowDown(database: TestDatabase, seconds: number): Promise<void> {
  await database.query(`
    CREATE FUNCTION public.slow() RETURNS event_trigger LANGUAGE plpgsql
    AS $$ BEGIN PERFORM pg_sleep(${seconds}); END $$`)
  await database.query(
    `CREATE EVENT TRIGGER slow ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION public.slow()`,
  )
}

test('two programs that begin with an empty database at once take turns, and each migration is made once', async () => {
  const database = await testDatabase({ empty: true })
  await slowDown(database, 0.05)
  const script = bundled(SCRIPT)
  const programs = await Promise.all([1, 2].map(() => startTestChild(script)))
  for (const program of programs) program.tell(database.config)
  await vi.waitFor(async () => expect(await database.query(WAITING)).not.toEqual([]), {
    timeout: 20_000,
    interval: 10,
  })
  expect(await Promise.all(programs.map((program) => program.end()))).toEqual([0, 0])
  expect(await made(database)).toEqual(ALL)
})

test('the next one has the lock as soon as its holder is killed, and finds nothing half', async () => {
  const database = await testDatabase({ empty: true })
  const holder = await startTestChild(bundled(SCRIPT))
  await slowDown(database, 1)
  holder.tell(database.config)
  const sleeping = `SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`
  await vi.waitFor(async () => expect(await database.query(sleeping)).toHaveLength(1), {
    timeout: 20_000,
    interval: 10,
  })
  await holder.kill()
  await database.query('DROP EVENT TRIGGER slow')
  const next = await startTestChild(bundled(SCRIPT))
  next.tell(database.config)
  expect(await next.end()).toBe(0)
  expect(await made(database)).toEqual(ALL)
})

test('between two transactions of one program another may be in its own', async () => {
  const { config } = await testDatabase({ empty: true })
  const [one, other] = [await testConnection(config), await testConnection(config)]
  const order: string[] = []
  await one.alone(async (session) => {
    await session.write(async () => void order.push('one'))
    await other.alone((between) => between.write(async () => void order.push('other')))
    await session.write(async () => void order.push('one'))
  })
  expect(order).toEqual(['one', 'other', 'one'])
})
