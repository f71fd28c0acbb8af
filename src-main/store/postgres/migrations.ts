import { notChanged } from '../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../runtime/clock.ts'
import {
  APPLIED,
  migrate,
  MIGRATIONS_TABLE,
  missingMigrations,
  readMigrations,
  TICKET_TABLES,
  type AppliedMigration,
  type MigrationHistory,
  type MigrationTarget,
} from '../migrate.ts'
import type { DropGuard, LeaseHolder } from '../store.ts'
import { SCHEMA, SEARCH_PATH } from './connection/client.ts'
import type { ExclusiveSession, SqlReader } from './connection/connection.ts'
import { leaseHolders } from '../leases.ts'
import { RAISE_ALL_SEQS } from '../seq.ts'
import { textAndValues } from './database.ts'

/** A session whose transactions no other work has at the time, and what it works with. */
export interface Target {
  readonly session: ExclusiveSession
  /** For the person: host and database. */
  readonly label: string
  readonly clock: Clock
}

/**
 * Brings the tables up to date; returns how many migrations were missing. Throws as `migrate`, and
 * `store-not-a-database` where our schema is another program's.
 */
export function makeTables(target: Target): Promise<number> {
  return migrate(migrationTarget(target), readMigrations('postgres'))
}

/** Whether there is nothing that `makeTables` would make. Throws as that does. */
export async function areTablesMade(reading: SqlReader, label: string): Promise<boolean> {
  return (await missingMigrations(migrationHistory(reading, label), readMigrations('postgres'))).length === 0
}

/** What a PostgreSQL database has had. By whole names: without a right to the schema, a search path leads past it. */
export function migrationHistory(session: SqlReader, label: string): MigrationHistory {
  return {
    label,
    async applied() {
      await refuseForeign(session, label)
      if ((await ourTables(session)).length === 0) return []
      return session.query<AppliedMigration>(APPLIED.replace('migrations', `${SCHEMA}.migrations`))
    },
  }
}

/** A PostgreSQL database as the migration runner sees it. */
export function migrationTarget({ session, label, clock }: Target): MigrationTarget {
  return {
    ...migrationHistory(session, label),
    apply: (migration) =>
      session.write(async (tx) => {
        const { number, name, part, checksum } = migration
        await tx.query(`SET LOCAL search_path = ${SEARCH_PATH}; ${MIGRATIONS_TABLE}`)
        const had = await tx.query('SELECT 1 AS one FROM migrations WHERE number = $1', [number])
        if (had.length > 0) {
          tx.discard()
          return false
        }
        await lockWriters(tx)
        await tx.query(migration.sql)
        await tx.query(
          'INSERT INTO migrations (number, name, part, checksum, applied_ms) VALUES ($1, $2, $3, $4, $5)',
          [number, name, part, checksum, clock.now()],
        )
        // A program that works with the tables as they were checks whether it may.
        tx.notifyAll()
        return true
      }),
  }
}

/**
 * Drops the tickets part in one transaction, and notes that it was: it stays dropped, over restarts too, until it is
 * asked for again. False where it was already gone.
 */
export function dropTicketTables({ session, clock }: Target, guard?: DropGuard): Promise<boolean> {
  return session.write(async (tx) => {
    const tables = await ourTables(tx)
    const there = TICKET_TABLES.filter((table) => tables.includes(table))
    if (there.length === 0) {
      tx.discard()
      return false
    }
    if (guard !== undefined) {
      // Until the transaction ends none is taken, renewed or dropped.
      void tx.query('LOCK TABLE leases IN SHARE MODE')
      guard.check(await tx.query<LeaseHolder>(...textAndValues(leaseHolders(guard.lease))))
    }
    await lockWriters(tx)
    for (const table of there) void tx.query(`DROP TABLE ${table}`)
    void tx.query(`UPDATE migrations SET dropped_ms = $1 WHERE part = 'tickets'`, [clock.now()])
    for (const raise of RAISE_ALL_SEQS) void tx.query(raise)
    tx.notifyAll()
    return true
  })
}

/**
 * Makes the tickets part where the person dropped it, or it is missing; false where it was there. In one transaction: the
 * other instances go on all the while, and must not meet tables that are half made.
 */
export function makeTicketTables(target: Target): Promise<boolean> {
  return target.session.write(async (tx) => {
    await lockWriters(tx)
    await tx.query('DELETE FROM migrations WHERE dropped_ms IS NOT NULL')
    const made = await makeTables({ ...target, session: { ...tx, write: (work) => work(tx) } })
    if (made > 0) tx.notifyAll()
    else tx.discard()
    return made > 0
  })
}

/** Waits until no transaction writes to any site, and lets none begin to. None holds a lock that we want and waits for one of ours. */
async function lockWriters(tx: SqlReader): Promise<void> {
  const tables = await ourTables(tx)
  if (tables.includes('site_seq')) await tx.query('LOCK TABLE site_seq IN EXCLUSIVE MODE')
}

/** Throws `store-not-a-database` where another program made tables in a schema of our name: they are not ours to touch. */
export async function refuseForeign(reading: SqlReader, label: string): Promise<void> {
  const columns = await reading.query<{ table: string; name: string }>(
    `SELECT relname AS "table", attname AS "name" FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = '${SCHEMA}' AND relkind IN ('r', 'p') AND attnum > 0`,
  )
  const ours = new Set(columns.filter(({ table }) => table === 'migrations').map(({ name }) => name))
  const isOurs = ['number', 'checksum', 'dropped_ms'].every((name) => ours.has(name))
  if (columns.length === 0 || isOurs) return
  throw notChanged(
    'store-not-a-database',
    `The schema ${SCHEMA} of ${label} belongs to another program, not to Jira TPM.`,
    'Choose another database.',
  )
}

async function ourTables(reading: SqlReader): Promise<string[]> {
  const rows = await reading.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = '${SCHEMA}' AND relkind IN ('r', 'p')`,
  )
  return rows.map((row) => row.name)
}
