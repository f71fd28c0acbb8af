import { closeSync, openSync } from 'node:fs'
import path from 'node:path'
import type { Database } from 'better-sqlite3'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { sleep } from '../runtime/async.ts'

const RETRY_MS = 10
const PATIENCE_MS = 3_000

/**
 * Does `work` while no other process that asks for the same folder's lock does its own. The work is synchronous, so the
 * lock is held for a millisecond. It is the system's own, of an empty file `lock` by way of SQLite: a process that dies lets go
 * of it at once, nobody judges by a process id whether someone lives, and nobody removes another's. The file stays.
 * Throws `busy` after three seconds, and what the file system says.
 */
export async function withFolderLock<T>(folder: string, work: () => T): Promise<T> {
  const file = path.join(folder, 'lock')
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    const lock = await take(file)
    if (lock !== null) {
      try {
        return work()
      } finally {
        lock.close()
      }
    }
    if (waitedMs >= PATIENCE_MS) {
      throw new AppError('busy', `Another process holds ${file} for seconds.`, {
        consequence: 'Nothing was changed.',
        hint: 'Try it again. If it stays so, a Jira TPM of this data folder stands still: end it.',
        retryable: true,
      })
    }
    await sleep(RETRY_MS)
  }
}

/** Null while another has it. */
async function take(file: string): Promise<Database | null> {
  // Loaded late: help and wrong flags are answered without its weight.
  const { default: Sqlite } = await import('better-sqlite3')
  let database: Database | undefined
  try {
    database = new Sqlite(file, { timeout: 0 })
    database.pragma('journal_mode = MEMORY') // no file next to it
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database?.close()
    const { code = '' } = error as { readonly code?: string }
    if (code.startsWith('SQLITE_BUSY')) return null
    // SQLite, and the package before it, do not say why they cannot open a file; the system does.
    if (code === 'SQLITE_CANTOPEN' || error instanceof TypeError) closeSync(openSync(file, 'a', 0o600))
    throw error
  }
}
