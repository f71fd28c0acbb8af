import Database from 'better-sqlite3'
import { textMatcher } from '../jql/text-match.ts'
import { SandboxError } from '../sandbox-error.ts'
import { APPLICATION_ID, MIGRATIONS, SCHEMA, SCHEMA_VERSION } from './schema.ts'

export type SandboxDatabase = Database.Database

/**
 * Opens a sandbox's file, or makes it, brings an older one up to date, and holds it alone until it is closed. Throws a
 * SandboxError: `busy` where another sandbox serves the file, `store-not-a-database` where it is something else, `store-newer` where a newer program
 * wrote it, `folder-not-writable` or `store-full` where it cannot be made.
 */
export function openSandboxDatabase(file: string): SandboxDatabase {
  let db: SandboxDatabase | undefined
  try {
    db = new Database(file, { timeout: 0 })
    db.function('matches_text', { deterministic: true }, textMatcher())
    holdAlone(db)
    checkOwner(db, file)
    return db
  } catch (error) {
    db?.close()
    throw explained(error, file)
  }
}

/** One sandbox a file: two would hand out the same keys. The lock ends with the process, however that ends. */
function holdAlone(db: SandboxDatabase): void {
  db.pragma('locking_mode = EXCLUSIVE')
  db.pragma('journal_mode = WAL')
  db.exec('BEGIN IMMEDIATE; COMMIT')
  // The file may lose its last moments when the machine itself goes down; it is a rehearsal's, not a company's.
  db.pragma('synchronous = NORMAL')
}

function checkOwner(db: SandboxDatabase, file: string): void {
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema WHERE type = 'table'").pluck().get()
  if (tables === 0) return create(db)
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new SandboxError('store-not-a-database', `${file} is a database, but not a sandbox Jira's.`, {
      consequence: 'It was left as it is.',
      hint: 'Name another file for the sandbox.',
    })
  }
  const version = Number(db.pragma('user_version', { simple: true }))
  if (version > SCHEMA_VERSION) {
    throw new SandboxError('store-newer', `${file} was written by a newer version of Jira TPM.`, {
      consequence: 'It was left as it is.',
      hint: 'Use that version, or name another file for the sandbox.',
    })
  }
  if (version < SCHEMA_VERSION) migrate(db, version)
}

/** Brings an older file up to date, wholly or not at all. */
function migrate(db: SandboxDatabase, version: number): void {
  db.transaction(() => {
    for (const migration of MIGRATIONS.slice(version - 1)) db.exec(migration)
    db.pragma(`user_version = ${SCHEMA_VERSION}`)
  })()
}

function create(db: SandboxDatabase): void {
  db.transaction(() => {
    db.exec(SCHEMA)
    db.pragma(`application_id = ${APPLICATION_ID}`)
    db.pragma(`user_version = ${SCHEMA_VERSION}`)
  })()
}

function explained(error: unknown, file: string): unknown {
  if (error instanceof TypeError && error.message.includes('directory does not exist')) {
    return unwritable(file, error)
  }
  if (!(error instanceof Database.SqliteError)) return error
  const code = error.code.replace(/^(SQLITE_[A-Z]+).*$/, '$1')
  if (code === 'SQLITE_BUSY') {
    return new SandboxError('busy', `Another sandbox Jira is already serving ${file}.`, {
      consequence: 'It goes on undisturbed.',
      hint: 'Use that one by its URL, or end it first.',
      cause: error,
    })
  }
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return new SandboxError(
      'store-not-a-database',
      `${file} is not a database that the sandbox Jira can read.`,
      {
        consequence: 'It was left as it is.',
        hint: 'Move it away to start with an empty sandbox.',
        cause: error,
      },
    )
  }
  if (code === 'SQLITE_FULL') {
    return new SandboxError('store-full', `The disk that holds ${file} is full.`, {
      consequence: 'The sandbox Jira did not start.',
      hint: 'Free some space and start again.',
      cause: error,
    })
  }
  return unwritable(file, error)
}

function unwritable(file: string, cause: Error): SandboxError {
  return new SandboxError('folder-not-writable', `The sandbox Jira cannot write ${file}: ${cause.message}.`, {
    hint: 'Choose a folder that exists and that you may write to.',
    cause,
  })
}
