import { SESSION_SETTINGS } from './client.ts'
import type { Session } from './connection.ts'
import { isLocked, TablesBusyError } from './failure.ts'
import type { ClientPool } from './pool.ts'
import { writeTransaction } from './transaction.ts'

/** `jiratpm` in ASCII: an advisory lock is a number that programs agree upon. */
const LOCK = '0x6a69726174706d'
/** How long to wait for another instance. One that makes an index over millions of rows takes longer. */
const OTHER_MS = 5_000
/** How long to wait for those who read and write the tables. */
const TABLE_MS = 15_000
const LONGEST_MS = 24 * 3_600_000

/** See `Connection.alone`. Throws what the server or the work threw, and `TablesBusyError`. */
export function alone<T>(pool: ClientPool, work: (session: Session) => Promise<T>): Promise<T> {
  return pool.use(async (send) => {
    await send(`SET statement_timeout = 0; SET lock_timeout = ${OTHER_MS}`)
    const patiently: typeof send = (sql, params) => send(sql, params, LONGEST_MS)
    try {
      await send('SELECT pg_advisory_lock($1)', [BigInt(LOCK)], OTHER_MS + 5_000)
      await send(`SET lock_timeout = ${TABLE_MS}`)
      return await work({
        query: async (sql, params) => (await patiently(sql, params)).rows,
        write: (task) => writeTransaction(patiently, task),
      })
    } catch (error) {
      throw isLocked(error) ? new TablesBusyError('', { cause: error }) : error
    } finally {
      await send(`SELECT pg_advisory_unlock_all(); ${SESSION_SETTINGS}`).catch(() => {}) // a broken connection has let go
    }
  })
}
