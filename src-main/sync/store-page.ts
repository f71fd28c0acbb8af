import type { SyncResult } from '../../src-shared/contract/models.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { SearchPage } from '../jira/jira.ts'
import type { Removal, PageCommit, TicketPage } from '../store/store.ts'
import type { Fetching } from './fetch-parts.ts'
import { isWatched, type WatchScope } from './scope.ts'

/** The progress that a page makes: see `TicketPage`. */
type Progress = Pick<TicketPage, 'watermarkMs' | 'piece'>

export const NOTHING_FETCHED: SyncResult = {
  pages: 0,
  fetched: 0,
  inserted: 0,
  updated: 0,
  removed: 0,
  cursorMs: 0,
}

/** Stores a page of a search: its tickets that are watched, and those that no longer are. */
export async function storePage(
  { siteId, scope, scopeName, store, epoch }: Fetching,
  { siteMs, tickets }: SearchPage,
  progress: Progress,
): Promise<PageCommit> {
  return store.applyPage({
    siteId,
    scope: scopeName,
    epoch,
    seenAtMs: siteMs,
    tickets: tickets.filter((ticket) => isWatched(scope, ticket)),
    removals: tickets.filter((ticket) => !isWatched(scope, ticket)).map((ticket) => removalOf(scope, ticket)),
    ...progress,
  })
}

/** Why a ticket that Jira shows is not one of the scope's. */
export function removalOf(scope: WatchScope, ticket: Ticket): Removal {
  const { id, projectKey, updatedMs } = ticket
  const moved = scope.projectKey !== null && projectKey !== scope.projectKey
  return { id, reason: moved ? 'moved' : 'lowered', atMs: updatedMs, ticket }
}

/** The result with one page more. */
export function withPage(result: SyncResult, page: SearchPage, commit: PageCommit | null): SyncResult {
  return {
    ...result,
    pages: result.pages + 1,
    fetched: result.fetched + page.tickets.length,
    inserted: result.inserted + (commit?.inserted ?? 0),
    updated: result.updated + (commit?.updated ?? 0),
    removed: result.removed + (commit?.removed ?? 0),
  }
}
