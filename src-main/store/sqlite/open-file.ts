import Database from 'better-sqlite3'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { foreign, notWritable } from './errors.ts'

/** How long SQLite itself may wait for a lock, with the event loop standing still. */
const BLOCKING_WAIT_MS = 5
/** "JTPM", in the header of every file that we make. */
const APPLICATION_ID = 0x4a54504d

/** Opens or makes the file; its content has not been looked at yet. Throws `folder-not-writable` or SQLite's error. */
export function openFile(file: string): Database.Database {
  if (!existsSync(path.dirname(file))) throw notWritable(file)
  return new Database(file, { timeout: BLOCKING_WAIT_MS })
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
