import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Store } from '../store/store.ts'
import type { ExportedTicket, TicketsAfter } from '../store/stored-ticket.ts'
import { TICKET_LINES, type ExportFormat } from './ticket-lines.ts'
import { writeWholeFile } from './write-whole-file.ts'

export interface ExportRequest {
  readonly format: ExportFormat
  /** A file's whole path, or a stream, which is not ended. */
  readonly target: { readonly file: string } | { readonly stream: Writable }
  /** Of tickets created in `[fromMs, toMs)`; null: since ever, and up to now. */
  readonly fromMs: number | null
  readonly toMs: number | null
  /** Also those that left. */
  readonly withLeft: boolean
  readonly signal: AbortSignal
  readonly onProgress: (tickets: number) => void
}

export interface ExportParts {
  readonly store: Pick<Store, 'ticketsAfter'>
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
  { format, target, signal, onProgress, ...wanted }: ExportRequest,
  parts: ExportParts,
): Promise<number> {
  const lines = TICKET_LINES[format]
  let written = 0
  const text = async function* (): AsyncGenerator<string> {
    yield lines.start
    for await (const tickets of ticketPages(wanted, parts)) {
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
    throw new AppError('cancelled', 'The export was interrupted. No file was written.', { cause: error })
  }
  return written
}

const TICKETS_A_PAGE = 1_000

async function* ticketPages(
  { fromMs, toMs, withLeft }: Pick<ExportRequest, 'fromMs' | 'toMs' | 'withLeft'>,
  { store, siteId, projectKey }: ExportParts,
): AsyncGenerator<ExportedTicket[]> {
  const span = { fromMs: fromMs ?? Number.MIN_SAFE_INTEGER, toMs: toMs ?? Number.MAX_SAFE_INTEGER }
  const query = { siteId, projectKey, ...span, limit: TICKETS_A_PAGE }
  let after: TicketsAfter['after'] = null
  for (;;) {
    const page = await store.ticketsAfter({ ...query, after })
    const last = page.at(-1)
    if (last === undefined) return
    yield withLeft ? page : page.filter(({ left }) => left === null)
    if (page.length < TICKETS_A_PAGE) return
    after = { createdMs: last.createdMs, id: last.id }
  }
}
