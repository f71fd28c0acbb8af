import { Client } from 'pg'
import { VALUE_PARSERS } from '../../src-main/store/postgres/connection/values.ts'

/** What a statement returns. */
export type Query = (sql: string, params?: readonly unknown[]) => Promise<Record<string, unknown>[]>

/** What one statement returns, on a connection of its own. */
export function queryOnce(url: string, ...statement: Parameters<Query>): ReturnType<Query> {
  return queryWith(url, (query) => query(...statement))
}

/** Several statements, one after the other, on a connection of their own. */
export async function queryWith<T>(url: string, ask: (query: Query) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, types: VALUE_PARSERS })
  client.on('error', () => {}) // a connection that breaks while it ends; the query under way throws why
  await client.connect()
  try {
    return await ask(
      async (sql, params = []) => (await client.query<Record<string, unknown>>(sql, [...params])).rows,
    )
  } finally {
    await client.end()
  }
}
