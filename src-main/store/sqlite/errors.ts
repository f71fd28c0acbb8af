import Database from 'better-sqlite3'
import path from 'node:path'
import { AppError, nothingChanged, notChanged, type ErrorCode } from '../../../src-shared/errors/app-error.ts'
import { tablesMissing } from '../errors.ts'
import { TICKET_TABLES } from '../migrate.ts'

const NOT_STORED = 'This change was not stored; what was there before is safe.'
const RUNS_ARE_HERE = 'Jira still has every ticket; the record of past runs is in this file alone.'
const MISSING_TABLE = new RegExp(`^no such table: (?:main\\.)?(?:${TICKET_TABLES.join('|')})$`)

/** Whether an error means that another connection holds a lock, or wrote since our transaction began. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(?:BUSY|LOCKED|PROTOCOL)/.test(error.code)
}

/** SQLite's error as a person reads it. What is not expected (a fault in our SQL) comes back as it is. */
export function toStoreError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const { code } = error
  const notStored = (named: ErrorCode, what: string, hint: string): AppError =>
    new AppError(named, what, { consequence: NOT_STORED, hint, retryable: true, cause: error })
  if (isBusy(error))
    return notStored(
      'busy',
      `Another process has kept ${file} locked for too long.`,
      'Close the other program that uses the file, then try again.',
    )
  if (MISSING_TABLE.test(error.message)) return tablesMissing(error)
  // A full disk that shows while the shared-memory file is made has a code of its own.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE')
    return notStored('store-full', `The disk that holds ${file} is full.`, 'Free some space; then try again.')
  if (code === 'SQLITE_NOTADB')
    return notChanged(
      'store-not-a-database',
      `${file} is not a SQLite database.`,
      'Move it away, or choose another file with --store sqlite:FILE.',
      error,
    )
  if (code.startsWith('SQLITE_CORRUPT'))
    return new AppError('store-not-a-database', `${file} is damaged and cannot be read.`, {
      consequence: RUNS_ARE_HERE,
      hint: 'Move it away and keep it; a new one is made at the next start and filled from Jira.',
      cause: error,
    })
  if (/^SQLITE_(?:CANTOPEN|READONLY|PERM|AUTH)/.test(code)) return notWritable(file, error)
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_NOMEM')
    return notStored(
      'store-unavailable',
      `The store ${file} could not be read or written.`,
      'Check the disk, or the network if the folder is on a share; then try again.',
    )
  return error
}

/** The folder cannot take the store: it is missing, read-only or someone else's. */
export function notWritable(file: string, cause?: unknown): AppError {
  return nothingChanged(
    'folder-not-writable',
    `The store ${file} cannot be opened for writing, so nothing can be kept there.`,
    `Make ${path.dirname(file)} a folder that you may write to, or choose another with --data-dir.`,
    cause,
  )
}

export function closed(file: string): AppError {
  return new AppError('store-unavailable', `The store ${file} is closed.`, {
    consequence: 'This call changed nothing.',
  })
}

/** A SQLite file that another program made: its tables are not ours to touch. */
export function foreign(file: string): AppError {
  return notChanged(
    'store-not-a-database',
    `${file} is the database of another program, not one of Jira TPM.`,
    'Choose another file with --store sqlite:FILE.',
  )
}

/** Ours never is: somebody made it, or a crash or a full disk took its content. */
export function empty(file: string): AppError {
  return new AppError('store-not-a-database', `${file} is empty: what was in it, if anything, is gone.`, {
    consequence: `${RUNS_ARE_HERE} Nothing was changed.`,
    hint: 'Put a copy of it back if you have one; else delete it: a new one is made at the next start and filled from Jira.',
  })
}
