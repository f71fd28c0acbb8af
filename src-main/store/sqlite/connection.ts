import { existsSync, linkSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import type { Clock } from '../../runtime/clock.ts'
import { createCommits } from './commits.ts'
import { closed, empty, foreign, isBusy, notWritable, toStoreError } from './errors.ts'

/** One open SQLite file. Work is given to `read` and `write`, which run it again when another process was in the way. */
export type SqliteDb = ReturnType<typeof connect>

const RETRY_MS = 20
const PATIENCE_MS = 5_000
/** How long SQLite itself may wait for a lock, with the event loop standing still. */
const BLOCKING_WAIT_MS = 5
/** "JTPM", in the header of every file that we make. */
const APPLICATION_ID = 0x4a54504d

/** The SQL that marks a new file as ours, to be run in the transaction of its first tables. */
export const CLAIM_FILE = `PRAGMA application_id = ${APPLICATION_ID}`

/**
 * Opens a SQLite file, or makes an empty one. Throws `folder-not-writable`, `store-not-a-database` (the file is then
 * untouched), `store-full`, `busy`.
 */
export async function openConnection(file: string, clock: Clock): Promise<SqliteDb> {
  const closing = new AbortController()
  /** Tries again while another process holds the lock, sleeping in between so that the event loop goes on. */
  const attempt = async <T>(work: () => T): Promise<T> => {
    for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
      try {
        return work()
      } catch (error) {
        if (!isBusy(error) || waitedMs >= PATIENCE_MS) throw toStoreError(error, file)
      }
      await clock.sleep(RETRY_MS, closing.signal)
    }
  }
  const database = await attempt(() => openFile(file))
  try {
    await attempt(() => prepareFile(database, file))
  } catch (error) {
    database.close()
    throw error
  }
  return connect({ database, file, clock, attempt, closing })
}

/** See `Store.version`. */
function createVersion(database: Database.Database, others: { readonly get: () => unknown }, file: string) {
  let writes = 0
  return {
    wrote: (): void => void (writes += 1),
    now: (): string => {
      if (!database.open) throw closed(file)
      return `${String(others.get())} ${writes}`
    },
  }
}

/** What reads see of one commit, whatever is committed while they are under way. To be closed. */
export interface FileSnapshot {
  readonly statement: ReturnType<typeof createPreparer>
  /** As that of `SqliteDb`. */
  query<T>(work: () => T): Promise<T>
  close(): void
}

function connect(parts: {
  readonly database: Database.Database
  readonly file: string
  readonly clock: Clock
  readonly attempt: <T>(work: () => T) => Promise<T>
  readonly closing: AbortController
}) {
  const { database, file, clock, attempt, closing } = parts
  const statement = createPreparer(database)
  const transaction = createTransaction(database, statement)
  const totalChanges = statement<number>('SELECT total_changes()').pluck()
  const dataVersion = statement<number>('PRAGMA data_version').pluck()
  const snapshots = new Set<Database.Database>()
  const commits = createCommits(file, () => dataVersion.get() as number)
  const call = <T>(work: () => T): Promise<T> =>
    attempt(() => {
      if (!database.open) throw closed(file)
      return work()
    })
  const version = createVersion(database, dataVersion, file)
  database.function('now_ms', () => clock.now())
  return {
    file,
    clock,
    /** The statement of this text, prepared once. `R` is what one of its rows is known to be. */
    statement,
    /** Runs several statements, inside `write`. */
    exec: (sql: string): void => void database.exec(sql),
    /** Runs one statement that reads. Throws AppErrors, see `Store`. */
    query: call,
    /** Runs reads that all see the same commit. Throws AppErrors, see `Store`. */
    read: <T>(work: () => T): Promise<T> => call(() => transaction('BEGIN', work)),
    /** Begins reads that all see the same commit, which the first of them finds: over a connection of their own. */
    snapshot: (): Promise<FileSnapshot> => call(() => openSnapshot(file, snapshots, call)),
    /**
     * Runs reads and writes as one transaction, durable when this resolves; after `discard` they are rolled back in the
     * end. Throws AppErrors, see `Store`.
     */
    write: <T>(work: (discard: () => void) => T): Promise<T> =>
      call(() => {
        const before = totalChanges.get()
        let discarded = false
        const all = (): T => work(() => void (discarded = true))
        const result = transaction('BEGIN IMMEDIATE', all, () => discarded)
        version.wrote()
        if (!discarded && totalChanges.get() !== before) commits.announce()
        return result
      }),
    /** See `Store.onCommit`; of every site. */
    onCommit: commits.onCommit,
    version: version.now,
    /** Idempotent. Calls that wait for a lock fail with `store-unavailable`. */
    close(): void {
      closing.abort(closed(file))
      commits.close()
      for (const reader of snapshots) reader.close()
      database.close()
    },
  }
}

/** Begins a snapshot; while it is open its connection is among `open`. */
function openSnapshot(
  file: string,
  open: Set<Database.Database>,
  query: FileSnapshot['query'],
): FileSnapshot {
  const reader = new Database(file, { readonly: true, timeout: BLOCKING_WAIT_MS })
  open.add(reader)
  reader.exec('BEGIN')
  return {
    statement: createPreparer(reader),
    query,
    close() {
      open.delete(reader)
      reader.close()
    },
  }
}

/** Prepares each text once. */
function createPreparer(database: Database.Database) {
  const prepared = new Map<string, Database.Statement>()
  return <R = unknown>(sql: string): Database.Statement<unknown[], R> => {
    let known = prepared.get(sql)
    if (known === undefined) prepared.set(sql, (known = database.prepare(sql)))
    return known as Database.Statement<unknown[], R>
  }
}

/** Does a work between a BEGIN and its COMMIT; where that throws, or is discarded in the end, it is rolled back. */
function createTransaction(database: Database.Database, statement: ReturnType<typeof createPreparer>) {
  return <T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T, isDiscarded = () => false): T => {
    statement(begin).run()
    try {
      const result = work()
      statement(isDiscarded() ? 'ROLLBACK' : 'COMMIT').run()
      return result
    } catch (error) {
      // After some errors, a full disk among them, SQLite has already rolled back.
      if (database.inTransaction) statement('ROLLBACK').run()
      throw error
    }
  }
}

/**
 * Opens or makes the file; its content has not been looked at yet. Throws `folder-not-writable`, `store-not-a-database`
 * where it is empty, or SQLite's error.
 */
export function openFile(file: string): Database.Database {
  if (!existsSync(path.dirname(file))) throw notWritable(file)
  const there = statSync(file, { throwIfNoEntry: false })
  if (there === undefined) makeFile(file)
  else if (there.isFile() && there.size === 0) throw empty(file)
  return new Database(file, { timeout: BLOCKING_WAIT_MS })
}

/** Whole from its first moment: no other process can find one of ours empty, whenever this process is killed. */
function makeFile(file: string): void {
  const draft = `${file}.new-${process.pid}`
  try {
    const database = new Database(draft)
    database.pragma(`application_id = ${APPLICATION_ID}`)
    database.close()
    linkSync(draft, file)
  } catch {
    // Another made it, the file system has no links, or nothing can be written there: opening it shows which.
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Makes sure that the file is ours before anything is written to it, then sets how it is written. */
function prepareFile(database: Database.Database, file: string): void {
  const owner = database.pragma('application_id', { simple: true })
  const objects = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (owner !== APPLICATION_ID && objects !== 0) throw foreign(file)

  // A commit is on the disk before its caller goes on; readers and the writer do not wait for each other.
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
}
