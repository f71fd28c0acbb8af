import type { KnownSpans } from '../../src-shared/domain/known-spans.ts'
import { steadyClock } from '../../src-shared/domain/site-clock.ts'
import type { Jira } from '../jira/jira.ts'
import { elapsedMs, type Clock, type SiteTime } from '../runtime/clock.ts'
import type { ProgressStore } from '../store/progress.ts'
import type { StoreConnection, TicketStore } from '../store/store.ts'
import { createHookHealth, type HookHealth } from './hook-health.ts'
import type { HookStore } from '../store/hooks.ts'
import {
  createFirstSights,
  createIndexLagMeter,
  createOwnTickets,
  type FirstSights,
  type IndexLagMeter,
  type OwnTickets,
} from './index-lag.ts'
import { syncScope, type WatchScope } from './scope.ts'
import type { SyncProgress } from './sync-report.ts'
import type { SyncOptions } from './sync.ts'
import {
  askWhileStored,
  believeOnlyOurs,
  createIdentityProof,
  refuseRenamed,
  type IdentityProof,
} from './trusted-jira.ts'

/** What every part of the sync works with. */
export interface FetchParts {
  readonly siteId: string
  readonly scope: WatchScope
  /** The scope's name in the store. */
  readonly scopeName: string
  /** Its searches give only what was meant for us: `trusted-jira.ts`. */
  readonly jira: Pick<Jira, 'search' | 'searchIds' | 'byIds' | 'projects' | 'approximateCount'>
  readonly store: TicketStore & ProgressStore & HookStore & Pick<StoreConnection, 'onCommit'>
  readonly identity: IdentityProof
  readonly own: OwnTickets
  readonly lag: IndexLagMeter
  readonly sights: FirstSights
  readonly lookUps: RecentLookUps
  readonly hookHealth: HookHealth
  /** Called with the site's clock (epoch ms) as each page comes in. */
  readonly onSiteTime: (siteMs: number) => void
  /** What it showed last; 0 before the first page. */
  readonly siteMs: () => number
  /** Called with how far a first fetch in pieces is, and what it has made known. */
  readonly onProgress: (progress: SyncProgress, known: KnownSpans) => void
}

/** One fetch, and the tables that it began with. */
export interface Fetching extends FetchParts {
  readonly epoch: number
  /** What was created before (site epoch ms) is not kept, nor asked for; 0 where all is. */
  readonly keptFromMs: number
}

/** What a fetch begins with. Throws as the store. */
export async function beginFetching(parts: FetchParts): Promise<Fetching> {
  const { store, siteId } = parts
  const epoch = await store.epoch(siteId)
  return { ...parts, epoch, keptFromMs: await store.keptFromMs(siteId) }
}

/** An index that lags may show a deleted ticket for a while: Jira is not asked about it at every fetch. */
const ASKED_AGAIN_AFTER_MS = 5 * 60_000

/** What the fetches and the census work with. */
export function makeFetchParts(options: SyncOptions, onProgress: FetchParts['onProgress']): FetchParts {
  const { siteId, projectKey, watchedField, watched, store, clock, siteTime, intervalMs } = options
  const jira = askWhileStored(options.jira, store)
  const scope = { projectKey, priorityIds: watched.map(({ id }) => id), fieldId: watchedField.id }
  const identity = createIdentityProof(jira, clock)
  const believed = { ...jira, ...believeOnlyOurs(jira, identity) }
  const scopeName = syncScope(scope)
  const lag = createIndexLagMeter()
  let siteMs = 0
  return {
    siteId,
    scope,
    scopeName,
    jira: { ...believed, ...refuseRenamed(believed, projectKey) },
    store,
    identity,
    own: createOwnTickets(lag),
    lag,
    sights: createFirstSights({ lag, clock, intervalMs }),
    lookUps: createRecentLookUps(clock),
    hookHealth: createHookHealth({ siteId, scopeName, store, siteTime }),
    onProgress,
    onSiteTime(nextMs) {
      siteMs = nextMs
      lag.passed(nextMs)
      if (options.adjustClock === true) followDateHeader(siteTime, clock, nextMs)
    },
    siteMs: () => siteMs,
  }
}

type RecentLookUps = ReturnType<typeof createRecentLookUps>

/** Tickets that Jira's search shows although they were found to be gone, and when they were last looked up by id. */
function createRecentLookUps(clock: Pick<Clock, 'now' | 'elapsedMs'>) {
  let asked: ReadonlyMap<string, number> = new Map()
  return {
    /** Those of the ids that have not been looked up of late. */
    toLookUp(ids: readonly string[]): string[] {
      const now = elapsedMs(clock)
      const fresh = [...asked].filter(([, ms]) => now - ms < ASKED_AGAIN_AFTER_MS)
      const next = new Map(fresh)
      const due = ids.filter((id) => !next.has(id))
      for (const id of due) next.set(id, now)
      asked = next
      return due
    },
  }
}

const HALF_A_SECOND_MS = 500

/** Sets a real site's time by its `Date` header (epoch ms, whole seconds) where the two have come apart. */
export function followDateHeader(siteTime: SiteTime, clock: Clock, siteMs: number): void {
  followSiteClock(siteTime, clock, siteMs + HALF_A_SECOND_MS)
}

/** A `Date` header shows whole seconds and comes after a way of its own: less than this says nothing. */
const TOLERANCE_MS = 2_000

/** Sets the site's time by what another instance that speaks with the site takes it to be, epoch ms. */
export function followSiteClock(siteTime: SiteTime, clock: Clock, siteMs: number): void {
  if (Math.abs(siteTime.now() - siteMs) <= TOLERANCE_MS) return
  siteTime.set(steadyClock(clock.now(), siteMs - clock.now()))
}
