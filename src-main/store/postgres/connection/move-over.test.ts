import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { machineClock } from '../../../runtime/clock.ts'
import { testDatabase, type TestDatabase } from '../../../../test-support/store/database.ts'
import { fixedCredentials, type Login } from './credentials.ts'
import { createPool, type ClientPool } from './pool.ts'
import { createSockets } from './client.ts'

interface Bench {
  readonly pool: ClientPool
  readonly database: TestDatabase
  readonly users: readonly [string, string]
  /** The second user takes the place of the first. */
  readonly change: () => void
}

/** A pool over two users of one database. */
async function bench(): Promise<Bench> {
  const database = await testDatabase()
  const name = `mover_${randomBytes(4).toString('hex')}`
  const users = [`${name}_1`, `${name}_2`] as const
  for (const user of users) await database.query(`CREATE ROLE ${user} LOGIN`)
  let login: Login = { user: users[0], password: null }
  const credentials = { ...fixedCredentials(login), now: () => login, last: () => login }
  const parts = { config: database.config, credentials, ssl: false, sockets: createSockets() } as const
  const pool = createPool(parts, machineClock, () => {})
  onTestFinished(async () => {
    await pool.end()
    for (const user of users) await database.query(`DROP ROLE ${user}`)
  })
  return {
    pool,
    database,
    users,
    change() {
      login = { user: users[1], password: null }
    },
  }
}

function whoAmI(pool: ClientPool): Promise<unknown> {
  return pool.use(async (send) => (await send('SELECT session_user::text AS me')).rows[0])
}

async function connections(database: TestDatabase, user: string): Promise<number> {
  return (await database.query('SELECT 1 FROM pg_stat_activity WHERE usename = $1', [user])).length
}

test('work under way is finished by the former user, and then that has no connection any more', async () => {
  const { pool, database, users, change } = await bench()
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const long = pool.use(async (send) => {
    await send('SELECT 1')
    begun.resolve()
    await go.promise
    return (await send('SELECT session_user::text AS me')).rows[0] as unknown
  })
  await begun.promise
  // Another one that is idle meanwhile.
  await whoAmI(pool)
  expect(await connections(database, users[0])).toBe(2)
  const over = vi.fn<() => void>()
  change()
  const moved = pool.moveOver().then(over)
  expect(await whoAmI(pool)).toEqual({ me: users[1] })
  await vi.waitFor(async () => expect(await connections(database, users[0])).toBe(1))
  expect(over).not.toHaveBeenCalled()
  go.resolve()
  expect(await long).toEqual({ me: users[0] })
  // Idle ones would be let go of after five seconds anyway.
  await vi.waitFor(async () => expect(await connections(database, users[0])).toBe(0), 2_500)
  await moved
})

test('who waits for a free client gets one of the next user, however many wait', async () => {
  const { pool, users, change } = await bench()
  const go = Promise.withResolvers<void>()
  const busy = Array.from({ length: 4 }, () => pool.use(() => go.promise))
  const waiting = Array.from({ length: 12 }, () => whoAmI(pool))
  change()
  const moved = pool.moveOver()
  go.resolve()
  await Promise.all(busy)
  expect(new Set((await Promise.all(waiting)).map((row) => JSON.stringify(row)))).toEqual(
    new Set([JSON.stringify({ me: users[1] })]),
  )
  await moved
})
