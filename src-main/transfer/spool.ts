import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { NOTHING } from './unreadable.ts'

/** A file that only this process's user can read, and that is gone with `remove`. */
export interface Spooled {
  readonly file: string
  remove(): Promise<void>
}

/**
 * Keeps what comes on a stream, which can be read only once, in a temporary file. Throws `folder-not-writable` where
 * there is no room for it, the stream's own errors and the signal's reason.
 */
export async function spool(stream: Readable, signal: AbortSignal): Promise<Spooled> {
  const folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-import-')) // mode 0700
  const file = path.join(folder, 'source')
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await pipeline(stream, createWriteStream(file, { flags: 'wx', mode: 0o600 }), { signal })
    return { file, remove }
  } catch (error) {
    await remove()
    signal.throwIfAborted()
    const { code, path: failedPath } = error as NodeJS.ErrnoException
    if (code !== 'ENOSPC' && failedPath !== file) throw error
    throw new AppError(
      'folder-not-writable',
      `What is to be imported could not be kept in ${tmpdir()} meanwhile (${code ?? String(error)}). ${NOTHING}`,
      { hint: 'Make room there, or give a file in place of a stream.', cause: error },
    )
  }
}
