import type { Client, QueryResultRow } from 'pg'
import type { ExclusiveSession } from '../store/postgres/connection/connection.ts'

/** A client of the check as the store's own code reads through it. */
export function reader(client: Client): Pick<ExclusiveSession, 'query'> {
  return {
    query: async <R>(sql: string, params?: readonly unknown[]): Promise<R[]> =>
      (await client.query<QueryResultRow>(sql, params === undefined ? undefined : [...params])).rows as R[],
  }
}
