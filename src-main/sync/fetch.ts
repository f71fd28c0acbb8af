import { ALL_TIME, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import type { SyncResult } from '../../src-shared/contract/tickets.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import type { SearchPage } from '../jira/jira.ts'
import type { FetchPiece, FirstFetch, PageCommit } from '../store/store.ts'
import { beginFetching, type Fetching, type FetchParts } from './fetch-parts.ts'
import {
  fetchWalk,
  inGroups,
  NOTHING_FETCHED,
  plus,
  storePage,
  walkPages,
  walkQuery,
  withPage,
  type PageGroup,
  type PageWalk,
} from './fetch-walk.ts'
import { changedJql, createdJql, wholeMinute } from './scope.ts'

/** About as many tickets as a piece has: what a kill costs at worst, and what a Data Center lets itself be paged through. */
const MAX_PIECE_SIZE = 8_000

/** How many counts are asked for at once, and at most for one plan; what is still large then stays so. */
const COUNT_CONCURRENCY = 4

const MAX_COUNTS = 600

/** How many pieces are fetched at once: enough to keep Jira and the store busy, far below any limit of Jira's. */
const PIECE_CONCURRENCY = 4

/** How many tickets are stored at once: a commit's wait for the disk is shared, and the event loop not held up for long. */
const COMMIT_BATCH_SIZE = 300

/** What a person looks at first: the newest hour is a piece of its own, and fetched first. */
const NEWEST_MS = 3_600_000

/**
 * Fetches once whatever changed since the last whole fetch, or everything at first. Each page is stored as it arrives,
 * the watermark only with the last, so that a fetch which fails or dies is as if it had stored its tickets ahead of
 * time.
 */
export async function fetchOnce(parts: FetchParts, signal: AbortSignal): Promise<SyncResult> {
  const { siteId, scopeName, store, identity } = parts
  await identity.prove(signal)
  const fetching = await beginFetching(parts)
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

/**
 * Fetches all watched tickets: a page of them in one go, more in pieces whose progress is kept, the newest first, so that
 * a fetch that was killed goes on where it was.
 */
async function fetchFirst(
  fetching: Fetching,
  signal: AbortSignal,
): Promise<{ readonly result: SyncResult; readonly inPieces: boolean }> {
  const { siteId, scopeName, store, jira } = fetching
  const begun = await store.firstFetch(siteId, scopeName)
  if (begun !== null) return { result: await fetchPieces(fetching, begun, signal), inPieces: true }
  const walk = createdWalk(fetching, ALL_TIME)
  const firstPage = await jira.search(walkQuery(walk), signal)
  if (firstPage.nextPageToken === null) {
    return { result: await fetchWalk(fetching, { ...walk, firstPage }, 0, signal), inPieces: false }
  }
  const newest = await fetchNewest(fetching, firstPage, signal)
  return { result: plus(newest.result, await fetchPieces(fetching, newest.plan, signal)), inPieces: true }
}

/**
 * Fetches the newest hour, and finds out meanwhile how to cut the time before it. Jira's counts only say how: the pieces
 * cover all of time, whatever they are worth.
 */
async function fetchNewest(
  { epoch, ...fetching }: Fetching,
  { tickets, siteMs }: SearchPage,
  signal: AbortSignal,
): Promise<{ readonly result: SyncResult; readonly plan: FirstFetch }> {
  const { siteId, scope, scopeName, store, jira } = fetching
  fetching.onSiteTime(siteMs)
  const newest = { fromMs: wholeMinute(siteMs - NEWEST_MS), toMs: ALL_TIME.toMs }
  const before = { fromMs: ALL_TIME.fromMs, toMs: newest.fromMs }
  const walk = createdWalk({ ...fetching, epoch }, newest)
  const [total, firstPage] = await allOrNone(signal, (either) => [
    jira.approximateCount(createdJql(scope, { ...ALL_TIME, fromMs: fetching.keptFromMs }), either),
    jira.search(walkQuery({ ...walk, reconcileIds: [] }), either),
  ])
  const plan = { watermarkMs: siteMs, total, pieces: [before, newest] }
  await store.planFirstFetch(siteId, scopeName, { ...plan, epoch })
  const cut = { fromMs: tickets[0]?.createdMs ?? siteMs, toMs: newest.fromMs, total }
  const [pieces, result] = await allOrNone(signal, (either) => [
    planPieces({ ...cut, count: (span) => jira.approximateCount(createdJql(scope, span), either) }),
    fetchPieces({ ...fetching, epoch }, { ...plan, pieces: [newest] }, either, firstPage),
  ])
  const older = pieces.map(({ fromMs, toMs }) => ({ fromMs, toMs: Math.min(toMs, before.toMs) }))
  const left = { ...plan, pieces: older.filter(({ fromMs, toMs }) => fromMs < toMs) }
  await store.planFirstFetch(siteId, scopeName, { ...left, epoch })
  return { result, plan: left }
}

/** The watched tickets of a span that are kept, in the order of their creation, which never changes. */
function createdWalk({ scope, own, keptFromMs }: Fetching, { fromMs, toMs }: TimeSpan): PageWalk {
  return {
    fromMs: Math.max(fromMs, keptFromMs),
    jqlFrom: (nextMs) => createdJql(scope, { fromMs: nextMs, toMs }),
    timeOf: ({ createdMs }) => createdMs,
    settledAfterMs: 0,
    reconcileIds: own.toReconcile(),
  }
}

/**
 * Fetches what is left of a first fetch, the newest tickets first. What comes in is stored with the progress of its piece;
 * with the end of the last piece the plan's time becomes the watermark.
 */
async function fetchPieces(
  fetching: Fetching,
  plan: FirstFetch,
  signal: AbortSignal,
  firstPage?: SearchPage,
): Promise<SyncResult> {
  const { siteId, scope, scopeName, store, onProgress } = fetching
  const stored = await store.ticketTotal(siteId, scope)
  let result: SyncResult = { ...NOTHING_FETCHED, cursorMs: plan.watermarkMs }
  const onPage: OnPage = async (page, commit) => {
    result = { ...withPage(result, page, commit), pages: result.pages + page.pages }
    const done = stored + result.inserted
    onProgress({ done, total: Math.max(plan.total, done) }, await store.knownSpans(siteId, scopeName))
  }

  const left = [...plan.pieces]
  const work = async (either: AbortSignal): Promise<void> => {
    for (let piece = left.pop(); piece !== undefined; piece = left.pop()) {
      await fetchPiece({ ...fetching, watermarkMs: plan.watermarkMs, firstPage }, piece, onPage, either)
    }
  }
  // What a worker stored before another one failed stays.
  await allOrNone(signal, (either) => Array.from({ length: PIECE_CONCURRENCY }, () => work(either)))
  return result
}

/** Called with each page as it is stored. */
type OnPage = (page: PageGroup, commit: PageCommit) => Promise<void>

async function fetchPiece(
  fetching: Fetching & { readonly watermarkMs: number; readonly firstPage: SearchPage | undefined },
  piece: FetchPiece,
  onPage: OnPage,
  signal: AbortSignal,
): Promise<void> {
  const { jira, identity, watermarkMs, firstPage } = fetching
  let reachedMs = piece.fromMs
  const walk = { ...createdWalk(fetching, piece), reconcileIds: [], ...(firstPage && { firstPage }) }
  const pages = walkPages(jira, walk, signal)
  for await (const page of inGroups(pages, COMMIT_BATCH_SIZE)) {
    fetching.onSiteTime(page.siteMs)
    // A log-in that is lost between two pages looks like the end of the list.
    if (page.last && page.tickets.length === 0) await identity.proveAgain(signal)
    // At the worst a minute is read twice by the next fetch from here.
    reachedMs = Math.max(reachedMs, wholeMinute(page.tickets.at(-1)?.createdMs ?? 0))
    const progress = { watermarkMs, toMs: piece.toMs, nextFromMs: page.last ? null : reachedMs }
    const commit = await storePage(fetching, page, { watermarkMs: null, piece: progress })
    await onPage(page, commit)
  }
}

interface Piece extends TimeSpan {
  /** How many tickets Jira counts in it: an estimate. */
  readonly about: number
}

interface PiecePlanOptions extends TimeSpan {
  /** How many tickets were created in `[fromMs, toMs)`, about. */
  readonly total: number
  readonly count: (span: TimeSpan) => Promise<number>
  readonly maxPieceSize?: number
}

/**
 * Cuts creation times into pieces of whole minutes with about as many tickets, halving what has too many. Whatever the
 * counts say, the pieces cover all of time without a gap, the last one without an end.
 */
export async function planPieces(options: PiecePlanOptions): Promise<TimeSpan[]> {
  const { total, count, maxPieceSize = MAX_PIECE_SIZE } = options
  const fromMs = wholeMinute(options.fromMs)
  const toMs = Math.max(wholeMinute(options.toMs), fromMs) + MS_PER_MINUTE
  let pieces: readonly Piece[] = [{ fromMs, toMs, about: total }]
  for (let counts = 0; counts < MAX_COUNTS; counts += COUNT_CONCURRENCY) {
    const large = pieces.filter((piece) => piece.about > maxPieceSize && isDivisible(piece))
    if (large.length === 0) break
    const halves = new Map<Piece, readonly Piece[]>()
    await Promise.all(
      large.slice(0, COUNT_CONCURRENCY).map(async (piece) => halves.set(piece, await halve(piece, count))),
    )
    pieces = pieces.flatMap((piece) => halves.get(piece) ?? [piece])
  }
  return coverAllTime(joinSmall(pieces, maxPieceSize))
}

function isDivisible({ fromMs, toMs }: TimeSpan): boolean {
  return toMs - fromMs > MS_PER_MINUTE
}

async function halve(piece: Piece, count: PiecePlanOptions['count']): Promise<readonly Piece[]> {
  const { fromMs, toMs } = piece
  const middleMs = wholeMinute((fromMs + toMs) / 2)
  const about = await count({ fromMs, toMs: middleMs })
  return [
    { fromMs, toMs: middleMs, about },
    { fromMs: middleMs, toMs, about: Math.max(0, piece.about - about) },
  ]
}

function joinSmall(pieces: readonly Piece[], most: number): Piece[] {
  const joined: Piece[] = []
  for (const piece of pieces) {
    const before = joined.at(-1)
    if (before === undefined || before.about + piece.about > most) joined.push(piece)
    else joined[joined.length - 1] = { ...before, toMs: piece.toMs, about: before.about + piece.about }
  }
  return joined
}

function coverAllTime(pieces: readonly Piece[]): TimeSpan[] {
  return pieces.map(({ fromMs, toMs }, n) => ({
    fromMs: n === 0 ? ALL_TIME.fromMs : fromMs,
    toMs: n === pieces.length - 1 ? ALL_TIME.toMs : toMs,
  }))
}

/** What all of it brings. The first that fails ends the others, and is thrown when they have ended. */
async function allOrNone<T extends readonly Promise<unknown>[] | []>(
  signal: AbortSignal,
  begin: (either: AbortSignal) => T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const failed = new AbortController()
  const begun = begin(AbortSignal.any([signal, failed.signal]))
  try {
    return await Promise.all(begun)
  } catch (error) {
    failed.abort(error)
    await Promise.allSettled(begun)
    throw error
  }
}
