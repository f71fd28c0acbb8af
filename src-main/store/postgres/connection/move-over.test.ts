import { randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { expect, onTestFinished, test, vi } from 'vitest'
import { machineClock } from '../../../runtime/clock.ts'
import { testDatabase, type TestDatabase } from '../../../../test-support/store/database.ts'
import type { CredentialsHolder, Login } from './credentials.ts'
import { openConnection, type PostgresDb } from './open-connection.ts'

interface Bench {
  readonly connection: PostgresDb
  readonly database: TestDatabase
  readonly users: readonly [string, string]
  /** The second user takes the place of the first. Resolves when that has no connection any more. */
  readonly moveOver: () => Promise<void>
}

/** A connection over two users of one database. */
async function bench(): Promise<Bench> {
  const database = await testDatabase()
  const name = `mover_${randomBytes(4).toString('hex')}`
  const users = [`${name}_1`, `${name}_2`] as const
  for (const user of users) await database.query(`CREATE ROLE ${user} LOGIN`)
  let login: Login = { user: users[0], password: null }
  const holders: CredentialsHolder[] = []
  const connection = await openConnection(database.config, {
    clock: machineClock,
    log: pino({ level: 'silent' }),
    credentials: {
      now: () => login,
      trouble: () => null,
      refused: () => {},
      attach: (holder) => {
        holders.push(holder)
        return () => {}
      },
    },
    isPrepared: async () => true,
    prepare: async () => {},
  })
  onTestFinished(async () => {
    await connection.close()
    for (const user of users) await database.query(`DROP ROLE ${user}`)
  })
  return {
    connection,
    database,
    users,
    async moveOver() {
      login = { user: users[1], password: null }
      await Promise.all(holders.map((holder) => holder.moveOver()))
    },
  }
}

const WHO_AM_I = 'SELECT session_user::text AS me'

async function connections(database: TestDatabase, user: string): Promise<number> {
  return (await database.query('SELECT 1 FROM pg_stat_activity WHERE usename = $1', [user])).length
}

/** One that is at work until it is let go on; then who it is. */
async function longWork(connection: PostgresDb): Promise<{ go: () => void; me: Promise<unknown> }> {
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const me = connection.write(async (tx) => {
    await tx.query('SELECT 1')
    begun.resolve()
    await go.promise
    return (await tx.query(WHO_AM_I))[0]
  })
  await begun.promise
  return { go: go.resolve, me }
}

test('work under way is finished by the former user, and then that has no connection any more', async () => {
  const { connection, database, users, moveOver } = await bench()
  const long = await longWork(connection)
  // Another one that is idle meanwhile, and the one that listens.
  await connection.scan('SELECT 1')
  expect(await connections(database, users[0])).toBe(3)
  const over = vi.fn<() => void>()
  const moved = moveOver().then(over)
  await vi.waitFor(async () => expect(await connection.scan(WHO_AM_I)).toEqual([{ me: users[1] }]), 1_000)
  expect(await connection.query(WHO_AM_I)).toEqual([{ me: users[1] }])
  await vi.waitFor(async () => expect(await connections(database, users[0])).toBe(1))
  expect(over).not.toHaveBeenCalled()
  long.go()
  expect(await long.me).toEqual({ me: users[0] })
  // Idle ones would be let go of after five seconds anyway.
  await vi.waitFor(async () => expect(await connections(database, users[0])).toBe(0), 2_500)
  await moved
  expect(connection.health()).toEqual({ state: 'up' })
})

test('who waits for a free client gets one of the next user, however many wait', async () => {
  const { connection, users, moveOver } = await bench()
  const busy = await Promise.all(Array.from({ length: 3 }, () => longWork(connection)))
  const waiting = Array.from({ length: 12 }, () => connection.scan(WHO_AM_I))
  const moved = moveOver()
  expect(new Set((await Promise.all(waiting)).map((rows) => JSON.stringify(rows)))).toEqual(
    new Set([JSON.stringify([{ me: users[1] }])]),
  )
  for (const { go } of busy) go()
  await Promise.all(busy.map(({ me }) => me))
  await moved
})
