import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { atEnd } from '../end.ts'
import { copyStrategy, createDatabasePool, type DatabasePool } from './database-pool.ts'
import { testConfig } from './postgres-config.ts'
import { queryOnce } from './postgres-query.ts'
import type { TestServer } from './postgres-setup.ts'

export type TestDatabase = Awaited<ReturnType<typeof testDatabase>>

let pool: DatabasePool | null = null

/** A database on the run's server with our tables, empty, that is the test's alone until it ends. */
export async function emptyDatabase(): Promise<Pick<TestDatabase, 'config' | 'url'>> {
  const server = testServer()
  const databases = (pool ??= createDatabasePool(server))
  const name = await databases.take()
  atEnd(() => databases.giveBack(name))
  const { host, port } = server
  return { config: testConfig({ host, port, database: name }), url: urlOf(server, name) }
}

/**
 * A database of its own on the run's server, dropped with the test, or outside of one with the file. It has our tables,
 * unless it is to be `empty`.
 */
export async function testDatabase({ empty = false } = {}) {
  const server = testServer()
  const { host, port, version, template } = server
  const admin = urlOf(server, 'postgres')
  const name = `test_${randomBytes(6).toString('hex')}`
  await queryOnce(
    admin,
    `CREATE DATABASE ${name} TEMPLATE ${empty ? 'template0' : template} ${copyStrategy(version)}`,
  )
  const drop = async (): Promise<void> => {
    await queryOnce(admin, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  }
  atEnd(drop)
  const config = testConfig({ host, port, database: name })
  const url = urlOf(server, name)
  return {
    name,
    url,
    /** How the app is told of it. */
    config,
    /** What a statement returns, on a connection of its own. */
    query: (sql: string, params?: readonly unknown[]) => queryOnce(url, sql, params),
    /** Cuts all connections to it and removes it. Idempotent. */
    drop,
  }
}

function testServer(): TestServer {
  const server = inject('postgres') as TestServer | undefined
  if (server !== undefined) return server
  throw new Error('Only the vitest project "postgres" has a server: see vitest.config.ts')
}

function urlOf({ host, port }: TestServer, database: string): string {
  return `postgres://postgres@${host}:${port}/${database}`
}
