import Database from 'better-sqlite3'
import type { Clock } from '../../runtime/clock.ts'
import { createCommits } from './commits.ts'
import { closed, toStoreError } from './errors.ts'
import { openFile, prepareFile } from './open-file.ts'
import { retryWhileBusy } from './retry.ts'

/** One open SQLite file. Work is given to `read` and `write`, which run it again when another process was in the way. */
export interface Connection {
  readonly file: string
  /** The statement of this text, prepared once. `R` is what one of its rows is known to be. */
  statement<R = unknown>(sql: string): Database.Statement<unknown[], R>
  /** Runs several statements, inside `write`. */
  exec(sql: string): void
  /** Runs reads that all see the same commit. Throws AppErrors, see `Store`. */
  read<T>(work: () => T): Promise<T>
  /** Runs reads and writes as one transaction, durable when this resolves. Throws AppErrors, see `Store`. */
  write<T>(work: () => T): Promise<T>
  /** See `Store.onCommit`; of every site. */
  onCommit(listener: () => void): () => void
  /** Idempotent. Calls that wait for a lock fail with `store-unavailable`. */
  close(): void
}

/**
 * Opens a SQLite file, or makes an empty one. Throws `folder-not-writable`, `store-not-a-database` (the file is then
 * untouched), `store-full`, `busy`.
 */
export async function openConnection(file: string, clock: Clock): Promise<Connection> {
  const closing = new AbortController()
  const attempt = async <T>(work: () => T): Promise<T> => {
    try {
      return await retryWhileBusy(work, clock, closing.signal)
    } catch (error) {
      throw toStoreError(error, file)
    }
  }
  const database = await attempt(() => openFile(file))
  try {
    await attempt(() => prepareFile(database, file))
  } catch (error) {
    database.close()
    throw error
  }
  return connect(database, file, attempt, closing)
}

function connect(
  database: Database.Database,
  file: string,
  attempt: <T>(work: () => T) => Promise<T>,
  closing: AbortController,
): Connection {
  const statement = rememberStatements(database)
  const dataVersion = statement<number>('PRAGMA data_version').pluck()
  const totalChanges = statement<number>('SELECT total_changes()').pluck()
  const commits = createCommits(file, () => dataVersion.get() as number)

  const transaction = <T>(begin: 'BEGIN' | 'BEGIN IMMEDIATE', work: () => T): T => {
    if (!database.open) throw closed(file)
    statement(begin).run()
    try {
      const result = work()
      statement('COMMIT').run()
      return result
    } catch (error) {
      // After some errors, a full disk among them, SQLite has already rolled back.
      if (database.inTransaction) statement('ROLLBACK').run()
      throw error
    }
  }
  return {
    file,
    statement,
    exec: (sql) => void database.exec(sql),
    read: (work) => attempt(() => transaction('BEGIN', work)),
    write: (work) =>
      attempt(() => {
        const before = database.open ? totalChanges.get() : 0
        const result = transaction('BEGIN IMMEDIATE', work)
        if (totalChanges.get() !== before) commits.announce()
        return result
      }),
    onCommit: (listener) => commits.onCommit(listener),
    close() {
      closing.abort(closed(file))
      commits.close()
      database.close()
    },
  }
}

/** Statements live next to the code that uses them, as text; each is prepared the first time it is asked for. */
function rememberStatements(database: Database.Database): Connection['statement'] {
  const prepared = new Map<string, Database.Statement>()
  return <R>(sql: string): Database.Statement<unknown[], R> => {
    let statement = prepared.get(sql)
    if (statement === undefined) {
      statement = database.prepare(sql)
      prepared.set(sql, statement)
    }
    return statement as Database.Statement<unknown[], R>
  }
}
