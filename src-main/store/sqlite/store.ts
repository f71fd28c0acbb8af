import path from 'node:path'
import type { Clock } from '../../runtime/clock.ts'
import { boundTo } from '../bound.ts'
import { migrate, readMigrations } from '../migrate.ts'
import { createKnownSites } from '../known-sites.ts'
import { createRuns } from '../runs.ts'
import { createSlots } from '../slots.ts'
import type { Store } from '../store.ts'
import { applyPage } from './apply-page.ts'
import { clearMissing, countedIds, createdCuts, markMissing } from './census.ts'
import { openConnection, type SqliteDb } from './connection.ts'
import { changesSince, counts, outside, ticketTotal } from './counts.ts'
import { sqliteDatabase } from './database.ts'
import { firstFetch, planFirstFetch, setCensus, setSyncReport, syncReport, syncState } from './progress.ts'
import { dropLease, leaseHolder, takeLease } from './leases.ts'
import { dropTables, forgetDrop, migrationTarget } from './migrations.ts'
import { epoch, seq } from './seq.ts'
import { createFileLedger } from './file-ledger.ts'
import { countedTickets, removedTickets, tickets, ticketsAfter } from './tickets.ts'

/**
 * Opens the store in a SQLite file, made where it is missing, and brings its tables up to date. Throws
 * `folder-not-writable`, `store-not-a-database`, `store-newer`, `store-full`, `busy`; the file is then as it was.
 */
export async function openSqliteStore({ file, clock }: { file: string; clock: Clock }): Promise<Store> {
  const db = await openConnection(file, clock)
  try {
    await makeTables(db)
  } catch (error) {
    db.close()
    throw error
  }
  return sqliteStore(db)
}

/** The store in a file that is open, and has its tables when they are asked for. */
export function sqliteStore(db: SqliteDb): Store {
  const database = sqliteDatabase(db)
  return {
    kind: 'sqlite',
    label: path.basename(db.file),
    close: async () => db.close(),
    // What is wrong with a file shows when it is used.
    health: () => ({ state: 'up' }),
    onHealth: () => () => {},
    // A file's watcher reports a write, not for which site.
    onCommit: (_siteId, _kinds, listener) => db.onCommit(listener),
    ...boundTo(db, { applyPage, seq, epoch, counts, changesSince, outside, ticketTotal }),
    ...boundTo(db, { tickets, countedTickets, removedTickets, ticketsAfter }),
    ...boundTo(db, { countedIds, createdCuts, markMissing, clearMissing }),
    ...boundTo(db, { syncState, setCensus, firstFetch, planFirstFetch, setSyncReport, syncReport }),
    ...createKnownSites(database),
    ...createRuns(database),
    ...createSlots(database),
    ...createFileLedger(database),
    ...boundTo(db, { takeLease, leaseHolder, dropLease, dropTables }),
    async createTables() {
      await forgetDrop(db)
      return (await makeTables(db)) > 0
    },
  }
}

function makeTables(db: SqliteDb): Promise<number> {
  return migrate(migrationTarget(db, db.clock), readMigrations('sqlite'))
}
