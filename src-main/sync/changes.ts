import type { SyncResult } from '../../src-shared/contract/models.ts'
import type { Fetching } from './fetch-parts.ts'
import { fetchWalk } from './fetch-walk.ts'
import { changedJql } from './jql.ts'
import { wholeMinute } from './scope.ts'
import { walkQuery, type PageWalk } from './walk-pages.ts'

/**
 * Fetches what changed since the watermark (site epoch ms) less the look-back; since the site's present time less the
 * look-back where its clock was set back so far that the watermark is in its future.
 */
export async function fetchChanges(
  fetching: Fetching,
  watermarkMs: number,
  signal: AbortSignal,
): Promise<SyncResult> {
  const walk = walkSince(fetching, watermarkMs)
  const firstPage = await fetching.jira.search({ ...walkQuery(walk, walk.fromMs), pageToken: null }, signal)
  const isAhead = firstPage.siteMs < walk.fromMs
  const next = isAhead ? walkSince(fetching, firstPage.siteMs) : { ...walk, firstPage }
  return fetchWalk(fetching, next, watermarkMs, signal)
}

function walkSince({ scope, own, lag }: Fetching, sinceMs: number): PageWalk {
  const lookBackMs = lag.lookBackMs()
  return {
    fromMs: wholeMinute(Math.min(sinceMs - lookBackMs, own.oldestUnseenMs() ?? sinceMs)),
    jqlFrom: (fromMs: number) => changedJql(scope, fromMs),
    timeOf: ({ updatedMs }: { updatedMs: number }) => updatedMs,
    settledAfterMs: lookBackMs,
    reconcileIds: own.toReconcile(),
  }
}
