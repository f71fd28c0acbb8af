import { AppError } from '../../src-shared/errors/app-error.ts'
import type { TicketPage } from '../store/store.ts'
import type { ImportedTicket } from './imported-ticket.ts'
import type { ImportParts } from './import-tickets.ts'
import { ImportError, NOTHING, orInterrupted } from './source-row.ts'

export interface StoredCounts {
  readonly imported: number
  readonly unchanged: number
}

const SCOPE = 'import'
const PAGE_SIZE = 1_000
/** Leavers go with the last transaction of a page, and must not make it too long. */
const MAX_REMOVED = 250

/**
 * Stores tickets page by page; while one is stored, the next is read. Throws what the tickets and the store throw, then
 * with how many are stored, and `busy` where the tables are dropped meanwhile.
 */
export async function storePages(
  tickets: AsyncIterable<ImportedTicket>,
  total: number,
  { store, siteId, time, signal, onProgress }: ImportParts,
): Promise<StoredCounts> {
  const epoch = await store.epoch(siteId)
  let rows = 0
  let imported = 0
  const storePage = async (page: readonly ImportedTicket[]): Promise<void> => {
    signal.throwIfAborted()
    const { inserted, updated, left } = await store.applyPage({
      ...pageOf(page),
      siteId,
      epoch,
      seenAtMs: time.now(),
    })
    rows += page.length
    imported += inserted + updated + left
    onProgress({ phase: 'storing', rows, total })
  }
  try {
    await oneAhead(inPages(tickets), storePage)
  } catch (error) {
    throw withStored(orInterrupted(error, signal), rows, total)
  }
  return { imported, unchanged: rows - imported }
}

function pageOf(page: readonly ImportedTicket[]): Omit<TicketPage, 'siteId' | 'epoch' | 'seenAtMs'> {
  return {
    scope: SCOPE,
    source: 'import',
    watermarkMs: null,
    tickets: page.flatMap(({ ticket, left }) => (left === null ? ticket : [])),
    removals: page.flatMap(({ ticket, left }) => (left === null ? [] : { ...left, id: ticket.id, ticket })),
  }
}

async function* inPages(tickets: AsyncIterable<ImportedTicket>): AsyncGenerator<ImportedTicket[]> {
  let page: ImportedTicket[] = []
  let removals = 0
  for await (const one of tickets) {
    page.push(one)
    if (one.left !== null) removals += 1
    if (page.length < PAGE_SIZE && removals < MAX_REMOVED) continue
    yield page
    page = []
    removals = 0
  }
  if (page.length > 0) yield page
}

/** Does `work` with each in turn, and gets the next one meanwhile. What was begun has ended when it throws. */
async function oneAhead<T>(items: AsyncIterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  let working: Promise<void> = Promise.resolve()
  try {
    for await (const item of items) {
      await working
      working = work(item)
      working.catch(() => {}) // awaited at its turn
    }
  } finally {
    await working
  }
}

/** Says how much of it is stored after all. */
function withStored(error: unknown, rows: number, total: number): unknown {
  if (!(error instanceof AppError)) return error
  const { code, what, hint, retryable } = error
  const stored =
    rows === 0
      ? NOTHING
      : `${rows} of ${total} rows are stored; importing again stores the rest, and nothing twice.`
  const consequence = error instanceof ImportError ? stored : `${error.consequence} ${stored}`.trim()
  return new AppError(code, what, { consequence, hint, retryable, cause: error })
}
