import type { LeaveReason, Ticket } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Removal } from '../store/store.ts'
import type { Fetching, FetchParts } from './fetch-parts.ts'
import { notForUs } from './trusted-jira.ts'
import { isWatched, type WatchScope } from './scope.ts'

/** How many leave the store with one commit, which takes a few milliseconds. */
const REMOVE_BATCH_SIZE = 200

/** How many tickets are read and stored at once. */
const LOOKUP_BATCH_SIZE = 500

interface ToReconcile {
  readonly ids: readonly string[]
  /** The site's clock (epoch ms): when those that are gone were missed. */
  readonly atMs: number
  /** Tickets that should be there: an answer with none of them is not believed. One or another may be gone, too. */
  readonly controlIds?: readonly string[]
  /** The same, asked for only where tickets that count are gone and no other was shown with them. */
  readonly controlsWhereGone?: () => Promise<readonly string[]>
}

/** What became of them; `removed`: how many of them counted until then. */
export type Reconciled = Record<LeaveReason | 'present' | 'removed', number>

/**
 * Asks Jira for tickets by their ids, past its search index, and stores what they are: watched, lowered, moved to
 * another project (with the new key), hidden with their project, or deleted. Throws where the answer is not to be
 * believed; then nothing more of it is stored.
 */
export async function reconcileByIds(
  fetching: Fetching,
  { ids, atMs, controlIds = [], controlsWhereGone }: ToReconcile,
  signal: AbortSignal,
): Promise<Reconciled> {
  const { siteId, scope, scopeName, epoch, jira, store } = fetching
  const reconciled = { present: 0, lowered: 0, moved: 0, deleted: 0, hidden: 0, removed: 0 }
  for (let from = 0; from < ids.length; from += LOOKUP_BATCH_SIZE) {
    const some = ids.slice(from, from + LOOKUP_BATCH_SIZE)
    const answer = await jira.byIds([...some, ...controlIds], signal)
    const asked = new Set(some)
    const found = answer.filter(({ id }) => asked.has(id))
    const foundIds = new Set(found.map(({ id }) => id))
    const isBelieved = async (): Promise<boolean> => {
      if (controlIds.length > 0) return answer.some(({ id }) => controlIds.includes(id))
      if (controlsWhereGone === undefined || found.length > 0) return true
      const controls = await controlsWhereGone()
      return controls.length === 0 || (await jira.byIds(controls, signal)).length > 0
    }
    const goneIds = some.filter((id) => !foundIds.has(id))
    const gone = goneIds.length === 0 ? [] : await whyGone(fetching, { goneIds, isBelieved, atMs }, signal)

    const tickets = found.filter((ticket) => isWatched(scope, ticket))
    const others = found.filter((ticket) => !isWatched(scope, ticket))
    const removals = [...others.map((ticket) => removalOf(scope, ticket)), ...gone]
    const page = { siteId, scope: scopeName, epoch, seenAtMs: atMs, byId: true, watermarkMs: null }
    const { removed } = await store.applyPage({ ...page, tickets, removals })
    for (const { reason } of removals) reconciled[reason] += 1
    reconciled.present += tickets.length
    reconciled.removed += removed
  }
  return reconciled
}

/** Jira shows nothing of these tickets: those that count have been deleted, or their project is hidden from us. */
async function whyGone(
  { siteId, jira, store, identity }: Fetching,
  {
    goneIds,
    isBelieved,
    atMs,
  }: { goneIds: readonly string[]; isBelieved: () => Promise<boolean>; atMs: number },
  signal: AbortSignal,
): Promise<Removal[]> {
  const counted = await store.countedTickets(siteId, goneIds)
  if (counted.length === 0) return []
  await identity.proveAgain(signal)
  if (!(await isBelieved())) throw notForUs()
  const visible = new Set((await jira.projects(signal)).map(({ key }) => key))
  return counted.map(({ id, projectKey }) => ({
    id,
    reason: visible.has(projectKey) ? 'deleted' : 'hidden',
    atMs,
  }))
}

/** A ticket that this program deleted, or found to be deleted; `ticket` as it was right before, where that is known. */
export interface DeletedTicket {
  readonly id: string
  readonly ticket?: Ticket
}

type StoreParts = Pick<FetchParts, 'siteId' | 'scope' | 'scopeName' | 'store'>

/**
 * Tickets that are known to be deleted leave the counts, in the store itself: whichever instance fetches shows it, and
 * their windows are notified of it as of every commit. Of a watched one that no fetch has stored yet, it is stored that it left:
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

/** Why a ticket that Jira shows is not one of the scope's. */
export function removalOf(scope: WatchScope, ticket: Ticket): Removal {
  const { id, projectKey, updatedMs } = ticket
  const moved = scope.projectKey !== null && projectKey !== scope.projectKey
  return { id, reason: moved ? 'moved' : 'lowered', atMs: updatedMs, ticket }
}
