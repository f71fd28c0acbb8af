import type { Client, QueryResultRow } from 'pg'
import type { Session } from '../store/postgres/connection.ts'

/** A client of the check as the store's own code reads through it. */
export function reader(client: Client): Pick<Session, 'query'> {
  return {
    query: async <R>(sql: string, params?: readonly unknown[]): Promise<R[]> =>
      (await client.query<QueryResultRow>(sql, params === undefined ? undefined : [...params])).rows as R[],
  }
}
