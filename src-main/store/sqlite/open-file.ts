import Database from 'better-sqlite3'
import { existsSync, linkSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { empty, foreign, notWritable } from './errors.ts'

/** How long SQLite itself may wait for a lock, with the event loop standing still. */
const BLOCKING_WAIT_MS = 5
/** "JTPM", in the header of every file that we make. */
const APPLICATION_ID = 0x4a54504d

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

/** Whole from its first moment: nobody else can find one of ours empty, whenever this process is killed. */
function makeFile(file: string): void {
  const draft = `${file}.new-${process.pid}`
  try {
    const database = new Database(draft)
    database.pragma(`application_id = ${APPLICATION_ID}`)
    database.close()
    linkSync(draft, file)
  } catch {
    // Another made it, the file system has no links, or nothing can be written there: opening it tells.
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Makes sure that the file is ours before anything is written to it, then sets how it is written. */
export function prepareFile(database: Database.Database, file: string): void {
  const owner = database.pragma('application_id', { simple: true })
  const objects = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get()
  if (owner !== APPLICATION_ID && objects !== 0) throw foreign(file)

  // A commit is on the disk before its caller goes on; readers and the writer do not wait for each other.
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
}

/** The SQL that marks a new file as ours, to be run in the transaction of its first tables. */
export const CLAIM_FILE = `PRAGMA application_id = ${APPLICATION_ID}`
