import { END_OF_TIME_MS } from '../../src-shared/domain/known-spans.ts'
import type { SyncResult } from '../../src-shared/contract/tickets.ts'
import {
  endless,
  pagesAhead,
  type FoundTicket,
  type Jira,
  type SearchPage,
  type SearchQuery,
} from '../jira/jira.ts'
import type { PageCommit, TicketPage } from '../store/store.ts'
import type { Fetching } from './fetch-parts.ts'
import { reconcileByIds, removalOf } from './removed-tickets.ts'
import { isWatched, wholeMinute } from './scope.ts'

/** What Jira gives for one page when common fields are asked for. */
const PAGE_SIZE = 100

/** A page may come twice by mistake; a search that gives it once more has no end. */
const MAX_ASKED = 2

/** A search in the order of a time, from a time on. */
export interface PageWalk {
  /** Site epoch ms, a whole minute. */
  readonly fromMs: number
  readonly jqlFrom: (fromMs: number) => string
  /** The time that the search is ordered by. */
  readonly timeOf: (ticket: FoundTicket) => number
  /** So old (site ms) a time must be to be sure of it; 0 for one that never changes. */
  readonly settledAfterMs: number
  readonly reconcileIds: readonly string[]
  /** The walk's first page, where somebody has it already. */
  readonly firstPage?: SearchPage
}

export interface WalkedPage extends SearchPage {
  readonly last: boolean
}

/**
 * The pages of a walk to its end, the next one asked for while the caller works on the one before.
 *
 * Pages are live: a ticket that leaves its place moves those behind it up by one, and where pages are counted off by
 * number the next one passes over a ticket. So the walk does not go on by the page's token but begins anew at the
 * minute it has come to, which also keeps clear of the depth to which a Data Center lets itself be paged. Within one
 * minute, and where times are too young to be sure of, it does go on by token: an index that lags orders by an older
 * `updated` than the one that it shows. What slips by there is read again by the next fetch, which looks back as far.
 *
 * Throws `jira-broken` where a page's token comes again and again, since such a search has no end.
 */
export async function* walkPages(
  jira: Pick<Jira, 'search'>,
  walk: PageWalk,
  signal: AbortSignal,
): AsyncGenerator<WalkedPage, void, void> {
  let fromMs = walk.fromMs
  let settledMs: number | null = null
  let before: readonly FoundTicket[] = []
  const tokens = new Map<string, number>()

  const queryAfter = ({ siteMs, tickets, nextPageToken: pageToken }: SearchPage): SearchQuery | null => {
    settledMs ??= siteMs - walk.settledAfterMs
    if (pageToken === null) return null
    const reachedMs = wholeMinute(latest(tickets.map(walk.timeOf), settledMs))
    if (reachedMs > fromMs) {
      fromMs = reachedMs
      tokens.clear()
      return walkQuery(walk, fromMs)
    }
    const asked = (tokens.get(pageToken) ?? 0) + 1
    if (asked > MAX_ASKED) throw endless()
    tokens.set(pageToken, asked)
    return { ...walkQuery(walk, fromMs), pageToken }
  }
  for await (const page of pagesAhead(jira, walk.firstPage ?? walkQuery(walk), queryAfter, signal)) {
    yield { ...page, tickets: withoutThose(page.tickets, before) }
    before = page.tickets
  }
}

/** The first page that a walk asks for, from a minute (site epoch ms) on. */
export function walkQuery({ jqlFrom, reconcileIds, ...walk }: PageWalk, fromMs = walk.fromMs): SearchQuery {
  return { jql: jqlFrom(fromMs), pageToken: null, pageSize: PAGE_SIZE, reconcileIds, property: null }
}

/** The latest of the times that is not after `untilMs`; 0 where there is none. */
function latest(timesMs: readonly number[], untilMs: number): number {
  return Math.max(0, ...timesMs.filter((ms) => ms <= untilMs))
}

/** A page that begins in the minute in which the last one ended shows some of it again. */
function withoutThose(
  tickets: readonly FoundTicket[],
  shown: readonly FoundTicket[],
): readonly FoundTicket[] {
  const updated = new Map(shown.map(({ id, updatedMs }) => [id, updatedMs]))
  return tickets.filter(({ id, updatedMs }) => updated.get(id) !== updatedMs)
}

/** Pages of a walk that follow each other, to be stored in one commit. */
export interface PageGroup extends WalkedPage {
  readonly pages: number
}

/**
 * Joins a walk's pages until they have this many tickets: each commit waits for the disk, which takes longer than a page
 * does. Where the walk fails, what came before comes first. An empty last page stands alone, for the caller to see: it
 * may be that of a lost log-in.
 */
export async function* inGroups(
  pages: AsyncIterable<WalkedPage>,
  tickets: number,
): AsyncGenerator<PageGroup, void, void> {
  let group: PageGroup | null = null
  try {
    for await (const page of pages) {
      if (page.last && page.tickets.length === 0 && group !== null) {
        const before: PageGroup = group
        group = null
        yield before
      }
      group = joined(group, page)
      if (!page.last && group.tickets.length < tickets) continue
      const whole: PageGroup = group
      group = null
      yield whole
    }
  } catch (error) {
    if (group !== null) yield group
    throw error
  }
}

function joined(group: PageGroup | null, page: WalkedPage): PageGroup {
  if (group === null) return { ...page, pages: 1 }
  return { ...page, tickets: [...group.tickets, ...page.tickets], pages: group.pages + 1 }
}

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
 * clock; it never moves back from `watermarkMs` (0 where there is none yet). An answer without any ticket does not move
 * it, in case there should have been some: but what was created until then is known from then on.
 */
export async function fetchWalk(
  fetching: Fetching,
  walk: PageWalk,
  watermarkMs: number,
  signal: AbortSignal,
): Promise<SyncResult> {
  const { siteId, scopeName, epoch, store, jira, own, sights, lookUps, hookHealth, onSiteTime } = fetching
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
      await hookHealth.found(page.tickets, commit.changed, watermarkMs === 0)
      if (page.last) result = { ...result, cursorMs: beganMs }
    } else if (page.last) {
      await store.setKnown(siteId, scopeName, { knownMs: beganMs, epoch })
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
  const ids = new Set([...lookUps.toLookUp([...doubtful]), ...hookHealth.toldLater()])
  const { removed } = await reconcileByIds(fetching, { ids: [...ids], atMs: siteMs }, signal)
  hookHealth.asked()
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
