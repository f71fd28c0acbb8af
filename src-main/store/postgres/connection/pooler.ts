import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { limit, withTimeout } from '../../../runtime/async.ts'
import type { SendStatement, StoreClient } from './client.ts'
import { isAnswer, ServerFailure, UnfitServerError } from './failure.ts'

/** How long a pooler may take to have a connection to the server free for us. */
export const POOLER_WAIT_MS = 10_000
/** How long a notification may take, by a pooler that lets one through. */
export const HEAR_MS = 3_000
/** The value of a setting that no server takes, so that its refusal says why. */
const ELSEWHERE = 'jira_tpm: another server'
/** As PgBouncer says it where it pools statements. */
const STATEMENT_MODE = /statement pooling/

/** Why such a server is none for us, and what to do. */
export const SHARED = [
  'is reached through a pooler that gives each transaction another connection, which tells nobody of commits',
  'Set DATABASE_DIRECT_URL to the address of PostgreSQL itself: Jira TPM then sends its short transactions through the pooler and all else there. Or have it pool sessions (PgBouncer: pool_mode = session).',
] as const

/** What says that a session is of this server and database, as SQL that gives true. */
export async function fenceOf({ send }: Pick<StoreClient, 'send'>): Promise<string> {
  const [place] = (await send(PLACE)).rows as { started: string; database: string }[]
  if (place === undefined) throw new TypeError('SELECT gave no row')
  return `${STARTED} = ${place.started} AND current_database() = '${place.database.replaceAll("'", "''")}'`
}

/** In microseconds: no two servers that follow one another were started in the same one. */
const STARTED = 'CAST(extract(epoch FROM pg_postmaster_start_time()) * 1000000 AS BIGINT)'
const PLACE = `SELECT ${STARTED}::text AS "started", current_database() AS "database"`

/**
 * Sends by a pooler that gives each transaction another session: each statement is in a transaction, which begins with
 * `settings`, and nothing else is sent before a session was given. So nothing is done of what was given up, nor at a server
 * that is not the one of `fenceOf`. Throws `pooler-busy`, `other-server`, and as `send`.
 */
export function byTransaction(send: SendStatement, settings: () => string): SendStatement {
  const inTurn = limit(1)
  let begun: Promise<unknown> | null = null
  const begin = async (text: string): ReturnType<SendStatement> => {
    try {
      return await send(`${text}; ${settings()}`, undefined, POOLER_WAIT_MS)
    } catch (error) {
      if (isAnswer(error)) await send('ROLLBACK')
      throw foundOf(error) ?? error
    }
  }
  const alone: SendStatement = async (...statement) => {
    await begin('BEGIN ISOLATION LEVEL READ COMMITTED')
    const [answer, end] = await Promise.allSettled([send(...statement), send('COMMIT')])
    if (answer.status === 'rejected') throw answer.reason
    if (end.status === 'rejected') throw end.reason
    return answer.value
  }
  return async (sql, params, answerMs) => {
    if (sql.startsWith('BEGIN')) return (begun = begin(sql))
    const transaction = begun
    if (transaction === null) return inTurn(() => alone(sql, params, answerMs))
    if (sql === 'COMMIT' || sql === 'ROLLBACK') begun = null
    await transaction
    return send(sql, params, answerMs)
  }
}

function foundOf(error: unknown): Error | null {
  if (!(error instanceof Error)) return null
  const { message } = error
  if (message === 'Query read timeout' || message.includes('query_wait_timeout'))
    return new ServerFailure('pooler-busy', error)
  if (message.includes(ELSEWHERE)) return new ServerFailure('other-server', error)
  return ofStatements(error)
}

function ofStatements({ message }: Error): UnfitServerError | null {
  if (!STATEMENT_MODE.test(message)) return null
  return new UnfitServerError(
    'is reached through a pooler that pools statements, which lets no transaction through',
    'Have it pool transactions or sessions (PgBouncer: pool_mode = transaction).',
  )
}

/** Fails where it is not the server and database of that `fence`. */
export function refuseElsewhere(fence: string): string {
  const kept = "current_setting('lock_timeout')"
  return `SELECT set_config('lock_timeout', CASE WHEN ${fence} THEN ${kept} ELSE '${ELSEWHERE}' END, true)`
}

/**
 * Throws `UnfitServerError` where a client, which is connected and has sent nothing, was led to a pooler that gives each of its
 * transactions another session: it would hear of no commit. Another client shows it, where it is let in.
 */
export async function refuseShared(client: StoreClient, another: () => StoreClient): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const { processID } = client as unknown as { processID: number }
  if (rows[0]?.pid === processID) return // a pooler has made one up
  const channel = `jira_tpm_${randomBytes(16).toString('hex')}`
  await client.query(`LISTEN ${channel}`)
  const other = another()
  try {
    const heard = once(client, 'notification')
    heard.catch(() => {})
    await other.connect()
    await other.query('BEGIN')
    await other.query(`NOTIFY ${channel}`)
    await other.query('COMMIT')
    await withTimeout(heard, HEAR_MS, () => {
      throw new UnfitServerError(...SHARED)
    })
  } catch (error) {
    const unfit = error instanceof UnfitServerError ? error : ofStatements(error as Error)
    if (unfit !== null) throw unfit
    // One that pools sessions, and has none left.
  } finally {
    other.cut()
  }
  await client.query(`UNLISTEN ${channel}`)
}
