import type { SyncResult } from '../../src-shared/contract/models.ts'
import { fetchChanges } from './changes.ts'
import type { FetchParts } from './fetch-parts.ts'
import { fetchFirst } from './first-fetch.ts'

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
  return {
    pages: first.result.pages + changes.pages,
    fetched: first.result.fetched + changes.fetched,
    inserted: first.result.inserted + changes.inserted,
    updated: first.result.updated + changes.updated,
    removed: first.result.removed + changes.removed,
    cursorMs: changes.cursorMs,
  }
}
