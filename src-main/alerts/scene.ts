import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import type { Session, SyncStatus } from '../../src-shared/contract/tickets.ts'
import { SILENCE_MS, silentMs } from '../../src-shared/domain/known-spans.ts'
import { minuteOf, MS_PER_MINUTE, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { RECENT_MINUTES } from '../../src-shared/domain/usual/windows.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { AlertDrill } from '../store/alerts/states.ts'
import type { Store } from '../store/store.ts'
import { provisionalFrom } from '../sync/index-lag.ts'
import type { UsualSource } from '../usual/usual.ts'
import { createDiffering } from './differing.ts'

type AlertScope = AlertRule['scope']

export interface SceneParts {
  readonly store: Pick<Store, 'knownSpans' | 'splitCells' | 'incidentSpans'>
  readonly session: Omit<Session, 'clock'>
  /** What this instance fetches: see `syncScope`. */
  readonly scopeName: string
  readonly usual: Pick<UsualSource, 'counted' | 'countsScope' | 'of'>
  readonly time: SiteTime
  readonly clock: Clock
  readonly log: Pick<Log, 'info'>
  readonly syncStatus: () => Pick<SyncStatus, 'state' | 'failure' | 'lastSuccessMs' | 'indexLagMs'>
}

export type Scene = Awaited<ReturnType<typeof lookAround>>

/** What there is to see at this moment, for all rules alike. Throws as the store. */
export async function lookAround(parts: SceneParts) {
  const { store, session, scopeName, usual, time, clock, syncStatus } = parts
  const nowMs = time.now()
  const nowMinute = minuteOf(nowMs)
  const last = (await store.knownSpans(session.site.id, scopeName)).at(-1)
  const silenceMs = last === undefined ? null : silentMs(last.toMs, time.current(), clock.now())
  const status = syncStatus()
  const read = new Map<string, ReturnType<UsualSource['counted']>>()

  return {
    /** Site epoch ms. */
    nowMs,
    nowMinute,
    settledTo: provisionalFrom(status, time),
    /** Whole minutes since the last fetch by whichever instance; null where there was none. */
    sinceFetch: silenceMs === null ? null : Math.max(0, Math.floor(silenceMs / MS_PER_MINUTE)),
    /** Why nobody knows what is now, as a sentence; empty where it is known. */
    trouble: troubleOf(status, silenceMs),
    /** Why such a scope cannot be seen from here, as a sentence; empty where it can. */
    unseen: (scope: AlertScope): string => unseenBy(session, scope),
    /**
     * The newest minutes of a scope, the last one in progress; null: not known. In a drill with the tickets of runs, and
     * without those of before its begin.
     */
    async recent(
      scope: AlertScope,
      minutes: number,
      drill: Pick<AlertDrill, 'startMs'> | null,
    ): Promise<readonly (number | null)[]> {
      const length = Math.max(RECENT_MINUTES, minutes)
      const name = JSON.stringify([scope.project, scope.priority, length])
      const span = { fromMinute: nowMinute + 1 - length, toMinute: nowMinute + 1 }
      const counted = read.get(name) ?? usual.counted(scope, span)
      read.set(name, counted)
      const { charted, real } = await counted
      if (drill === null) return real.counts
      const begun = minuteOf(drill.startMs) - span.fromMinute
      return charted.counts.map((count, at) => (at < begun && count !== null ? 0 : count))
    },
    /** See `createDiffering`. */
    differing: createDiffering(parts),
    /** The tickets of a span, as its bars show them. */
    async tickets(scope: AlertScope, span: MinuteSpan, isDrill: boolean): Promise<number> {
      const { counts } = (await usual.counted(scope, span))[isDrill ? 'charted' : 'real']
      return counts.reduce<number>((sum, one) => sum + (one ?? 0), 0)
    },
  }
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
