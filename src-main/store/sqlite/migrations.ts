import path from 'node:path'
import type { Clock } from '../../runtime/clock.ts'
import {
  MIGRATIONS_TABLE,
  TICKET_TABLES,
  type AppliedMigration,
  type Migration,
  type MigrationTarget,
} from '../migrate.ts'
import type { DropGuard } from '../store.ts'
import { CLAIM_FILE, type SqliteDb } from './connection.ts'
import { leaseHolders } from './leases.ts'
import { raiseAllSeqs } from './seq.ts'

/** A SQLite file as the migration runner sees it. */
export function migrationTarget(db: SqliteDb, clock: Clock): MigrationTarget {
  return {
    label: path.basename(db.file),
    applied: () => db.read(() => (hasTable(db, 'migrations') ? appliedMigrations(db) : [])),
    droppedByPerson: () => db.read(() => hasTable(db, 'migrations') && isDropped(db)),
    apply: (migration) => db.write(() => applyMigration(db, migration, clock.now())),
  }
}

/**
 * Drops the tickets part in one transaction, and notes that it was: it stays dropped, over restarts too, until it is
 * asked for again. False where it was already gone.
 */
export function dropTicketTables(db: SqliteDb, clock: Clock, guard?: DropGuard): Promise<boolean> {
  return db.write(() => {
    const nowMs = clock.now()
    guard?.check(leaseHolders(db, nowMs, guard.lease))
    const there = TICKET_TABLES.filter((table) => hasTable(db, table))
    if (there.length === 0) return false
    for (const table of there) db.exec(`DROP TABLE ${table}`)
    db.statement(`UPDATE migrations SET dropped_ms = ? WHERE part = 'tickets'`).run(nowMs)
    raiseAllSeqs(db)
    return true
  })
}

/** Forgets that the tickets part was dropped, so that its migrations count as missing. */
export function forgetDrop(db: SqliteDb): Promise<void> {
  return db.write(() => {
    db.statement('DELETE FROM migrations WHERE dropped_ms IS NOT NULL').run()
  })
}

function isDropped(db: SqliteDb): boolean {
  return db.statement('SELECT 1 FROM migrations WHERE dropped_ms IS NOT NULL').get() !== undefined
}

function applyMigration(db: SqliteDb, migration: Migration, nowMs: number): boolean {
  if (!hasTable(db, 'migrations')) db.exec(`${CLAIM_FILE}; ${MIGRATIONS_TABLE}`)
  if (appliedMigrations(db).some((past) => past.number === migration.number)) return false
  db.exec(migration.sql)
  db.statement(
    'INSERT INTO migrations (number, name, part, checksum, applied_ms) VALUES (?, ?, ?, ?, ?)',
  ).run(migration.number, migration.name, migration.part, migration.checksum, nowMs)
  return true
}

function appliedMigrations(db: SqliteDb): AppliedMigration[] {
  return db.statement<AppliedMigration>('SELECT number, name, checksum FROM migrations ORDER BY number').all()
}

function hasTable(db: SqliteDb, table: string): boolean {
  return (
    db.statement(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`).get(table) !== undefined
  )
}
