import { randomUUID } from 'node:crypto'
import { createWriteStream, type WriteStream } from 'node:fs'
import { realpath, rename, rm, stat } from 'node:fs/promises'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { TicketFilter } from '../../src-shared/contract/fields.ts'
import { passes } from '../../src-shared/domain/ticket-filter.ts'
import { AppError, nothingExported } from '../../src-shared/errors/app-error.ts'
import { shareAsAsked } from '../runtime/private-files.ts'
import type { AsOf } from '../../src-shared/contract/store.ts'
import { longReads, type StoredReads } from '../store/long-reads.ts'
import type { Store } from '../store/store.ts'
import type { ExportedTicket, TicketsAfter } from '../store/pages/stored-ticket.ts'
import { TICKET_LINES, type ExportFormat } from './ticket-lines.ts'

export interface ExportRequest {
  readonly format: ExportFormat
  /** A file's whole path, or a stream, which is not ended. */
  readonly target: { readonly file: string } | { readonly stream: Writable }
  /** Of tickets created in `[fromMs, toMs)`; null: since ever, and up to now. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** Also those that left. */
  readonly withLeft: boolean
  /** Only those that it leaves. */
  readonly filter?: TicketFilter
  readonly signal: AbortSignal
  readonly onProgress: (tickets: number) => void
  /** Called in the end with of when they are, where the store has a read replica. */
  readonly onAsOf?: (asOf: AsOf) => void
}

interface ExportParts {
  readonly store: StoredReads & Pick<Store, 'longReads'>
  readonly siteId: string
  /** Null: all projects. */
  readonly projectKey: string | null
}

/**
 * Writes tickets in the order of their creation, as fast as they are taken: however many there are, a thousand of them
 * are in memory. Resolves with how many they were. Throws what the store throws, `cancelled`, and what `writeWholeFile`
 * throws. A file is there when all of it is, or stays as it was.
 */
export async function exportTickets(
  { format, target, signal, onProgress, onAsOf = () => {}, ...wanted }: ExportRequest,
  { store, ...parts }: ExportParts,
): Promise<number> {
  const { reads, asOf } = longReads(store, 'recent')
  const lines = TICKET_LINES[format]
  let written = 0
  const text = async function* (): AsyncGenerator<string> {
    yield lines.start
    for await (const tickets of ticketPages(wanted, { ...parts, store: reads })) {
      yield lines.of(tickets)
      written += tickets.length
      onProgress(written)
    }
  }
  try {
    if ('file' in target) await writeWholeFile(target.file, text(), signal)
    else await pipeline(text(), target.stream, { end: false, signal })
  } catch (error) {
    if (!signal.aborted) throw error
    throw new AppError('cancelled', 'The export was interrupted.', {
      consequence: 'No file was written.',
      cause: error,
    })
  }
  const found = asOf()
  if (found !== undefined) onAsOf(found)
  return written
}

const PAGE_SIZE = 1_000

async function* ticketPages(
  { fromMs, toMs, withLeft, filter = {} }: Pick<ExportRequest, 'fromMs' | 'toMs' | 'withLeft' | 'filter'>,
  { store, siteId, projectKey }: Omit<ExportParts, 'store'> & { readonly store: StoredReads },
): AsyncGenerator<ExportedTicket[]> {
  const span = { fromMs: fromMs ?? Number.MIN_SAFE_INTEGER, toMs: toMs ?? Number.MAX_SAFE_INTEGER }
  const query = { siteId, projectKey, ...span, limit: PAGE_SIZE }
  let after: TicketsAfter['after'] = null
  for (;;) {
    const page = await store.ticketsAfter({ ...query, after })
    const last = page.at(-1)
    if (last === undefined) return
    yield page.filter((ticket) => (withLeft || ticket.left === null) && passes(ticket, filter))
    if (page.length < PAGE_SIZE) return
    after = { createdMs: last.createdMs, id: last.id }
  }
}

/**
 * Writes a file that is there whole or not at all: its text goes into one next to it, which takes its name at the end.
 * What was there before stays until then. Throws `usage` where there can be no such file, `folder-not-writable` where
 * it does not fit, and what the text throws.
 */
async function writeWholeFile(file: string, text: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  const target = await realpath(file).catch(() => file) // a link stays one
  const former = await stat(target).catch(() => null)
  if (former?.isDirectory() === true) throw cannotWrite(file, 'it is a folder')
  try {
    // A device or a pipe has nothing that could be exchanged.
    if (former !== null && !former.isFile())
      return await pipeline(text, createWriteStream(target), { signal })
    const draft = `${target}.${randomUUID().slice(0, 8)}.partial`
    // With `flush` it is on the disk before it takes the other's name.
    const output = createWriteStream(draft, { flush: true })
    try {
      await pipeline(text, output, { signal })
      await shareAsAsked(draft)
      await rename(draft, target)
    } catch (error) {
      await closed(output)
      await rm(draft, { force: true })
      throw error
    }
  } catch (error) {
    throw exportError(file, error)
  }
}

/** A pipeline fails at once, and its file may be opened, and made, after that. */
async function closed(output: WriteStream): Promise<void> {
  output.destroy()
  if (!output.closed) await new Promise<void>((resolve) => output.once('close', () => resolve()))
}

function exportError(file: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (error instanceof AppError || code === undefined || syscall === undefined) return error
  return /^(?:ENOSPC|EDQUOT|EFBIG|EIO)$/.test(code)
    ? new AppError('folder-not-writable', `${file} could not be written whole (${code}).`, {
        consequence: 'It was left as it was.',
        hint: 'Make room on that disk, or give a file on another one.',
        cause: error,
      })
    : cannotWrite(file, code, error)
}

function cannotWrite(file: string, reason: string, cause?: unknown): AppError {
  return nothingExported(
    'usage',
    `The file ${file} cannot be written (${reason}).`,
    'Give a file in a folder that is there and can be written.',
    cause,
  )
}
