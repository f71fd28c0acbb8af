import type { SyncResult } from '../../src-shared/contract/models.ts'
import type { SearchPage } from '../jira/jira.ts'
import type { FirstFetch } from '../store/store.ts'
import type { Fetching } from './fetch-parts.ts'
import { fetchWalk } from './fetch-walk.ts'
import { allWatchedJql, createdJql } from './jql.ts'
import { planPieces } from './piece-plan.ts'
import { createdWalk, fetchPieces } from './pieces.ts'
import { ALL_TIME } from './scope.ts'
import { walkQuery } from './walk-pages.ts'

/** More than these (as far as Jira can tell) are fetched in pieces. */
const MANY_TICKETS = 5_000

interface FirstResult {
  readonly result: SyncResult
  readonly inPieces: boolean
}

/**
 * Fetches all watched tickets: a few of them in one go, many in pieces whose progress is kept, so that a fetch that
 * was killed goes on where it was.
 */
export async function fetchFirst(fetching: Fetching, signal: AbortSignal): Promise<FirstResult> {
  const { siteId, scope, scopeName, store, jira } = fetching
  const begun = await store.firstFetch(siteId, scopeName)
  if (begun !== null) return inPieces(fetching, begun, signal)

  const walk = createdWalk(fetching, ALL_TIME)
  const firstPage = await jira.search({ ...walkQuery(walk, walk.fromMs), pageToken: null }, signal)
  if (firstPage.nextPageToken !== null) {
    const total = await jira.approximateCount(allWatchedJql(scope), signal)
    if (total > MANY_TICKETS) {
      return inPieces(fetching, await makePlan(fetching, { firstPage, total }, signal), signal)
    }
  }
  return { result: await fetchWalk(fetching, { ...walk, firstPage }, 0, signal), inPieces: false }
}

async function inPieces(fetching: Fetching, plan: FirstFetch, signal: AbortSignal): Promise<FirstResult> {
  return { result: await fetchPieces(fetching, plan, signal), inPieces: true }
}

/** Jira's count only says how to cut: the pieces cover all of time, whatever it is worth. */
async function makePlan(
  { siteId, scope, scopeName, epoch, store, jira, onSiteTime }: Fetching,
  { firstPage, total }: { readonly firstPage: SearchPage; readonly total: number },
  signal: AbortSignal,
): Promise<FirstFetch> {
  const { tickets, siteMs } = firstPage
  onSiteTime(siteMs)
  const pieces = await planPieces({
    fromMs: tickets[0]?.createdMs ?? siteMs,
    toMs: siteMs,
    total,
    count: (span) => jira.approximateCount(createdJql(scope, span), signal),
  })
  const plan = { watermarkMs: siteMs, total, epoch, pieces }
  await store.planFirstFetch(siteId, scopeName, plan)
  return plan
}
