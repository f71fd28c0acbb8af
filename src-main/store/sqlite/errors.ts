import Database from 'better-sqlite3'
import path from 'node:path'
import { AppError, notChanged, nothingChanged } from '../../../src-shared/errors/app-error.ts'
import { tablesMissing } from '../errors.ts'
import { TICKET_TABLES } from '../migrate.ts'

const MISSING_TABLE = new RegExp(`^no such table: (?:main\\.)?(?:${TICKET_TABLES.join('|')})$`)

/** Whether an error means that another connection holds a lock, or wrote since our transaction began. */
export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && /^SQLITE_(?:BUSY|LOCKED|PROTOCOL)/.test(error.code)
}

/** SQLite's error as the person should hear it. What is not expected (a fault in our SQL) comes back as it is. */
export function toStoreError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error
  const code = error.code
  if (isBusy(error)) return busy(file, error)
  if (MISSING_TABLE.test(error.message)) return tablesMissing(error)
  // A full disk that shows while the shared-memory file is made has a code of its own.
  if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_SHMSIZE') return full(file, error)
  if (code === 'SQLITE_NOTADB') return notADatabase(file, error)
  if (code.startsWith('SQLITE_CORRUPT')) return damaged(file, error)
  if (/^SQLITE_(?:CANTOPEN|READONLY|PERM|AUTH)/.test(code)) return notWritable(file, error)
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_NOMEM') return unavailable(file, error)
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
    consequence:
      'Jira still has every ticket; the record of past runs is in this file alone. Nothing was changed.',
    hint: 'Put a copy of it back if you have one; else delete it: a new one is made at the next start and filled from Jira.',
  })
}

function busy(file: string, cause: unknown): AppError {
  return new AppError('busy', `Another process has kept ${file} locked for too long.`, {
    consequence: 'This change was not stored; what was there before is safe.',
    hint: 'Close the other program that uses the file, then try again.',
    retryable: true,
    cause,
  })
}

function full(file: string, cause: unknown): AppError {
  return new AppError('store-full', `The disk that holds ${file} is full.`, {
    consequence: 'This change was not stored; what was there before is safe.',
    hint: 'Free some space; then try again.',
    retryable: true,
    cause,
  })
}

function notADatabase(file: string, cause: unknown): AppError {
  return notChanged(
    'store-not-a-database',
    `${file} is not a SQLite database.`,
    'Move it away, or choose another file with --store sqlite:FILE.',
    cause,
  )
}

function damaged(file: string, cause: unknown): AppError {
  return new AppError('store-not-a-database', `${file} is damaged and cannot be read.`, {
    consequence: 'Jira still has every ticket; the record of past runs is in this file alone.',
    hint: 'Move it away and keep it; a new one is made at the next start and filled from Jira.',
    cause,
  })
}

function unavailable(file: string, cause: unknown): AppError {
  return new AppError('store-unavailable', `The store ${file} could not be read or written.`, {
    consequence: 'This change was not stored; what was there before is safe.',
    hint: 'Check the disk, or the network if the folder is on a share; then try again.',
    retryable: true,
    cause,
  })
}
