import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { notChanged } from '../../src-shared/errors/app-error.ts'
import { projectFile } from '../runtime/project-files.ts'
import type { Store } from './store.ts'

/** The `tickets` part can be dropped and made anew; the `ledger` part never is. */
type Part = 'ledger' | 'tickets'

/**
 * The tables of the `tickets` part of the migrations: what may be dropped, because Jira has it all. In the order in which
 * a reader of several reads them: a transaction that locks them in this order, too, never waits for a reader that waits for it.
 */
export const TICKET_TABLES = [
  'day_counts',
  'minute_counts',
  'field_counts',
  'usual_counts',
  'sync_state',
  'first_fetches',
  'fetch_pieces',
  'known_until',
  'sync_reports',
  'old_tickets',
  'old_usual_counts',
  'tickets',
] as const

export interface Migration {
  readonly number: number
  readonly name: string
  readonly part: Part
  readonly sql: string
  readonly checksum: string
}

export interface AppliedMigration extends Pick<Migration, 'number' | 'name' | 'checksum'> {
  /** When the person dropped its part, and has not asked for it again since. */
  readonly droppedMs: number | null
}

/** Which migrations a database has had. */
export interface MigrationHistory {
  /** For the person: the file's name, or host and database. */
  readonly label: string
  /** Every migration that the database has had, in order; none for an empty database. Writes nothing. */
  applied(): Promise<AppliedMigration[]>
}

/** A database as the runner sees it. */
export interface MigrationTarget extends MigrationHistory {
  /** Runs the SQL and notes it in one transaction. False where another process was first. */
  apply(migration: Migration): Promise<boolean>
}

/** Where a database notes what it has had. `dropped_ms`: when the person dropped that part. */
export const MIGRATIONS_TABLE = `
  CREATE TABLE IF NOT EXISTS migrations (
    number BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    part TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_ms BIGINT NOT NULL,
    dropped_ms BIGINT
  )`

export const APPLIED =
  'SELECT number, name, checksum, dropped_ms AS "droppedMs" FROM migrations ORDER BY number'

// 0001_name.sql for both engines; 0002_name.sqlite.sql next to 0002_name.postgres.sql where they must differ.
const FILE_NAME = /^(?<number>\d{4})_(?<name>[a-z0-9-]+)(?:\.(?<engine>sqlite|postgres))?\.sql$/
const FIRST_LINE = /^-- part: (?<part>ledger|tickets)\n/

/**
 * The migrations of one engine, in order. Throws an Error for a file whose name or first line is not as it must be:
 * that is a fault of the program, found by the first test.
 */
export function readMigrations(engine: Store['kind'], folder = projectFile('migrations')): Migration[] {
  const migrations: Migration[] = []
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql'))
  for (const file of files.toSorted()) {
    const { number, name, engine: only } = FILE_NAME.exec(file)?.groups ?? {}
    if (number === undefined || name === undefined) throw new Error(`${file} is not named like a migration`)
    if (only !== undefined && only !== engine) continue
    // A checkout may have turned the line ends; the migration is the same.
    const sql = readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n')
    const part = FIRST_LINE.exec(sql)?.groups?.['part'] as Part | undefined
    if (part === undefined)
      throw new Error(`${file} does not begin with "-- part: ledger" or "-- part: tickets"`)
    const checksum = createHash('sha256').update(sql).digest('hex')
    migrations.push({ number: Number(number), name, part, sql, checksum })
  }
  const twice = migrations.find((one, i) => one.number === migrations[i - 1]?.number)
  if (twice !== undefined) throw new Error(`Two migrations have the number ${twice.number}`)
  return migrations
}

/**
 * Brings a database up to date, one transaction a migration, in order; returns how many were missing. A failing one
 * leaves nothing of itself, and the ones before it stay. Throws as `missingMigrations`.
 */
export async function migrate(target: MigrationTarget, migrations: readonly Migration[]): Promise<number> {
  let made = 0
  for (const migration of await missingMigrations(target, migrations)) {
    if (await target.apply(migration)) made += 1
  }
  return made
}

/**
 * What a database has not had yet; what the person dropped is not missing. Throws `store-newer` for a database that a
 * newer program has changed, `store-unavailable` where it was made by other migrations than ours. Writes nothing.
 */
export async function missingMigrations(
  target: MigrationHistory,
  migrations: readonly Migration[],
): Promise<Migration[]> {
  const applied = await target.applied()
  for (const past of applied) refuseForeignMigration(target.label, past, migrations)
  const done = new Set(applied.map((past) => past.number))
  const dropped = applied.some(isDropped)
  return migrations.filter(({ number, part }) => !done.has(number) && !(dropped && part === 'tickets'))
}

export function isDropped({ droppedMs }: AppliedMigration): boolean {
  return droppedMs !== null
}

/** Of migrations that a later one took the place of, for databases that had not had them: those that had are as good. */
const REPLACED: ReadonlySet<string> = new Set([
  // 0022_usual-counts of SQLite and of PostgreSQL: now 0028
  '2da5b07fd97d773dd5090eb252b4b209d333339af4cb3a22a59b74a608ff58af',
  '6db7c6c5a4f6b46e0a5ee4ffcf083f614c1074a2c7edc9080873fde7b41144e7',
])

function refuseForeignMigration(label: string, past: AppliedMigration, ours: readonly Migration[]): void {
  const same = ours.find((migration) => migration.number === past.number)
  if (same?.checksum === past.checksum || REPLACED.has(past.checksum)) return
  const name = `${String(past.number).padStart(4, '0')}_${past.name}`
  if (same === undefined) {
    throw notChanged(
      'store-newer',
      `${label} was last used by a newer version of Jira TPM (it has migration ${name}).`,
      'Install the newer version, or choose another store with --store.',
    )
  }
  throw notChanged(
    'store-unavailable',
    `${label} was made by another build of Jira TPM: its migration ${name} is not the one of this program.`,
    'Use the build that made it, or choose another store with --store.',
  )
}
