import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import type { PostgresConfig } from '../config/config.ts'
import { atEnd } from '../testing-end.ts'
import { testConfig } from './testing-postgres-config.ts'
import { queryOnce } from './testing-postgres-query.ts'
import type { TestServer } from './testing-postgres-setup.ts'

export interface TestDatabase {
  readonly name: string
  readonly url: string
  /** How the app is told of it. */
  readonly config: PostgresConfig
  /** What a statement returns, on a connection of its own. */
  query(sql: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>
  /** Cuts all connections to it and removes it. Idempotent. */
  drop(): Promise<void>
}

/**
 * A database of its own on the run's server, dropped with the test, or outside of one with the file. It has our tables,
 * unless it is to be `empty`.
 */
export async function testDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const server = inject('postgres') as TestServer | undefined
  if (server === undefined)
    throw new Error('Only the vitest project "postgres" has a server: see vitest.config.ts')
  const { host, port, template } = server
  const urlOf = (database: string): string => `postgres://postgres@${host}:${port}/${database}`
  const admin = urlOf('postgres')
  const name = `test_${randomBytes(6).toString('hex')}`
  await queryOnce(
    admin,
    `CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : template} ${strategy(server)}`,
  )
  const drop = async (): Promise<void> => {
    await queryOnce(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  }
  atEnd(drop)
  const config = testConfig({ host, port, database: name })
  return { name, url: urlOf(name), config, query: (sql, params) => queryOnce(urlOf(name), sql, params), drop }
}

/** Copying the files is faster than writing them to the log, where a server knows the choice. */
function strategy({ version }: TestServer): string {
  return Number.parseInt(version) >= 15 ? 'STRATEGY file_copy' : ''
}
