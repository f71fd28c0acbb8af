import type { SyncResult } from '../../src-shared/contract/models.ts'
import type { Jira, SearchPage } from '../jira/jira.ts'
import { searchPages } from '../jira/search-pages.ts'
import type { CountsScope, Store, TicketPage } from '../store/store.ts'
import type { IdentityProof } from './identity-proof.ts'
import { allWatchedJql, changedJql } from './jql.ts'
import type { OwnTickets } from './own-tickets.ts'
import { syncScope } from './scope.ts'

/** What Jira gives for one page when common fields are asked for. */
const PAGE_SIZE = 100

/** The index lags and out of order, so each fetch reads again what was read this long before. */
const LEAST_LOOK_BACK_MS = 15 * 60_000

export interface FetchParts {
  readonly siteId: string
  readonly scope: CountsScope
  readonly jira: Pick<Jira, 'search'>
  readonly store: Pick<Store, 'syncState' | 'epoch' | 'applyPage'>
  readonly identity: IdentityProof
  readonly own: OwnTickets
  /** Hears the site's clock (epoch ms) as each page comes in. */
  readonly onSiteTime: (siteMs: number) => void
}

/**
 * Fetches once whatever changed since the last whole fetch, or everything at first. Each page is stored as it arrives,
 * the watermark only with the last, so that a fetch which fails or dies is as if it had stored its tickets ahead of
 * time. An answer without any ticket moves nothing: it may be that of someone who was logged out.
 */
export async function fetchChanges(parts: FetchParts, signal: AbortSignal): Promise<SyncResult> {
  const { siteId, scope, store, own, identity } = parts
  await identity.prove(signal)
  const scopeName = syncScope(scope)
  const epoch = await store.epoch(siteId)
  const cursorMs = (await store.syncState(siteId, scopeName))?.watermarkMs ?? null
  const reconcileIds = own.toReconcile()
  const query = { jql: nextJql(scope, cursorMs, own), pageSize: PAGE_SIZE, reconcileIds, property: null }

  let result: SyncResult = { pages: 0, fetched: 0, inserted: 0, updated: 0, cursorMs: cursorMs ?? 0 }
  let watermarkMs: number | null = null
  for await (const page of searchPages(parts.jira, query, signal)) {
    parts.onSiteTime(page.siteMs)
    watermarkMs ??= Math.max(page.siteMs, result.cursorMs)
    const last = page.nextPageToken === null
    const fetched = result.fetched + page.tickets.length
    result = { ...result, pages: result.pages + 1, fetched }
    // A log-in that is lost between two pages looks like the end of the list.
    if (last && page.tickets.length === 0 && fetched > 0) await identity.proveAgain(signal)
    if (fetched > 0) {
      const progress = { siteId, scope: scopeName, epoch, watermarkMs: last ? watermarkMs : null }
      const { inserted, updated } = await store.applyPage({ ...progress, ...split(page, scope) })
      result = { ...result, inserted: result.inserted + inserted, updated: result.updated + updated }
      if (last) result = { ...result, cursorMs: watermarkMs }
    }
    own.found(idsOf(page), reconcileIds, page.siteMs)
    if (last) own.fetched(reconcileIds, page.siteMs)
  }
  return result
}

function idsOf(page: SearchPage): string[] {
  return page.tickets.map((ticket) => ticket.id)
}

function nextJql(scope: CountsScope, cursorMs: number | null, own: OwnTickets): string {
  if (cursorMs === null) return allWatchedJql(scope)
  const lookBackMs = Math.max(LEAST_LOOK_BACK_MS, 2 * (own.lagMs() ?? 0))
  return changedJql(scope, Math.min(cursorMs - lookBackMs, own.oldestUnseenMs() ?? cursorMs))
}

/** The page's tickets that are watched, and those that no longer are. */
function split(
  page: SearchPage,
  { priorityIds }: CountsScope,
): Pick<TicketPage, 'seenAtMs' | 'tickets' | 'leavers'> {
  const isWatched = (ticket: SearchPage['tickets'][number]): boolean =>
    priorityIds.includes(ticket.priorityId)
  return {
    seenAtMs: page.siteMs,
    tickets: page.tickets.filter(isWatched),
    leavers: page.tickets
      .filter((ticket) => !isWatched(ticket))
      .map(({ id, updatedMs }) => ({ id, reason: 'lowered', atMs: updatedMs })),
  }
}
