import type { Ticket } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { FetchParts } from './fetch-parts.ts'
import { isWatched } from './scope.ts'

/** A ticket that this program deleted, or found to be deleted; `ticket` as it was right before, where that is known. */
export interface DeletedTicket {
  readonly id: string
  readonly ticket?: Ticket
}

type StoreParts = Pick<FetchParts, 'siteId' | 'scope' | 'scopeName' | 'store'>

/** So many leave the store with one commit, which takes a few milliseconds. */
const REMOVE_BATCH_SIZE = 200

/**
 * Tickets that are known to be deleted leave the counts, in the store itself: whichever instance fetches shows it, and
 * their windows hear of it as of every commit. Of a watched one that no fetch has stored yet, it is stored that it left:
 * the index may go on showing it. Where the tables were dropped, nothing counts. `atMs`: site epoch ms.
 */
export async function removeDeleted(
  parts: StoreParts,
  deleted: readonly DeletedTicket[],
  atMs: number,
): Promise<void> {
  try {
    for (let from = 0; from < deleted.length; from += REMOVE_BATCH_SIZE) {
      await removeSome(parts, deleted.slice(from, from + REMOVE_BATCH_SIZE), atMs)
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'tables-missing') throw error
  }
}

async function removeSome(
  { siteId, scope, scopeName, store }: StoreParts,
  deleted: readonly DeletedTicket[],
  atMs: number,
): Promise<void> {
  const counted = await store.countedTickets(
    siteId,
    deleted.map(({ id }) => id),
  )
  const countedIds = new Set(counted.map(({ id }) => id))
  const unknown = deleted.flatMap(({ id, ticket }) =>
    ticket !== undefined && !countedIds.has(id) && isWatched(scope, ticket) ? [ticket] : [],
  )
  const leaving = [...counted, ...unknown]
  if (leaving.length === 0) return
  await store.applyPage({
    siteId,
    scope: scopeName,
    seenAtMs: atMs,
    byId: true,
    tickets: unknown,
    removals: leaving.map((ticket) => ({ id: ticket.id, reason: 'deleted', atMs: leftMs(ticket, atMs) })),
    watermarkMs: null,
  })
}

/** After its last change, which would bring it back: our clock may be behind the site's. */
function leftMs({ updatedMs }: Ticket, atMs: number): number {
  return Math.max(updatedMs + 1, atMs)
}
