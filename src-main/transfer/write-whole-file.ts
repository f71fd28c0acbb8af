import { randomUUID } from 'node:crypto'
import { createWriteStream, type WriteStream } from 'node:fs'
import { realpath, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { shareAsAsked } from '../runtime/private-files.ts'

/**
 * Writes a file that is there whole or not at all: its text goes into one beside it, which takes its name at the end.
 * What was there before stays until then. Throws `usage` where there can be no such file, `folder-not-writable` where
 * it does not fit, and what the text throws.
 */
export async function writeWholeFile(
  file: string,
  text: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const target = await realpath(file).catch(() => file) // a link stays one
  const former = await stat(target).catch(() => null)
  if (former?.isDirectory() === true) throw cannotWrite(file, 'it is a folder')
  try {
    // A device or a pipe has nothing that could be exchanged.
    if (former !== null && !former.isFile())
      return await pipeline(text, createWriteStream(target), { signal })
    const beside = `${target}.${randomUUID().slice(0, 8)}.partial`
    // With `flush` it is on the disk before it takes the other's name.
    const output = createWriteStream(beside, { flush: true })
    try {
      await pipeline(text, output, { signal })
      await shareAsAsked(beside)
      await rename(beside, target)
    } catch (error) {
      await closed(output)
      await rm(beside, { force: true })
      throw error
    }
  } catch (error) {
    throw asToldOf(file, error)
  }
}

/** A pipeline fails at once, and its file may be opened, and made, after that. */
async function closed(output: WriteStream): Promise<void> {
  output.destroy()
  if (!output.closed) await new Promise<void>((resolve) => output.once('close', () => resolve()))
}

function asToldOf(file: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (error instanceof AppError || code === undefined || syscall === undefined) return error
  return /^(?:ENOSPC|EDQUOT|EFBIG|EIO)$/.test(code)
    ? new AppError(
        'folder-not-writable',
        `${file} could not be written whole (${code}). It was left as it was.`,
        {
          hint: 'Make room on that disk, or give a file on another one.',
          cause: error,
        },
      )
    : cannotWrite(file, code, error)
}

function cannotWrite(file: string, reason: string, cause?: unknown): AppError {
  return new AppError('usage', `The file ${file} cannot be written (${reason}). Nothing was exported.`, {
    hint: 'Give a file in a folder that is there and can be written.',
    cause,
  })
}
