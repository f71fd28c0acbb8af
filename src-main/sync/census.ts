import { ALL_TIME, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { idPages } from '../jira/jira.ts'
import { withLease } from '../leases/lease.ts'
import { elapsedMs } from '../runtime/clock.ts'
import { beginFetching, type Fetching, type FetchParts } from './fetch-parts.ts'
import { reconcileByIds, type Reconciled } from './removed-tickets.ts'
import { createdJql, isWatched } from './scope.ts'
import { createSyncLease } from './sync-lease.ts'
import type { SyncOptions } from './sync.ts'

/** How often, and how gently, a census goes about. */
export interface CensusPace {
  /** About as many tickets are compared at once. */
  readonly partSize: number
  /** Real milliseconds after each request. */
  readonly pauseMs: number
  /** The site's milliseconds between two strikes against a ticket. */
  readonly apartMs: number
  /** The site's milliseconds from one round to the next: this many for each of its parts, within these bounds. */
  readonly partMs: number
  readonly minRoundMs: number
  readonly maxRoundMs: number
}

/**
 * Two requests a minute at most, besides the twelve of a fetch every five seconds. A small site is gone through every ten
 * minutes, others every hour, one of a million tickets in some four hours.
 */
const USUAL_PACE: CensusPace = {
  partSize: 2_000,
  pauseMs: 30_000,
  apartMs: 5 * 60_000,
  partMs: 5 * 60_000,
  minRoundMs: 10 * 60_000,
  maxRoundMs: 60 * 60_000,
}

/** After failures in a row the pause doubles up to so often. */
const MAX_DOUBLINGS = 5

/**
 * Goes through all tickets of the scope by their ids, part by part, for what no search by `updated` finds: tickets that
 * were deleted, moved away or hidden, and any that a fetch has missed.
 */
export function createCensus(parts: FetchParts, options: SyncOptions) {
  const { clock, log } = options
  const pace = { ...USUAL_PACE, ...options.census }
  const lease = createSyncLease('census', options)
  const rounds = createRounds(parts, pace, log)
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  let notBeforeMs = elapsedMs(clock) + pace.pauseMs
  let failures = 0

  async function atOnce(spans: () => Promise<readonly TimeSpan[]>, signal: AbortSignal): Promise<number> {
    const before = running ?? Promise.resolve()
    const either = AbortSignal.any([signal, stopping.signal])
    const round = before.then(() => withLease(lease, either, (leased) => rounds.whole(spans, leased)))
    occupy(round)
    return round
  }

  /** One thing at a time, and a stop waits for it. Its failure is the asker's. */
  function occupy(work: Promise<unknown>): void {
    const mine = Promise.allSettled([work]).then(() => void (running = running === mine ? null : running))
    running = mine
  }

  function pause(requests: number): void {
    notBeforeMs = elapsedMs(clock) + requests * pace.pauseMs
  }

  /** What a census missed it finds next time; a failure that lasts is reported by the fetches. */
  function failed(error: unknown): void {
    failures = Math.min(failures + 1, MAX_DOUBLINGS)
    pause(2 ** failures)
    if (error instanceof AppError && error.code === 'not-authenticated') parts.identity.forget()
    logFailure(error, log)
  }

  return {
    /** Does the next part where one is due, during whatever else goes on. `siteMs`: the site's clock. */
    nudge(siteMs: number) {
      if (running !== null || stopping.signal.aborted || elapsedMs(clock) < notBeforeMs) return
      const work = withLease(lease, stopping.signal, async (signal) => {
        pause(await rounds.next(siteMs, signal))
        failures = 0
      })
      occupy(work.catch(failed))
    },
    /** Does all parts at once; how many tickets were removed. Throws as a fetch does. */
    round: (signal: AbortSignal) => atOnce(() => allParts(parts, pace), signal),
    /** The same, where a round is due by the site's clock: for a process that does not stay. */
    roundIfDue: (siteMs: number, signal: AbortSignal) => atOnce(() => rounds.due(siteMs), signal),
    /** Called when it came to nothing, to report it and to wait the longer. */
    failed,
    async stop() {
      stopping.abort(
        new AppError('cancelled', 'The census was stopped.', { consequence: 'What it found is stored.' }),
      )
      await running
    },
  }
}

/** Goes through the parts: which one is compared next, and when all have been. */
function createRounds(parts: FetchParts, pace: CensusPace, log: SyncOptions['log']) {
  const { siteId, scopeName, store, identity } = parts
  const looks = createSecondLooks(pace.apartMs)
  /** When the last round of this process ended (site epoch ms); another's is in the store. */
  let endedMs: number | null = null
  /** What is left of the round under way. */
  let left: readonly TimeSpan[] = []

  async function compare(span: TimeSpan, signal: AbortSignal): Promise<PartResult> {
    const fetching = await beginFetching(parts)
    await identity.prove(signal)
    const result = await compareIds(fetching, { span, apartMs: pace.apartMs }, signal)
    if (hasDifferences(result)) log.info(result.reconciled, 'a census found differences')
    looks.note(span, result)
    return result
  }

  async function ended(atMs: number): Promise<void> {
    endedMs = atMs
    await store.setCensus(siteId, scopeName, atMs)
  }

  async function due(siteMs: number): Promise<readonly TimeSpan[]> {
    const { minRoundMs, maxRoundMs, partMs } = pace
    const storedMs = (await store.syncState(siteId, scopeName))?.censusMs ?? null
    // A site's clock may have been set back: what it has not come to yet is no time of a census.
    const endsMs = [storedMs ?? 0, endedMs ?? 0].filter((ms) => ms < siteMs + minRoundMs)
    const censusMs = Math.max(0, ...endsMs) || null
    if (censusMs !== null && siteMs - censusMs < minRoundMs) return []
    const spans = await allParts(parts, pace)
    const roundMs = Math.min(Math.max(spans.length * partMs, minRoundMs), maxRoundMs)
    return censusMs === null || siteMs - censusMs >= roundMs ? spans : []
  }

  return {
    /** The parts of the next round; none while it is not due by the site's clock. */
    due,
    /** Compares the part whose turn it is, if any; after so many requests as it returns it may rest. */
    async next(siteMs: number, signal: AbortSignal): Promise<number> {
      const again = looks.take(siteMs)
      if (again !== undefined) return (await compare(again, signal)).requests
      if (left.length === 0) left = await due(siteMs)
      const [span, ...rest] = left
      if (span === undefined) return 1
      left = [...rest, span]
      const { requests, siteMs: atMs } = await compare(span, signal)
      left = rest
      if (rest.length === 0) await ended(atMs)
      return requests
    },
    /** Compares all parts of a round at once; how many tickets were removed. */
    async whole(spans: () => Promise<readonly TimeSpan[]>, signal: AbortSignal): Promise<number> {
      const results: PartResult[] = []
      for (const span of await spans()) results.push(await compare(span, signal))
      const last = results.at(-1)
      if (last !== undefined) await ended(last.siteMs)
      return results.reduce((removed, { reconciled }) => removed + reconciled.removed, 0)
    },
  }
}

/** Parts with tickets that were missed once: they are looked at again `apartMs` of the site's later. */
function createSecondLooks(apartMs: number) {
  let looks: readonly { readonly span: TimeSpan; readonly dueMs: number }[] = []
  return {
    /** One that is due. A part that fails again and again does not keep the others from their turn. */
    take(siteMs: number): TimeSpan | undefined {
      const due = looks.find(({ dueMs }) => dueMs <= siteMs)
      looks = looks.map((look) => (look === due ? { ...look, dueMs: siteMs + apartMs } : look))
      return due?.span
    },
    note(span: TimeSpan, { missedOnce, siteMs }: PartResult) {
      const others = looks.filter((look) => look.span.fromMs !== span.fromMs || look.span.toMs !== span.toMs)
      looks = missedOnce > 0 ? [...others, { span, dueMs: siteMs + apartMs }] : others
    },
  }
}

/** All of time, in parts with about as many tickets. */
async function allParts(
  { siteId, scope, store }: FetchParts,
  { partSize }: CensusPace,
): Promise<readonly TimeSpan[]> {
  const cuts = await store.createdCuts(siteId, scope, partSize)
  const edges = [ALL_TIME.fromMs, ...cuts, ALL_TIME.toMs]
  return edges.slice(1).map((toMs, n) => ({ fromMs: edges[n] ?? 0, toMs }))
}

interface PartResult {
  /** How many requests it took to read the ids. */
  readonly requests: number
  /** The site's clock (epoch ms) at its end. */
  readonly siteMs: number
  /** Tickets that have one strike against them now: to be looked at again. */
  readonly missedOnce: number
  /** What became of those that had two, and of those that the store lacked. */
  readonly reconciled: Reconciled
}

function hasDifferences({ reconciled }: PartResult): boolean {
  const { removed: _, ...differences } = reconciled
  return Object.values(differences).some((count) => count > 0)
}

/** How many of the missing tickets are looked up before many are believed to be missing. */
const PROBES = 50

/**
 * Compares the ids of a span that Jira's index has with those that the store counts. What the store lacks is fetched by
 * id. What the index lacks gets a strike, and at the second one, at least `apartMs` of the site's later, is looked up by
 * id: it may only be that the index lags.
 */
async function compareIds(
  fetching: Fetching,
  { span: whole, apartMs }: { readonly span: TimeSpan; readonly apartMs: number },
  signal: AbortSignal,
): Promise<PartResult> {
  const { siteId, scope, jira, store, keptFromMs } = fetching
  // What is no longer kept Jira still has.
  const span = { ...whole, fromMs: Math.max(whole.fromMs, keptFromMs) }
  // Read first: what is stored while Jira is asked must not look as if Jira lacked it.
  const stored = await store.countedIds(siteId, scope, span)
  const indexed = new Set<string>()
  let siteMs = 0
  let requests = 0
  for await (const page of idPages(jira, createdJql(scope, span), signal)) {
    for (const id of page.ids) indexed.add(id)
    siteMs = page.siteMs
    requests += 1
  }
  const missing = stored.filter((id) => !indexed.has(id))

  const known = new Set(stored)
  let lacking = [...indexed].filter((id) => !known.has(id))
  const present = stored.filter((id) => indexed.has(id))
  await store.clearMissing(siteId, present)
  const isMost = missing.length * 2 > stored.length
  const missed = isMost && !(await areGone(fetching, missing, signal)) ? [] : missing
  const missedTwice = missed.length === 0 ? [] : await store.markMissing(siteId, missed, siteMs, apartMs)
  if (lacking.length > 0) {
    // Without those that a fetch has stored meanwhile. One that counts in another scope, under another field's value perhaps, or
    // that was imported, is lacking here.
    const storedNow = new Set(await store.countedIds(siteId, scope, span))
    lacking = lacking.filter((id) => !storedNow.has(id))
  }
  const asked = { ids: [...lacking, ...missedTwice], atMs: siteMs, controlIds: controlsOf(present) }
  const reconciled = await reconcileByIds(fetching, asked, signal)
  return { requests, siteMs, missedOnce: missed.length - missedTwice.length, reconciled }
}

/** A few of those that both have, far apart: what the index goes on showing may have been deleted. */
function controlsOf(present: readonly string[]): string[] {
  const chosen = [0, 0.5, 1].flatMap((part) => present[Math.floor(part * (present.length - 1))] ?? [])
  return [...new Set(chosen)]
}

/**
 * Most of a span is missing: Jira says again that it knows us, and some of the tickets are looked up. Where most of them
 * are there, the index has not come to them yet, or the answer was a false one; it says nothing of the others either.
 */
async function areGone(
  { scope, jira, identity }: Fetching,
  missing: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  await identity.proveAgain(signal)
  const asked = missing.slice(0, PROBES)
  const found = await jira.byIds(asked, signal)
  return found.filter((ticket) => isWatched(scope, ticket)).length * 2 <= asked.length
}

function logFailure(error: unknown, log: SyncOptions['log']): void {
  if (!(error instanceof AppError)) log.error({ err: error }, 'a census failed by a bug')
  else if (error.code !== 'cancelled' && error.code !== 'busy') {
    log.warn({ code: error.code }, error.message)
  }
}
