import { isDeepStrictEqual } from 'node:util'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { HooksStatus } from '../../src-shared/contract/hooks.ts'
import type { SinceFailure } from '../../src-shared/contract/schema.ts'
import type { SyncResult, SyncStatus } from '../../src-shared/contract/tickets.ts'
import type { KnownSpans } from '../../src-shared/domain/known-spans.ts'
import { AppError, failureOf, toWireError } from '../../src-shared/errors/app-error.ts'
import { rateAt } from '../../src-shared/domain/site-clock.ts'
import { elapsedMs, type Clock, type SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { failureDelayMs, isCancelled, isOfStore, isTablesMissing, needsPerson } from './failure-policy.ts'

/** What is known besides the result when a fetch has succeeded. */
interface AfterFetch extends StoredReport {
  readonly indexLagMs: number | null
  readonly hooks: HooksStatus | null
}

/** What there is in the store. */
export type StoredReport = Pick<SyncStatus, 'storedTickets' | 'known'>

export type SyncProgress = NonNullable<SyncStatus['progress']>

/** Real milliseconds between two tellings of the progress. */
const PROGRESS_EVERY_MS = 250

/** While a site's clock runs fast, it is fetched as often by that clock, but not more often than this (real ms). */
const FASTEST_MS = 1_000

/** While webhooks tell all that there is to fetch, in ms of the site. */
const WITH_HOOKS_MS = 60_000

/** Times that another instance reports come over a network: within this they are the same as before. */
const SAME_TIME_MS = 1_000

export type SyncReport = ReturnType<typeof createSyncReport>

interface ReportOptions {
  readonly hub: Pick<EventHub, 'publish'>
  readonly clock: Clock
  readonly siteTime: Pick<SiteTime, 'current'>
  readonly intervalMs: number
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
  /** Called for each change of this instance's own fetching. */
  readonly onChange: (status: SyncStatus) => void
}

const NEVER_FETCHED: SyncStatus = {
  state: 'idle',
  lastSuccessMs: null,
  lastInserted: 0,
  nextMs: null,
  indexLagMs: null,
  storedTickets: 0,
  known: [],
  progress: null,
  failure: null,
  by: null,
  hooks: null,
}

/** How the fetching goes, here or in the instance that fetches for all. */
export function createSyncReport(options: ReportOptions) {
  const { clock, siteTime, intervalMs, log } = options
  const { own, keep, publish, show, inheritedLagMs, ...shown } = createShownStatus(options)
  let failures = 0
  let delayMs: number | null = intervalMs
  let progressPublishedMs = -Infinity
  let beganMs = 0
  const usualDelayMs = (hooks: HooksStatus | null): number => {
    const everyMs = hooks?.state === 'healthy' ? Math.max(intervalMs, WITH_HOOKS_MS) : intervalMs
    const fastMs = Math.max(FASTEST_MS, everyMs / rateAt(siteTime.current(), clock.now()))
    return Math.min(everyMs, fastMs)
  }

  return {
    ...shown,
    began() {
      beganMs = clock.now()
      show({ state: 'fetching' })
    },
    /** What an earlier session had stored, until a fetch of this one ends. */
    found(stored: StoredReport) {
      if (stored.storedTickets > 0 || stored.known.length > 0) show({ state: 'fetching', ...stored })
    },
    /** The index lag that an earlier session measured, until a fetch of this one measures it. */
    recalled(indexLagMs: number | null) {
      keep({ indexLagMs: own().indexLagMs ?? indexLagMs })
      publish()
    },
    /** How far a first fetch in pieces is. It stays in the status until a fetch has succeeded. */
    progressed(progress: SyncProgress, known: KnownSpans) {
      keep({ progress, known: [...known] })
      const isWhole = progress.done >= progress.total
      if (!isWhole && elapsedMs(clock) - progressPublishedMs < PROGRESS_EVERY_MS) return
      progressPublishedMs = elapsedMs(clock)
      show({ state: 'fetching', storedTickets: progress.done })
    },
    succeeded(result: SyncResult, { indexLagMs, hooks, ...stored }: AfterFetch) {
      if (own().failure !== null) log.info({ failures, ...result }, 'fetching works again')
      failures = 0
      delayMs = usualDelayMs(hooks)
      const fetched = { lastSuccessMs: clock.now(), lastInserted: result.inserted, ...stored }
      const measured = { indexLagMs: indexLagMs ?? inheritedLagMs() }
      show(
        { state: 'idle', ...fetched, ...measured, hooks, failure: null, progress: null, cutOff: null },
        delayMs,
      )
    },
    /** This machine does not reach Jira, as its last failure says, and another one took the lead from it. */
    cutOff: () => keep({ state: 'idle', failure: null, cutOff: own().failure }),
    failed(error: unknown) {
      if (isCancelled(error)) return show({ state: 'idle' }, delayMs)
      const failure = loggedFailure(error, own(), beganMs, log)
      if (!isOfStore(error)) failures += 1
      delayMs = needsPerson(error) ? null : failureDelayMs(failures, intervalMs, error)
      show({ ...failedBy(error), failure }, delayMs)
    },
    /** Milliseconds until the next fetch, null while it waits for the person. */
    delayMs: (): number | null => delayMs,
  }
}

/** Shows how the fetching goes here, or what the instance reports that fetches for all. */
function createShownStatus({ hub, clock, intervalMs, log, onChange }: ReportOptions) {
  /** How the fetching goes here, or in the instance that fetches. */
  let own = NEVER_FETCHED
  let reported: SyncStatus | null = null
  let shown = NEVER_FETCHED
  let byItself = false
  /** What the instance that fetched before this one had measured. It holds until this one has. */
  let inheritedLagMs: number | null = null

  const publish = (): void => {
    const next = reported === null || own.state === 'fetching' ? own : withLatest(reported, own)
    if (isDeepStrictEqual(next, shown)) return
    shown = next
    hub.publish('sync.changed', shown)
  }
  const keep = (change: Partial<SyncStatus>): void => void (own = { ...own, ...change })
  const show = (change: Partial<SyncStatus>, delayMs: number | null = null): void => {
    keep({ nextMs: byItself && delayMs !== null ? clock.now() + delayMs : null, ...change })
    publish()
    onChange(own)
  }

  return {
    status: (): SyncStatus => shown,
    own: (): SyncStatus => own,
    inheritedLagMs: (): number | null => inheritedLagMs,
    /** Notes a change of the fetching here, without publishing it. */
    keep,
    publish,
    /** Publishes a change of the fetching here. `delayMs`: until the next fetch; null during one, or where none comes. */
    show,
    /** What there is now, between two fetches. */
    refreshed(now: StoredReport & Pick<AfterFetch, 'hooks'>) {
      if (own.state !== 'fetching' && own.lastSuccessMs !== null) show({ nextMs: own.nextMs, ...now })
    },
    /** Whether fetches follow each other by themselves here from now on, so that the status has a next one. */
    byItself(does: boolean) {
      byItself = does
      reported = null
      if (does) inheritedLagMs = shown.indexLagMs
      own = { ...(does ? shown : own), by: null, nextMs: null, cutOff: null }
    },
    /** What the instance that fetches for all says; null where none does any more. A fetch of this one is shown first. */
    received(next: SyncStatus | null) {
      reported = next
      publish()
      // What it found goes on to hold when it is silent.
      if (reported !== null && own.state !== 'fetching') keep(foundOf(shown))
    },
    /** The store, which has it, cannot be read. */
    unreadable(error: unknown) {
      const failure = loggedFailure(error, shown, clock.now(), log)
      const stays = needsPerson(error)
      const nextMs = stays ? null : clock.now() + failureDelayMs(0, intervalMs, error)
      const by = stays ? shown.by : null
      reported = { ...shown, ...failedBy(error), failure, progress: null, nextMs, by }
      publish()
    },
  }
}

function foundOf({
  lastSuccessMs,
  lastInserted,
  storedTickets,
  known,
  indexLagMs,
}: SyncStatus): Partial<SyncStatus> {
  return { lastSuccessMs, lastInserted, storedTickets, known, indexLagMs }
}

function failedBy(error: unknown): Pick<SyncStatus, 'state'> & Partial<SyncStatus> {
  const state = needsPerson(error) ? 'stopped' : 'failing'
  // What was fetched went with the tables.
  return isTablesMissing(error)
    ? { state, lastSuccessMs: null, lastInserted: 0, storedTickets: 0, known: [] }
    : { state }
}

/** What is reported, with what this instance found last where that is later, and no time moved by a mere trifle. */
function withLatest(reported: SyncStatus, own: SyncStatus): SyncStatus {
  const ownIsLater = (own.lastSuccessMs ?? 0) > (reported.lastSuccessMs ?? 0)
  const { lastSuccessMs, lastInserted, storedTickets, known } = ownIsLater ? own : reported
  return {
    ...reported,
    lastInserted,
    storedTickets,
    known,
    cutOff: own.cutOff ?? null,
    lastSuccessMs: steady(lastSuccessMs, own.lastSuccessMs),
    nextMs: steady(reported.nextMs, own.nextMs),
    failure: reported.failure && {
      ...reported.failure,
      sinceMs: steady(reported.failure.sinceMs, own.failure?.sinceMs ?? null) ?? reported.failure.sinceMs,
    },
  }
}

/** Logs a failure, one of a store that is away once: it is tried every few seconds. */
function loggedFailure(
  error: unknown,
  { failure }: SyncStatus,
  sinceMs: number,
  log: ReportOptions['log'],
): SinceFailure {
  const reported = failureOf(toWireError(error))
  const { code, message } = reported
  const isKnown = isOfStore(error) && failure?.code === code
  if (!(error instanceof AppError)) log.error({ err: error }, 'a fetch failed by a bug')
  else if (!isKnown) log.warn({ code }, message)
  return { sinceMs: failure?.sinceMs ?? sinceMs, ...reported }
}

function steady(nextMs: number | null, shownMs: number | null): number | null {
  if (nextMs === null || shownMs === null) return nextMs
  return Math.abs(nextMs - shownMs) <= SAME_TIME_MS ? shownMs : nextMs
}
