import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, inject, test } from 'vitest'
import { machineClock } from '../../clock.ts'
import { storeSuite } from '../store-suite.ts'
import type { Store } from '../store.ts'
import type { OpenStore } from '../suite/engine.ts'
import { findPostgres } from '../testing-postgres-bin.ts'
import { testConfig } from '../testing-postgres-config.ts'
import { queryOnce } from '../testing-postgres-query.ts'
import { startPostgres, type TestPostgres } from '../testing-postgres.ts'
import { SCHEMA } from './client.ts'
import { VALUE_PARSERS } from './parse-values.ts'
import { openPostgresStore } from './store.ts'

/** The oldest that is at hand; the newest is the run's own. */
const OLDER = 15

const newest = inject('postgres')
storeSuite({ name: `postgres ${newest.version}`, open: () => openOn(newest, `TEMPLATE ${newest.template}`) })

const older = findPostgres(OLDER)
if (older === null) {
  test.skip(`NO POSTGRESQL ${OLDER} HERE: the store was tested on ${newest.version} alone`, () => {})
} else {
  describe(`PostgreSQL ${OLDER}`, () => {
    let server: TestPostgres
    beforeAll(async () => {
      server = await startPostgres({ bin: older.bin })
    })
    afterAll(() => server.stop())
    storeSuite({ name: `postgres ${OLDER}`, open: () => openOn(server) })
  })
}

/** A store in a database of its own, dropped at its end. */
async function openOn({ host, port }: { host: string; port: number }, template = ''): Promise<OpenStore> {
  const admin = `postgres://postgres@${host}:${port}/postgres`
  const database = `suite_${randomBytes(6).toString('hex')}`
  await queryOnce(admin, `CREATE DATABASE ${database} ${template}`)
  const stores: Store[] = []
  const again = async (): Promise<Store> => {
    const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
    const store = await openPostgresStore(testConfig({ host, port, database }), parts)
    stores.push(store)
    return store
  }
  const store = await again()
  const past = new Client({ host, port, database, user: 'postgres', types: VALUE_PARSERS })
  await past.connect()
  await past.query(`SET search_path = ${SCHEMA}`)
  return {
    store,
    again,
    rows: async (sql) => (await past.query<Record<string, unknown>>(sql)).rows,
    async dispose() {
      for (const one of stores) await one.close()
      await past.end()
      await queryOnce(admin, `DROP DATABASE ${database} WITH (FORCE)`)
    },
  }
}
