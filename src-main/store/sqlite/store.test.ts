import Database from 'better-sqlite3'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { machineClock } from '../../runtime/clock.ts'
import { storeSuite } from '../../../test-support/store-suite/store-suite.ts'
import type { OpenStore } from '../../../test-support/store-suite/engine.ts'
import { openSqliteStore } from './store.ts'

storeSuite({ name: 'sqlite', open: openTemporary })

async function openTemporary(): Promise<OpenStore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-store-'))
  const file = path.join(folder, 'tpm.sqlite')
  const store = await openSqliteStore({ file, clock: machineClock })
  const stores = [store]
  const past = new Database(file, { readonly: true })
  return {
    store,
    async again() {
      const other = await openSqliteStore({ file, clock: machineClock })
      stores.push(other)
      return other
    },
    rows: async (sql) => past.prepare<unknown[], Record<string, unknown>>(sql).all(),
    async dispose() {
      past.close()
      for (const one of stores) await one.close()
      await rm(folder, { recursive: true })
    },
  }
}
