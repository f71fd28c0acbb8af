import assert from 'node:assert/strict'
import type { Clock } from '../../../runtime/clock.ts'
import type { CommitKind } from '../../store.ts'
import { SCHEMA, type ClientWork, type SendStatement } from './client.ts'
import { CHANNEL_OF_ALL, channelOf, payloadOf } from './commits.ts'
import { findingOf, isAnswer, isLocked, isMadeMeanwhile, kindOf, ServerFailure } from './failure.ts'
import type { Notices, Told } from './notices.ts'

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
  /** Notifies the instances that show or fetch this site, once it is committed or soon after, of what changed for it. */
  notify(siteId: string, kind: CommitKind): void
  /** Notifies every instance, once it is committed, that everything may be different, at every site. */
  notifyAll(): void
  discard(): void
}

/** A connection by which tables are made, changed and dropped. */
export interface ExclusiveSession extends SqlReader {
  /**
   * As `PostgresDb.write`, but run once, without time-outs of its own, and alone: of all programs that use the database one is
   * in such a transaction. Between two of them another may have been.
   */
  write<T>(work: (tx: WriteTransaction) => Promise<T>): Promise<T>
}

/** Its one row is locked by who changes tables, in the same transaction (decision 0080). */
const LOCK_TABLE = `${SCHEMA}.migration_lock`
/** How long to wait for another instance. One that makes an index over millions of rows takes longer. */
const OTHER_MS = 5_000
/** How long to wait for those who read and write the tables. */
const TABLE_MS = 15_000
const LONGEST_MS = 24 * 3_600_000
const ROUNDS = 5
const PAUSE_MS = 20

/** See `PostgresDb.read`. Throws what the server or the work threw. */
export function readTransaction<T>(send: SendStatement, work: (tx: Transaction) => Promise<T>): Promise<T> {
  return transact(send, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', async (tx) => ({
    result: await work(tx),
    end: 'COMMIT',
  }))
}

/**
 * See `PostgresDb.write`. Without `notices` it tells of itself. Throws what the server or the work threw; `commit-lost` where
 * the outcome is unknown.
 */
export async function writeTransaction<T>(
  send: SendStatement,
  work: (tx: WriteTransaction) => Promise<T>,
  notices: Pick<Notices, 'tell' | 'committed'> = TELL_ALL,
): Promise<T> {
  let told: readonly Told[] = []
  const committed = (): void => told.forEach((one) => notices.committed(one))
  try {
    // Whatever the database's own default is: who has waited for a lock then sees what its last holder committed.
    const result = await transact(send, 'BEGIN ISOLATION LEVEL READ COMMITTED', async (tx) => {
      const news = new Map<string, Set<CommitKind>>()
      let isAll = false
      let discarded = false
      const done = await work({
        ...tx,
        notify: (siteId, kind) => void news.set(siteId, (news.get(siteId) ?? new Set()).add(kind)),
        notifyAll: () => void (isAll = true),
        discard: () => void (discarded = true),
      })
      if (discarded) return { result: done, end: 'ROLLBACK' }
      if (!isAll) told = [...news].map(([siteId, kinds]) => notices.tell(siteId, [...kinds]))
      // Within the transaction: they go out with its commit or not at all, and in the same packet as COMMIT.
      const notify = (channel: string, payload: string): void =>
        void tx.query('SELECT pg_notify($1, $2)', [channel, payload])
      if (isAll) notify(CHANNEL_OF_ALL, '')
      for (const { siteId, payload } of told) if (payload !== null) notify(channelOf(siteId), payload)
      return { result: done, end: 'COMMIT', lost: (cause) => new ServerFailure('commit-lost', cause) }
    })
    committed()
    return result
  } catch (error) {
    if (findingOf(error) === 'commit-lost') committed()
    throw error
  }
}

const TELL_ALL: Pick<Notices, 'tell' | 'committed'> = {
  tell: (siteId, kinds) => ({ siteId, kinds, payload: payloadOf({ kinds, more: false }), more: false }),
  committed: () => {},
}

interface Outcome<T> {
  readonly result: T
  readonly end: 'COMMIT' | 'ROLLBACK'
  /** What is thrown where the answer to that was lost for this cause; else the cause itself. */
  readonly lost?: (cause: Error) => Error
}

/**
 * Begins with the first statement of the work, in one packet, and rolls back where the work fails. Later statements do not
 * wait for earlier ones, so when one fails those behind it are refused for its sake: what is thrown is the first failure.
 */
async function transact<T>(
  send: SendStatement,
  begin: string,
  work: (tx: Transaction) => Promise<Outcome<T>>,
): Promise<T> {
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
  const end = async (text: 'COMMIT' | 'ROLLBACK'): Promise<string | Error> => {
    over = true
    return send(text).then(
      ({ command }) => command,
      (error: Error) => error,
    )
  }
  void query(begin)
  const done = await work({ query }).catch(async (error: unknown) => {
    await end('ROLLBACK') // one whose connection broke is rolled back, too
    throw (await firstFailure(answers)) ?? error
  })
  const answer = await end(done.end)
  const failure = await firstFailure(answers)
  if (failure !== null) throw failure // and COMMIT was answered with ROLLBACK, or not at all
  if (answer instanceof Error) throw isAnswer(answer) ? answer : (done.lost?.(answer) ?? answer)
  assert.equal(answer, done.end)
  return done.result
}

async function firstFailure(answers: readonly Promise<unknown>[]): Promise<Error | null> {
  const outcomes = await Promise.allSettled(answers)
  return (outcomes.find((outcome) => outcome.status === 'rejected')?.reason as Error | undefined) ?? null
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
  return (send) => work({ ...reading(send), write: (task) => lockedTransaction(send, task) })
}

async function lockedTransaction<T>(
  send: SendStatement,
  task: (tx: WriteTransaction) => Promise<T>,
): Promise<T> {
  const patiently: SendStatement = (sql, params) => send(sql, params, LONGEST_MS)
  for (let round = 1; ; round += 1) {
    let hasLock = false
    try {
      return await writeTransaction(patiently, async (tx) => {
        await takeLock(tx)
        hasLock = true
        return task(tx)
      })
    } catch (error) {
      if (isLocked(error)) throw new ServerFailure('tables-busy', error)
      if (hasLock || !isMadeMeanwhile(error) || round === ROUNDS) throw error
    }
  }
}

/**
 * Makes the row where it is missing, and locks it until the transaction ends, however that ends. Who makes schema and table at
 * the same time as another waits for him at the catalogue's own keys.
 */
async function takeLock(tx: SqlReader): Promise<void> {
  void tx.query(`SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = ${OTHER_MS}`)
  const [there] = await tx.query<{ schema: boolean; table: boolean }>(
    `SELECT to_regnamespace('${SCHEMA}') IS NOT NULL AS "schema", to_regclass('${LOCK_TABLE}') IS NOT NULL AS "table"`,
  )
  // IF NOT EXISTS asks for the right to make them also where they are, and a role that may use them need not have it.
  if (there?.schema !== true) void tx.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`)
  if (there?.table !== true)
    void tx.query(`CREATE TABLE IF NOT EXISTS ${LOCK_TABLE} (id INTEGER NOT NULL PRIMARY KEY)`)
  void tx.query(`INSERT INTO ${LOCK_TABLE} (id) VALUES (1) ON CONFLICT (id) DO NOTHING`)
  const row = await tx.query(`SELECT 1 AS one FROM ${LOCK_TABLE} WHERE id = 1 FOR UPDATE`)
  assert.equal(row.length, 1)
  await tx.query(`SET LOCAL lock_timeout = ${TABLE_MS}`)
}
