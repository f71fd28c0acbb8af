import { DatabaseError, type Client, type QueryConfig, type QueryResult } from 'pg'
import { fromPg, isAnswer, isFault } from './failure.ts'

/** Sends a statement without waiting for those before it, and gives the last result of its text. */
export type SendStatement = (
  sql: string,
  params?: readonly unknown[],
  answerMs?: number,
) => Promise<QueryResult>

const names = new Map<string, string>()

/** A client, lent to some work. `usualMs`: how long to wait for an answer where the work does not say. */
export function leaseClient(client: Client, usualMs?: number) {
  let broken: unknown = null
  const note = (error: unknown): void => {
    broken ??= fromPg(error)
  }
  client.on('error', note)
  /** Throws what the server says, `ConnectionError`. */
  const send: SendStatement = async (sql, params, answerMs = usualMs) => {
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
  }
  return {
    send,
    /** Whether the client's state is not known any more: nobody else may have it. */
    isBroken: (): boolean => broken !== null,
    /** The work is over. Gives what broke the client; null where it is as it was. */
    end(): unknown {
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

/**
 * The name under which each connection prepares a statement at its first use, so that its text is parsed once. One
 * without parameters has none: its text may hold several.
 */
function preparedName(sql: string, params: readonly unknown[] | undefined): string | undefined {
  if (params === undefined) return undefined
  const name = names.get(sql) ?? `jira_tpm_${names.size + 1}`
  names.set(sql, name)
  return name
}

/** What was prepared gives other types by now, since a newer version has changed a table: it must be prepared anew. */
function isOutdated(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '0A000'
}
