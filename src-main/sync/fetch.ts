import type { SyncResult } from '../../src-shared/contract/tickets.ts'
import type { Fetching, FetchParts } from './fetch-parts.ts'
import { fetchWalk, plus } from './fetch-walk.ts'
import { fetchFirst } from './first-fetch.ts'
import { changedJql, wholeMinute } from './scope.ts'
import { walkQuery, type PageWalk } from './walk-pages.ts'

/**
 * Fetches once whatever changed since the last whole fetch, or everything at first. Each page is stored as it arrives,
 * the watermark only with the last, so that a fetch which fails or dies is as if it had stored its tickets ahead of
 * time.
 */
export async function fetchOnce(parts: FetchParts, signal: AbortSignal): Promise<SyncResult> {
  const { siteId, scopeName, store, identity } = parts
  await identity.prove(signal)
  const fetching = { ...parts, epoch: await store.epoch(siteId) }
  const watermarkMs = async (): Promise<number | null> =>
    (await store.syncState(siteId, scopeName))?.watermarkMs ?? null

  const knownMs = await watermarkMs()
  if (knownMs !== null) return fetchChanges(fetching, knownMs, signal)

  const first = await fetchFirst(fetching, signal)
  if (!first.inPieces) return first.result
  // It took its time: what changed meanwhile is caught at once.
  const changes = await fetchChanges(fetching, (await watermarkMs()) ?? 0, signal)
  return plus(first.result, changes)
}

/**
 * Fetches what changed since the watermark (site epoch ms) less the look-back; since the site's present time less the
 * look-back where its clock was set back so far that the watermark is in its future.
 */
async function fetchChanges(
  fetching: Fetching,
  watermarkMs: number,
  signal: AbortSignal,
): Promise<SyncResult> {
  const walk = walkSince(fetching, watermarkMs)
  const firstPage = await fetching.jira.search(walkQuery(walk), signal)
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
