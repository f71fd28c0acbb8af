import assert from 'node:assert/strict'
import { payloadOf } from './commits.ts'
import type { Transaction, WriteTransaction } from './connection.ts'
import { CommitLostError, isAnswer } from './failure.ts'
import type { Send } from './loan.ts'

/** Where commits are told of, see `payloadOf`. */
export const CHANNEL = 'jira_tpm'

/** See `Connection.read`. Throws what the server or the work threw. */
export async function readTransaction<T>(send: Send, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const transaction = begin(send, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const result = await transaction.run(work)
  await transaction.commit((cause) => cause)
  return result
}

/** See `Connection.write`. Throws what the server or the work threw; `CommitLostError` where the outcome is unknown. */
export async function writeTransaction<T>(
  send: Send,
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
  await transaction.commit((cause) => new CommitLostError('', { cause }))
  return result
}

interface OpenTransaction extends Transaction {
  /** Rolls back where the work fails. */
  run<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** `lost`: what is thrown where the answer to COMMIT was lost for that cause. */
  commit(lost: (cause: Error) => Error): Promise<void>
  rollBack(): Promise<void>
}

/**
 * Begins with the first statement, in one packet. Later statements do not wait for earlier ones, so when one fails those
 * behind it are refused for its sake: what is thrown is the first failure.
 */
function begin(send: Send, sql: string): OpenTransaction {
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
    async run(work) {
      try {
        return await work({ query })
      } catch (error) {
        await end('ROLLBACK').catch(() => {}) // a transaction whose connection broke is rolled back, too
        throw (await firstFailure()) ?? error
      }
    },
    async commit(lost) {
      const outcome = await end('COMMIT').catch((error: Error) => error)
      const failure = await firstFailure()
      if (failure !== null) throw failure // and COMMIT was answered with ROLLBACK, or not at all
      if (outcome instanceof Error) throw isAnswer(outcome) ? outcome : lost(outcome)
      assert.equal(outcome, 'COMMIT')
    },
    async rollBack() {
      await end('ROLLBACK')
      const failure = await firstFailure()
      if (failure !== null) throw failure
    },
  }
}
