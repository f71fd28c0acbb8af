import type { AlertRule } from '../../src-shared/contract/alerts.ts'
import type { Session, SyncStatus } from '../../src-shared/contract/tickets.ts'
import {
  knownAt,
  SILENCE_MS,
  silentMs,
  unknownWithin,
  type KnownSpans,
} from '../../src-shared/domain/known-spans.ts'
import {
  minuteOf,
  MINUTES_PER_DAY,
  MS_PER_MINUTE,
  startOfMinute,
  type Minute,
  type MinuteSpan,
} from '../../src-shared/domain/minute.ts'
import { RECENT_MINUTES } from '../../src-shared/domain/usual/windows.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { CountsScope, Store } from '../store/store.ts'
import { provisionalFrom } from '../sync/index-lag.ts'

type AlertScope = AlertRule['scope']

export interface SceneParts {
  readonly store: Pick<Store, 'knownSpans' | 'minuteTickets'>
  readonly session: Omit<Session, 'clock'>
  /** What this instance fetches: see `syncScope`. */
  readonly scopeName: string
  readonly time: SiteTime
  readonly clock: Pick<Clock, 'now'>
  readonly syncStatus: () => Pick<SyncStatus, 'state' | 'failure' | 'lastSuccessMs' | 'indexLagMs'>
}

/** What there is to see at this moment, for all rules alike. Throws as the store. */
export async function lookAround(parts: SceneParts) {
  const { store, session, scopeName, time, clock, syncStatus } = parts
  const siteId = session.site.id
  const nowMinute = minuteOf(time.now())
  const fetched = await store.knownSpans(siteId, scopeName)
  const last = fetched.at(-1)
  const silenceMs = last === undefined ? null : silentMs(last.toMs, time.current(), clock.now())
  const known = knownAt(fetched, time.current(), clock.now())
  const status = syncStatus()
  const recent = new Map<string, Promise<(number | null)[]>>()

  const count = (scope: AlertScope, span: MinuteSpan, isDrill: boolean): Promise<number[]> =>
    countMinutes(store, siteId, countsScope(session, scope), span, isDrill)

  return {
    nowMinute,
    settledTo: provisionalFrom(status, time),
    /** Whole minutes since the last fetch by whichever instance; null where there was none. */
    sinceFetch: silenceMs === null ? null : Math.floor(silenceMs / MS_PER_MINUTE),
    /** Why nobody knows what is now, as a sentence; empty where it is known. */
    trouble: troubleOf(status, silenceMs),
    /** Why such a scope cannot be seen from here, as a sentence; empty where it can. */
    unseen: (scope: AlertScope): string => unseenBy(session, scope),
    /** The newest minutes of a scope, the last one in progress; null: not known. Read once for each scope. */
    recent(scope: AlertScope, minutes: number, isDrill: boolean): Promise<(number | null)[]> {
      const length = Math.max(RECENT_MINUTES, minutes)
      const name = JSON.stringify([scope.project, scope.priority, length, isDrill])
      const span = { fromMinute: nowMinute + 1 - length, toMinute: nowMinute + 1 }
      const there =
        recent.get(name) ?? count(scope, span, isDrill).then((counts) => withGaps(counts, span, known))
      recent.set(name, there)
      return there
    },
    /** The tickets of a span. */
    async tickets(scope: AlertScope, span: MinuteSpan, isDrill: boolean): Promise<number> {
      const counts = await count(scope, span, isDrill)
      return counts.reduce((sum, one) => sum + one, 0)
    },
  }
}

/** Tickets by minute. Those that a run made count in a drill alone, imported ones and the sample's never. */
async function countMinutes(
  store: SceneParts['store'],
  siteId: string,
  scope: CountsScope,
  { fromMinute, toMinute }: MinuteSpan,
  isDrill: boolean,
): Promise<number[]> {
  const counts = Array.from<number>({ length: Math.max(0, toMinute - fromMinute) }).fill(0)
  const signs = { all: 1, rehearsed: isDrill ? 0 : -1, others: -1 }
  for (let from = fromMinute; from < toMinute; from += MINUTES_PER_DAY) {
    const part = { fromMinute: from, toMinute: Math.min(toMinute, from + MINUTES_PER_DAY) }
    for (const { minute, count, kind } of await store.minuteTickets(siteId, scope, part))
      counts[minute - fromMinute] = (counts[minute - fromMinute] ?? 0) + signs[kind] * count
  }
  return counts
}

/** Which tickets a rule counts, of those that are watched. */
function countsScope(
  { projectKey, watched }: Pick<Session, 'projectKey' | 'watched'>,
  { project, priority }: AlertScope,
): CountsScope {
  return {
    projectKey: project ?? projectKey,
    priorityIds: priority === undefined ? watched.map(({ id }) => id) : [priority],
  }
}

/** Null in place of what was not fetched. */
function withGaps(counts: readonly number[], { fromMinute, toMinute }: MinuteSpan, known: KnownSpans) {
  const all: (number | null)[] = [...counts]
  const span = { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute) }
  // Of the minute in progress what is over.
  const gaps = unknownWithin(known, span).filter(({ fromMs }) => fromMs < startOfMinute(toMinute - 1))
  for (const { fromMs, toMs } of gaps) {
    const last = Math.min(toMinute, Math.ceil(toMs / MS_PER_MINUTE))
    for (let minute = minuteOf(fromMs); minute < last; minute++) all[minute - fromMinute] = null
  }
  return all
}

function troubleOf(
  { state, failure }: Pick<SyncStatus, 'state' | 'failure'>,
  silenceMs: number | null,
): string {
  if (silenceMs === null) return 'Nothing was fetched yet.'
  if (state === 'stopped') return `Fetching waits for a person. ${failure?.what ?? ''}`.trim()
  return silenceMs > SILENCE_MS ? 'Nothing was fetched for more than 2 min.' : ''
}

function unseenBy(
  { projectKey, watched }: Omit<Session, 'clock'>,
  { project, priority }: AlertScope,
): string {
  if (projectKey !== null && project !== undefined && project !== projectKey)
    return `The instance that evaluates the rules watches the project ${projectKey} alone.`
  if (priority !== undefined && !watched.some(({ id }) => id === priority))
    return `The priority ${priority} is not watched any more.`
  return ''
}
