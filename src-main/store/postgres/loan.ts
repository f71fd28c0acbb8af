import type { Client, QueryConfig, QueryResult } from 'pg'
import { fromPg, isAnswer, isFault } from './failure.ts'
import { isOutdated, preparedName } from './prepared.ts'

/** Sends a statement without waiting for those before it, and gives the last result of its text. */
export type Send = (sql: string, params?: readonly unknown[], answerMs?: number) => Promise<QueryResult>

/** A client, lent to some work. */
export interface Loan {
  /** Throws what the server says, `ConnectionError`. */
  readonly send: Send
  /** Whether the client's state is not known any more: nobody else may have it. */
  isBroken(): boolean
  /** The work is over. Gives what broke the client; null where it is as it was. */
  end(): unknown
}

/** `usualMs`: how long to wait for an answer where the work does not say. */
export function lend(client: Client, usualMs?: number): Loan {
  let broken: unknown = null
  const note = (error: unknown): void => {
    broken ??= fromPg(error)
  }
  client.on('error', note)
  return {
    async send(sql, params, answerMs = usualMs) {
      try {
        // The types know no time-out of a single statement.
        const name = preparedName(sql, params)
        const statement: object = { name, text: sql, values: params, query_timeout: answerMs }
        return lastOf(await client.query(statement as QueryConfig))
      } catch (error) {
        if (isOutdated(error)) note(error)
        if (isAnswer(error) || isFault(error)) throw error
        note(error)
        throw broken // what came first says why
      }
    },
    isBroken: () => broken !== null,
    end() {
      if (client.getTransactionStatus() !== 'I') note(new Error('The work left its transaction open'))
      client.off('error', note)
      return broken
    },
  }
}

/** pg gives a text of several statements as a list of results. */
function lastOf(result: QueryResult | QueryResult[]): QueryResult {
  return Array.isArray(result) ? (result.at(-1) as QueryResult) : result
}
