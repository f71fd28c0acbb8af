import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { isAlive } from './process-alive.ts'

const RETRY_MS = 10
const PATIENCE_MS = 3_000

/**
 * Does `work` while no other process that asks for the same lock file does its own. The work is synchronous, so a lock
 * is held for a millisecond; one whose process died is taken over. Throws `busy` after three seconds.
 */
export async function withFileLock<T>(lockFile: string, work: () => T): Promise<T> {
  for (let waitedMs = 0; !take(lockFile); waitedMs += RETRY_MS) {
    if (waitedMs >= PATIENCE_MS) {
      throw new AppError('busy', `Another process keeps ${lockFile}. Nothing was changed.`, {
        hint: 'If no other Jira TPM runs in this data folder, delete that file.',
        retryable: true,
      })
    }
    await delay(RETRY_MS)
  }
  try {
    return work()
  } finally {
    rmSync(lockFile, { force: true })
  }
}

function take(lockFile: string): boolean {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      // A full disk may have taken the name and not the content; no one could tell whose it is.
      rmSync(lockFile, { force: true })
      throw error
    }
    dropIfAbandoned(lockFile)
    return false
  }
}

function dropIfAbandoned(lockFile: string): void {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'))
    // 0: made, but its pid is not written yet.
    if (pid !== 0 && !isAlive(pid)) rmSync(lockFile, { force: true })
  } catch (error) {
    // Released meanwhile: the next try takes it.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
