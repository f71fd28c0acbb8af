import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { pino } from 'pino'
import { machineClock } from '../../clock.ts'
import type { Store } from '../store.ts'
import type { OpenStore } from '../suite/engine.ts'
import { testConfig } from '../testing-postgres-config.ts'
import { queryOnce } from '../testing-postgres-query.ts'
import { SCHEMA } from './client.ts'
import { VALUE_PARSERS } from './parse-values.ts'
import { openPostgresStore } from './store.ts'

export interface Server {
  readonly host: string
  readonly port: number
  /** A database that has our tables already; unset: each store makes its own. */
  readonly template?: string
}

/** Opens a store in a database of its own, for the suites. */
export async function openOn({ host, port, template }: Server): Promise<OpenStore> {
  const admin = `postgres://postgres@${host}:${port}/postgres`
  const database = `suite_${randomBytes(6).toString('hex')}`
  await queryOnce(
    admin,
    `CREATE DATABASE ${database}${template === undefined ? '' : ` TEMPLATE ${template}`}`,
  )
  const stores: Store[] = []
  const again = async (): Promise<Store> => {
    const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
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
      await queryOnce(admin, `DROP DATABASE ${database} WITH (FORCE)`)
    },
  }
}
