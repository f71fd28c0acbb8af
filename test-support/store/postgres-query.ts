import { Client } from 'pg'
import { VALUE_PARSERS } from '../../src-main/store/postgres/connection/values.ts'

/** What one statement returns, on a connection of its own. */
export async function queryOnce(
  url: string,
  sql: string,
  params: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, types: VALUE_PARSERS })
  client.on('error', () => {}) // a connection that breaks while it ends; the query under way throws why
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(sql, [...params])).rows
  } finally {
    await client.end()
  }
}
