import { Client } from 'pg'
import { pino } from 'pino'
import { machineClock } from '../../../src-main/runtime/clock.ts'
import type { Store } from '../../../src-main/store/store.ts'
import type { OpenStore } from '../../store-suite/engine.ts'
import { createDatabasePool, type PoolServer } from '../database-pool.ts'
import { testConfig } from '../postgres-config.ts'
import { queryOnce } from '../postgres-query.ts'
import type { TestPostgres } from '../postgres.ts'
import { SCHEMA } from '../../../src-main/store/postgres/connection/client.ts'
import { VALUE_PARSERS } from '../../../src-main/store/postgres/connection/values.ts'
import { openPostgresStore } from '../../../src-main/store/postgres/store.ts'

/** Opens stores in databases of their own, for the suites. */
export function openerOn(server: PoolServer): () => Promise<OpenStore> {
  const databases = createDatabasePool(server)
  return async () => {
    const database = await databases.take()
    return openIn(server, database, () => databases.giveBack(database))
  }
}

/** Has a server make our tables, once for all tests. */
export async function withTemplate(server: TestPostgres): Promise<PoolServer> {
  const template = 'tpm_template'
  await queryOnce(server.url(), `CREATE DATABASE ${template}`)
  const { host, port, version } = server
  const store = await openPostgresStore(testConfig({ host, port, database: template }), parts)
  await store.close()
  return { host, port, version, template }
}

const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }

async function openIn(
  { host, port }: PoolServer,
  database: string,
  giveBack: () => Promise<void>,
): Promise<OpenStore> {
  const stores: Store[] = []
  const again = async (): Promise<Store> => {
    const store = await openPostgresStore(testConfig({ host, port, database }), parts)
    stores.push(store)
    return store
  }
  const store = await again()
  const pastIt = new Client({ host, port, database, user: 'postgres', types: VALUE_PARSERS })
  await pastIt.connect()
  await pastIt.query(`SET search_path = ${SCHEMA}`)
  return {
    store,
    again,
    rows: async (sql) => (await pastIt.query<Record<string, unknown>>(sql)).rows,
    async dispose() {
      for (const one of stores) await one.close()
      await pastIt.end()
      await giveBack()
    },
  }
}
