import path from 'node:path'
import type { Clock } from '../../runtime/clock.ts'
import { migrate, readMigrations } from '../migrate.ts'
import { createMethods, type Store } from '../store.ts'
import { openConnection, type SqliteDb } from './connection.ts'
import { sqliteDatabase } from './database.ts'
import { dropTables, forgetDrop, migrationTarget } from './migrations.ts'
import { createFileLedger } from './file-ledger.ts'

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
    version: db.version,
    ...createMethods(database, createFileLedger(database)),
    dropTables: (guard) => dropTables(db, guard),
    async createTables() {
      await forgetDrop(db)
      return (await makeTables(db)) > 0
    },
  }
}

function makeTables(db: SqliteDb): Promise<number> {
  return migrate(migrationTarget(db, db.clock), readMigrations('sqlite'))
}
