import path from 'node:path'
import type { Clock } from '../../runtime/clock.ts'
import {
  APPLIED,
  MIGRATIONS_TABLE,
  TICKET_TABLES,
  type AppliedMigration,
  type Migration,
  type MigrationTarget,
} from '../migrate.ts'
import { leaseHolders } from '../leases.ts'
import { RAISE_ALL_SEQS } from '../seq.ts'
import type { DropGuard, LeaseHolder } from '../store.ts'
import { CLAIM_FILE, type SqliteDb } from './connection.ts'
import { statementRunner } from './database.ts'

/** A SQLite file as the migration runner sees it. */
export function migrationTarget(db: SqliteDb, clock: Clock): MigrationTarget {
  return {
    label: path.basename(db.file),
    applied: () => db.read(() => appliedMigrations(db)),
    apply: (migration) => db.write(() => applyMigration(db, migration, clock.now())),
  }
}

/** In one transaction, and notes that it was: it stays dropped, over restarts too, until it is asked for again. */
export function dropTables(db: SqliteDb, guard?: DropGuard): Promise<boolean> {
  return db.write(() => {
    guard?.check(statementRunner(db)(leaseHolders(guard.lease)) as LeaseHolder[])
    const there = TICKET_TABLES.filter((table) => hasTable(db, table))
    if (there.length === 0) return false
    for (const table of there) db.exec(`DROP TABLE ${table}`)
    db.statement(`UPDATE migrations SET dropped_ms = ? WHERE part = 'tickets'`).run(db.clock.now())
    for (const raise of RAISE_ALL_SEQS) db.statement(raise).run()
    return true
  })
}

/** Forgets that the tickets part was dropped, so that its migrations count as missing. */
export function forgetDrop(db: SqliteDb): Promise<void> {
  return db.write(() => {
    db.statement('DELETE FROM migrations WHERE dropped_ms IS NOT NULL').run()
  })
}

function applyMigration(db: SqliteDb, migration: Migration, nowMs: number): boolean {
  if (!hasTable(db, 'migrations')) db.exec(`${CLAIM_FILE}; ${MIGRATIONS_TABLE}`)
  const { number, name, part, checksum, sql } = migration
  if (appliedMigrations(db).some((past) => past.number === number)) return false
  db.exec(sql)
  const note = 'INSERT INTO migrations (number, name, part, checksum, applied_ms) VALUES (?, ?, ?, ?, ?)'
  db.statement(note).run(number, name, part, checksum, nowMs)
  return true
}

function appliedMigrations(db: SqliteDb): AppliedMigration[] {
  return hasTable(db, 'migrations') ? db.statement<AppliedMigration>(APPLIED).all() : []
}

function hasTable(db: SqliteDb, table: string): boolean {
  const sql = `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`
  return db.statement(sql).get(table) !== undefined
}
