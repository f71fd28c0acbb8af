import type { SyncResult } from '../../src-shared/contract/models.ts'
import type { FetchPiece, FirstFetch } from '../store/store.ts'
import type { Fetching } from './fetch-parts.ts'
import { inGroups } from './in-groups.ts'
import { createdJql } from './jql.ts'
import { wholeMinute, type CreatedSpan } from './scope.ts'
import { NOTHING_FETCHED, storePage, withPage } from './store-page.ts'
import { walkPages, type PageWalk } from './walk-pages.ts'

/** So many pieces are fetched at once: enough to keep Jira and the store busy, far below any limit of Jira's. */
const PIECE_CONCURRENCY = 4

/** So many tickets are stored at once: a commit's wait for the disk is shared, and the event loop not held up for long. */
const COMMIT_BATCH_SIZE = 300

/** The watched tickets of a span, in the order of their creation, which never changes. */
export function createdWalk({ scope, own }: Fetching, { fromMs, toMs }: CreatedSpan): PageWalk {
  return {
    fromMs,
    jqlFrom: (nextMs) => createdJql(scope, { fromMs: nextMs, toMs }),
    timeOf: ({ createdMs }) => createdMs,
    settledAfterMs: 0,
    reconcileIds: own.toReconcile(),
  }
}

/** Hears each page as it is stored. */
type OnPage = (add: (result: SyncResult) => SyncResult) => void

/**
 * Fetches what is left of a first fetch, the newest tickets first. What comes in is stored with the progress of its piece;
 * with the end of the last piece the plan's time becomes the watermark.
 */
export async function fetchPieces(
  fetching: Fetching,
  plan: FirstFetch,
  signal: AbortSignal,
): Promise<SyncResult> {
  const { siteId, scope, store, onProgress } = fetching
  const stored = await store.ticketTotal(siteId, scope)
  let result: SyncResult = { ...NOTHING_FETCHED, cursorMs: plan.watermarkMs }
  const onPage: OnPage = (add) => {
    result = add(result)
    const done = stored + result.inserted
    onProgress({ done, total: Math.max(plan.total, done) })
  }

  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const left = [...plan.pieces]
  const work = async (): Promise<void> => {
    for (let piece = left.pop(); piece !== undefined; piece = left.pop()) {
      await fetchPiece({ ...fetching, watermarkMs: plan.watermarkMs }, piece, onPage, either)
    }
  }
  const workers = Array.from({ length: PIECE_CONCURRENCY }, work)
  try {
    await Promise.all(workers)
  } catch (error) {
    // The first that fails ends the others; what they stored stays.
    failed.abort(error)
    await Promise.allSettled(workers)
    throw error
  }
  return result
}

async function fetchPiece(
  fetching: Fetching & { readonly watermarkMs: number },
  piece: FetchPiece,
  onPage: OnPage,
  signal: AbortSignal,
): Promise<void> {
  const { jira, identity, watermarkMs } = fetching
  let reachedMs = piece.fromMs
  const pages = walkPages(jira, { ...createdWalk(fetching, piece), reconcileIds: [] }, signal)
  for await (const page of inGroups(pages, COMMIT_BATCH_SIZE)) {
    fetching.onSiteTime(page.siteMs)
    // A log-in that is lost between two pages looks like the end of the list.
    if (page.last && page.tickets.length === 0) await identity.proveAgain(signal)
    // At the worst a minute is read twice by whoever goes on from here.
    reachedMs = Math.max(reachedMs, wholeMinute(page.tickets.at(-1)?.createdMs ?? 0))
    const progress = { watermarkMs, toMs: piece.toMs, nextFromMs: page.last ? null : reachedMs }
    const commit = await storePage(fetching, page, { watermarkMs: null, piece: progress })
    onPage((result) => ({ ...withPage(result, page, commit), pages: result.pages + page.pages }))
  }
}
