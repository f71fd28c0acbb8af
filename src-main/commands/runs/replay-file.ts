import { createReadStream } from 'node:fs'
import path from 'node:path'
import type { Replay } from '../../../src-shared/contract/runs/runs.ts'
import { AppError, noTicketMade } from '../../../src-shared/errors/app-error.ts'
import { collectReplay } from '../../generator/replay/read-replay.ts'
import type { CliIo } from '../cli/io.ts'

/**
 * Reads the arrivals out of a file of any size, relative to where the command was called. Throws `usage` where there is no
 * file that can be read, `cancelled` on Ctrl-C, and as `readReplay`.
 */
export async function readReplayFile(io: CliIo, file: string): Promise<Replay> {
  return collectReplay(path.basename(file), textOf(path.resolve(io.cwd, file), io.signal))
}

async function* textOf(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const stream = createReadStream(file, { signal })
  try {
    for await (const bytes of stream) yield decoder.decode(bytes as Buffer, { stream: true })
    yield decoder.decode()
  } catch (cause) {
    throw notRead(file, cause, signal)
  } finally {
    stream.destroy()
  }
}

function notRead(file: string, cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted)
    return new AppError('cancelled', 'Interrupted.', { consequence: 'No ticket was made.', cause })
  if (cause instanceof TypeError) {
    return noTicketMade('bad-data', `${file} is not text in UTF-8.`, 'Save it as UTF-8.', cause)
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === '') return cause
  const why =
    code === 'ENOENT' ? 'is not there' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${code})`
  return noTicketMade(
    'usage',
    `${file} ${why}.`,
    '--replay takes a file of tickets, in CSV or JSON lines.',
    cause,
  )
}
