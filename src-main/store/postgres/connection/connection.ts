import assert from 'node:assert/strict'
import type { Clock } from '../../../runtime/clock.ts'
import type { CommitKind } from '../../store.ts'
import { SESSION_SETTINGS, type ClientWork, type SendStatement } from './client.ts'
import { CHANNEL, payloadOf } from './commits.ts'
import { isAnswer, isLocked, kindOf, ServerFailure } from './failure.ts'

export interface SqlReader {
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]>
}

/** Statements that are sent so, as what reads sees them. */
export function reading(send: SendStatement): SqlReader {
  return { query: async (sql, params) => (await send(sql, params)).rows }
}

export interface Transaction extends SqlReader {
  /**
   * Sent at once, without waiting for the statements before it: results come in order. A text without params may hold
   * several statements; only the last one's rows are returned. A statement that fails fails the transaction, even where
   * the returned promise is not awaited.
   */
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]>
}

export interface WriteTransaction extends Transaction {
  /** Notifies every instance, once it is committed, of what changed for this site. */
  notify(siteId: string, kind: CommitKind): void
  /** Notifies every instance, once it is committed, that everything may be different, at every site. */
  notifyAll(): void
  discard(): void
}

/** A connection that holds the database's lock for `PostgresDb.alone`, without time-outs of its own. */
export interface ExclusiveSession extends SqlReader {
  /** As `PostgresDb.write`, but run once. */
  write<T>(work: (tx: WriteTransaction) => Promise<T>): Promise<T>
}

/** `jiratpm` in ASCII: an advisory lock is a number that programs agree upon. */
const LOCK = '0x6a69726174706d'
/** How long to wait for another instance. One that makes an index over millions of rows takes longer. */
const OTHER_MS = 5_000
/** How long to wait for those who read and write the tables. */
const TABLE_MS = 15_000
const LONGEST_MS = 24 * 3_600_000
const ROUNDS = 5
const PAUSE_MS = 20

/** See `PostgresDb.read`. Throws what the server or the work threw. */
export async function readTransaction<T>(
  send: SendStatement,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const transaction = begin(send, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const result = await transaction.run(work)
  await transaction.commit((cause) => cause)
  return result
}

/** See `PostgresDb.write`. Throws what the server or the work threw; `commit-lost` where the outcome is unknown. */
export async function writeTransaction<T>(
  send: SendStatement,
  work: (tx: WriteTransaction) => Promise<T>,
): Promise<T> {
  // Whatever the database's own default is: who has waited for a lock then sees what its last holder committed.
  const transaction = begin(send, 'BEGIN ISOLATION LEVEL READ COMMITTED')
  const news = new Set<string>()
  let discarded = false
  const result = await transaction.run((tx) =>
    work({
      ...tx,
      notify: (siteId, kind) => void news.add(payloadOf({ siteId, kind })),
      notifyAll: () => void news.add(payloadOf(null)),
      discard: () => {
        discarded = true
      },
    }),
  )
  if (discarded) {
    await transaction.rollBack()
    return result
  }
  // Within the transaction: they go out with its commit or not at all, and in the same packet as COMMIT.
  for (const payload of news) void transaction.query('SELECT pg_notify($1, $2)', [CHANNEL, payload])
  await transaction.commit((cause) => new ServerFailure('commit-lost', cause))
  return result
}

/**
 * Begins with the first statement, in one packet. Later statements do not wait for earlier ones, so when one fails those
 * behind it are refused for its sake: what is thrown is the first failure.
 */
function begin(send: SendStatement, sql: string) {
  const answers: Promise<unknown>[] = []
  let over = false

  const query = <R>(text: string, params?: readonly unknown[]): Promise<R[]> => {
    assert(!over, 'The transaction is over')
    const answer = send(text, params)
    answers.push(answer)
    const rows = answer.then((result) => result.rows as R[])
    rows.catch(() => {}) // looked for in `answers`
    return rows
  }
  const end = async (text: 'COMMIT' | 'ROLLBACK'): Promise<string> => {
    over = true
    return (await send(text)).command
  }
  const firstFailure = async (): Promise<Error | null> => {
    const outcomes = await Promise.allSettled(answers)
    return (outcomes.find((outcome) => outcome.status === 'rejected')?.reason as Error | undefined) ?? null
  }
  void query(sql)
  return {
    query,
    /** Rolls back where the work fails. */
    async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
      try {
        return await work({ query })
      } catch (error) {
        await end('ROLLBACK').catch(() => {}) // a transaction whose connection broke is rolled back, too
        throw (await firstFailure()) ?? error
      }
    },
    /** `lost`: what is thrown where the answer to COMMIT was lost for that cause. */
    async commit(lost: (cause: Error) => Error): Promise<void> {
      const outcome = await end('COMMIT').catch((error: Error) => error)
      const failure = await firstFailure()
      if (failure !== null) throw failure // and COMMIT was answered with ROLLBACK, or not at all
      if (outcome instanceof Error) throw isAnswer(outcome) ? outcome : lost(outcome)
      assert.equal(outcome, 'COMMIT')
    },
    async rollBack(): Promise<void> {
      await end('ROLLBACK')
      const failure = await firstFailure()
      if (failure !== null) throw failure
    },
  }
}

/**
 * Does the work again where it met another transaction's in a deadlock, or in an order that cannot be: the server has
 * rolled one of the two back. Throws the last failure.
 */
export async function retryConflicts<T>(work: () => Promise<T>, clock: Clock): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await work()
    } catch (error) {
      if (kindOf(error) !== 'conflict' || round === ROUNDS) throw error
    }
    // Not both at the same moment again.
    await clock.sleep(Math.random() * PAUSE_MS * round, new AbortController().signal)
  }
}

/** See `PostgresDb.alone`. Throws what the server or the work threw, and `tables-busy`. */
export function alone<T>(work: (session: ExclusiveSession) => Promise<T>): ClientWork<T> {
  return async (send) => {
    await send(`SET statement_timeout = 0; SET lock_timeout = ${OTHER_MS}`)
    const patiently: SendStatement = (sql, params) => send(sql, params, LONGEST_MS)
    try {
      await send('SELECT pg_advisory_lock($1)', [BigInt(LOCK)], OTHER_MS + 5_000)
      await send(`SET lock_timeout = ${TABLE_MS}`)
      return await work({ ...reading(patiently), write: (task) => writeTransaction(patiently, task) })
    } catch (error) {
      throw isLocked(error) ? new ServerFailure('tables-busy', error) : error
    } finally {
      await send(`SELECT pg_advisory_unlock_all(); ${SESSION_SETTINGS}`).catch(() => {}) // a broken connection has let go
    }
  }
}
