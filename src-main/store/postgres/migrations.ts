import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../clock.ts'
import { migrate, readMigrations, type AppliedMigration, type MigrationTarget } from '../migrate.ts'
import { TICKET_TABLES } from '../ticket-tables.ts'
import { SCHEMA } from './client.ts'
import type { Session } from './connection.ts'
import { raiseAllSeqs } from './seq.ts'

const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS migrations (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    part TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_ms BIGINT NOT NULL,
    dropped_ms BIGINT
  )`

/** A session that nobody else has at the time, and what it works with. */
export interface Target {
  readonly session: Session
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

/** A PostgreSQL database as the migration runner sees it. */
export function migrationTarget({ session, label, clock }: Target): MigrationTarget {
  return {
    label,
    async applied() {
      const tables = await ourTables(session)
      if (tables.length > 0 && !tables.includes('migrations')) throw foreign(label)
      if (tables.length === 0) return []
      return session.query<AppliedMigration>('SELECT number, name, checksum FROM migrations ORDER BY number')
    },
    async droppedByPerson() {
      const tables = await ourTables(session)
      if (tables.length === 0) return false
      return (await session.query('SELECT 1 FROM migrations WHERE dropped_ms IS NOT NULL LIMIT 1')).length > 0
    },
    apply: (migration) =>
      session.write(async (tx) => {
        // A role that may use the schema need not be allowed to make one.
        const [schema] = await tx.query(`SELECT 1 FROM pg_namespace WHERE nspname = '${SCHEMA}'`)
        if (schema === undefined) await tx.query(`CREATE SCHEMA ${SCHEMA}`)
        await tx.query(`SET LOCAL search_path = ${SCHEMA}; ${MIGRATIONS_TABLE}`)
        await lockWriters(tx)
        await tx.query(migration.sql)
        const { number, name, part, checksum } = migration
        await tx.query(
          'INSERT INTO migrations (number, name, part, checksum, applied_ms) VALUES ($1, $2, $3, $4, $5)',
          [number, name, part, checksum, clock.now()],
        )
        return true
      }),
  }
}

/**
 * Drops the tickets part in one transaction, and notes that it was: it stays dropped, over restarts too, until it is
 * asked for again. False where it was already gone.
 */
export function dropTicketTables({ session, clock }: Target): Promise<boolean> {
  return session.write(async (tx) => {
    const tables = await ourTables(tx)
    const there = DROP_ORDER.filter((table) => tables.includes(table))
    if (there.length === 0) {
      tx.discard()
      return false
    }
    await lockWriters(tx)
    for (const table of there) void tx.query(`DROP TABLE ${table}`)
    void tx.query(`UPDATE migrations SET dropped_ms = $1 WHERE part = 'tickets'`, [clock.now()])
    raiseAllSeqs(tx)
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
    const session: Session = { query: (sql, params) => tx.query(sql, params), write: (work) => work(tx) }
    const made = await makeTables({ ...target, session })
    if (made > 0) tx.notifyAll()
    else tx.discard()
    return made > 0
  })
}

/** Who reads, reads counts before tickets: in this order no reader waits for us while we wait for it. */
const DROP_ORDER = TICKET_TABLES.toSorted((a, b) => Number(a === 'tickets') - Number(b === 'tickets'))

/** Waits until nobody writes to any site, and lets nobody begin to. Nobody holds a lock that we want and waits for one of ours. */
async function lockWriters(tx: Pick<Session, 'query'>): Promise<void> {
  const tables = await ourTables(tx)
  if (tables.includes('site_seq')) await tx.query('LOCK TABLE site_seq IN EXCLUSIVE MODE')
}

async function ourTables({ query }: Pick<Session, 'query'>): Promise<string[]> {
  const rows = await query<{ name: string }>(
    `SELECT relname AS name FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE nspname = '${SCHEMA}' AND relkind IN ('r', 'p')`,
  )
  return rows.map((row) => row.name)
}

/** Tables that another program made in a schema of our name are not ours to touch. */
function foreign(label: string): AppError {
  return new AppError(
    'store-not-a-database',
    `The schema ${SCHEMA} of ${label} belongs to another program, not to Jira TPM. It was not changed.`,
    { hint: 'Choose another database.' },
  )
}
