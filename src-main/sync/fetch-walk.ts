import type { SyncResult } from '../../src-shared/contract/tickets.ts'
import type { SearchPage } from '../jira/jira.ts'
import type { PageCommit, TicketPage } from '../store/store.ts'
import type { Fetching } from './fetch-parts.ts'
import { removalOf, reconcileByIds } from './removed-tickets.ts'
import { END_OF_TIME_MS, isWatched } from './scope.ts'
import { walkPages, type PageWalk, type WalkedPage } from './walk-pages.ts'

export const NOTHING_FETCHED: SyncResult = {
  pages: 0,
  fetched: 0,
  inserted: 0,
  updated: 0,
  removed: 0,
  cursorMs: 0,
}

/** An empty answer where there should be tickets is believed so long after Jira said that it knows us. */
const EMPTY_PROOF_LASTS_MS = 60_000

/**
 * Stores the pages of a walk as they come. With the last one the watermark moves to when the walk began, by the site's
 * clock; it never moves back from `watermarkMs` (0 where there is none yet). An answer without any ticket moves
 * nothing: it may be that of someone who was logged out.
 */
export async function fetchWalk(
  fetching: Fetching,
  walk: PageWalk,
  watermarkMs: number,
  signal: AbortSignal,
): Promise<SyncResult> {
  const { jira, own, sights, lookUps, onSiteTime } = fetching
  sights.began(walk.fromMs)
  const doubtful = new Set<string>()
  let beganMs: number | null = null
  let siteMs = 0
  let result: SyncResult = { ...NOTHING_FETCHED, cursorMs: watermarkMs }

  for await (const page of walkPages(jira, walk, signal)) {
    siteMs = page.siteMs
    onSiteTime(siteMs)
    beganMs ??= Math.max(siteMs, watermarkMs)
    let commit: PageCommit | null = null
    if (await mayBeStored(fetching, { page, walk, fetched: result.fetched }, signal)) {
      commit = await storePage(fetching, page, { watermarkMs: page.last ? beganMs : null })
      for (const id of commit.doubtful) doubtful.add(id)
      if (page.last) result = { ...result, cursorMs: beganMs }
    }
    result = withPage(result, page, commit)
    sights.page(page.tickets, siteMs, walk.reconcileIds)
    own.found(
      page.tickets.map(({ id }) => id),
      walk.reconcileIds,
      siteMs,
    )
  }
  own.fetched(walk.reconcileIds, siteMs)
  sights.ended()
  const ids = lookUps.toLookUp([...doubtful])
  const { removed } = await reconcileByIds(fetching, { ids, atMs: siteMs }, signal)
  return { ...result, removed: result.removed + removed }
}

/** Whether a page says anything. Of one that has no tickets where there should be some, only after Jira said again that it knows us. */
async function mayBeStored(
  { siteId, scope, store, identity }: Fetching,
  { page, walk, fetched }: { page: WalkedPage; walk: PageWalk; fetched: number },
  signal: AbortSignal,
): Promise<boolean> {
  if (page.tickets.length > 0) return true
  if (!page.last) return fetched > 0
  if (fetched > 0) {
    // A log-in that is lost between two pages looks like the end of the list.
    await identity.proveAgain(signal)
    return true
  }
  const span = { fromMs: walk.fromMs, toMs: END_OF_TIME_MS, limit: 1 }
  const known = await store.tickets({ siteId, ...scope, ...span })
  if (known.length > 0) await identity.prove(signal, EMPTY_PROOF_LASTS_MS)
  return false
}

/** Stores a page of a search: its tickets that are watched, and those that no longer are. */
export async function storePage(
  { siteId, scope, scopeName, store, epoch }: Fetching,
  { siteMs, tickets }: SearchPage,
  progress: Pick<TicketPage, 'watermarkMs' | 'piece'>,
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

/** The result with one page more. */
export function withPage(result: SyncResult, page: SearchPage, commit: PageCommit | null): SyncResult {
  const { inserted = 0, updated = 0, removed = 0 } = commit ?? {}
  return plus(result, { ...result, pages: 1, fetched: page.tickets.length, inserted, updated, removed })
}

/** What two fetches brought, one after the other. */
export function plus(a: SyncResult, b: SyncResult): SyncResult {
  return {
    pages: a.pages + b.pages,
    fetched: a.fetched + b.fetched,
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    removed: a.removed + b.removed,
    cursorMs: b.cursorMs,
  }
}
