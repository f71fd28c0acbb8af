import { setImmediate } from 'node:timers/promises'
import {
  knownAt,
  unknownWithin,
  type KnownSpans,
  type TimeSpan,
} from '../../src-shared/domain/known-spans.ts'
import {
  minuteOf,
  MINUTES_PER_DAY,
  MINUTES_PER_HOUR,
  MS_PER_MINUTE,
  startOfMinute,
  type Minute,
  type MinuteSpan,
} from '../../src-shared/domain/minute.ts'
import {
  baselineInParts,
  learnedAt,
  LEARNED_WEEKS,
  type Baseline,
} from '../../src-shared/domain/usual/baseline.ts'
import { RECENT_MINUTES, type RecentCounts } from '../../src-shared/domain/usual/windows.ts'
import { inParts, limit } from '../runtime/async.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { CountsScope, Store } from '../store/store.ts'
import type { MinuteTickets } from '../store/usual/usual-counts.ts'
import { createHistories } from './histories.ts'

export interface UsualParts {
  readonly store: Pick<Store, 'usualHistory' | 'usualChanges' | 'minuteTickets' | 'knownSpans'>
  readonly siteId: string
  /** All that is watched, and the name of what is fetched: see `syncScope`. */
  readonly scope: CountsScope
  readonly scopeName: string
  readonly time: Pick<SiteTime, 'now' | 'current'>
  readonly clock: Pick<Clock, 'now'>
  /** IANA name of the zone whose hours and weekdays are learned. */
  readonly zone: () => Promise<string>
  /** Spans that a person marked as incidents. */
  readonly incidents: () => Promise<readonly TimeSpan[]>
}

/** Some of the watched tickets: of a project, by its key, or a priority, by its id; all where neither is there. */
export interface UsualScope {
  readonly project?: string | undefined
  readonly priority?: string | undefined
}

/** The minutes of a scope up to one that is in progress. */
export interface CountedTickets {
  /** All tickets that are charted. */
  readonly charted: RecentCounts
  /** Those that no run made. */
  readonly real: RecentCounts
}

export interface RecentTickets extends CountedTickets {
  /** How many of the last hour runs made. */
  readonly rehearsed: number
}

export type UsualSource = ReturnType<typeof createUsual>

const LEARNED_MINUTES = LEARNED_WEEKS * 7 * MINUTES_PER_DAY

/** What is usual for each part of what is watched: learned from the store, and kept up to date with its commits. */
export function createUsual(parts: UsualParts) {
  const { store, siteId, scope: watched, time } = parts
  const historyOf = createHistories({ store, siteId, watched, time })
  // All parts that wait for the event loop at once would be one.
  const oneAtATime = limit(1)
  const knownSpans = (): Promise<KnownSpans> => store.knownSpans(siteId, parts.scopeName)

  const baselineOf = async (scope: UsualScope, minute: Minute, known: KnownSpans): Promise<Baseline> => {
    const counted = scopeOf(watched, scope)
    const learnedTo = learnedAt(minute)
    const fromMinute = learnedTo - LEARNED_MINUTES
    const span = { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(learnedTo) }
    const [zone, incidents] = await Promise.all([parts.zone(), parts.incidents()])
    const history = await historyOf(counted, fromMinute)
    const isIn = ({ fromMs, toMs }: TimeSpan): boolean => fromMs < span.toMs && toMs > span.fromMs
    const leftOut = [...unknownWithin(known, span), ...incidents.filter(isIn)]
    return history.baseline({ learnedTo, leftOut, zone }, (learned) =>
      oneAtATime(() => inParts(baselineInParts(learned, zone, minute))),
    )
  }

  return {
    /** The minutes of a span. What was imported, or is the sample's, is no news of now. Throws as `of`. */
    counted: async (scope: UsualScope, span: MinuteSpan): Promise<CountedTickets> =>
      countIn(parts, scope, span, await knownSpans()),

    /** What of the watched tickets a scope names; null where it names nothing that is watched. */
    countsScope: (scope: UsualScope): CountsScope | null => countsScope(watched, scope),

    zone: parts.zone,

    /**
     * What was usual at a minute, by what the eight weeks before it were, as they are stored now. Kept: asking again costs
     * one look for changes. Throws as the store, and `Error` for a scope that is not watched.
     */
    of: async (scope: UsualScope, minute: Minute): Promise<Baseline> =>
      baselineOf(scope, minute, await knownSpans()),

    /** What is usual now, and the newest minutes of a scope. Throws as `of`. */
    async now(scope: UsualScope): Promise<{ readonly baseline: Baseline; readonly recent: RecentTickets }> {
      const minute = minuteOf(time.now())
      const span = { fromMinute: minute + 1 - RECENT_MINUTES, toMinute: minute + 1 }
      const known = await knownSpans()
      const baseline = await baselineOf(scope, minute, known)
      const found = await countIn(parts, scope, span, known)
      return { baseline, recent: { ...found, rehearsed: rehearsedIn(found) } }
    },
  }
}

/** Read a day at a time, so that the event loop goes on. */
async function countIn(
  { store, siteId, scope: watched, time, clock }: UsualParts,
  scope: UsualScope,
  span: MinuteSpan,
  fetched: KnownSpans,
): Promise<CountedTickets> {
  const { toMinute: endMinute } = span
  const known = knownAt(fetched, time.current(), clock.now())
  const [charted, real]: [number[], number[]] = [[], []]
  for (let from = span.fromMinute; from < endMinute; from += MINUTES_PER_DAY) {
    if (from > span.fromMinute) await setImmediate()
    const day = { fromMinute: from, toMinute: Math.min(endMinute, from + MINUTES_PER_DAY) }
    const tickets = await store.minuteTickets(siteId, scopeOf(watched, scope), day)
    charted.push(...minuteSums(tickets, day, 'charted'))
    real.push(...minuteSums(tickets, day, 'real'))
  }
  return {
    charted: { endMinute, counts: withGaps(charted, span, known) },
    real: { endMinute, counts: withGaps(real, span, known) },
  }
}

/** How many of the last hour runs made. */
function rehearsedIn({ charted, real }: CountedTickets): number {
  const [all, own] = [charted, real].map(({ counts }) =>
    counts.slice(-MINUTES_PER_HOUR).reduce<number>((sum, count) => sum + (count ?? 0), 0),
  )
  return (all ?? 0) - (own ?? 0)
}

function countsScope(
  { projectKey, priorityIds }: CountsScope,
  { project, priority }: UsualScope,
): CountsScope | null {
  if (project !== undefined && projectKey !== null && project !== projectKey) return null
  if (priority !== undefined && !priorityIds.includes(priority)) return null
  return {
    projectKey: project ?? projectKey,
    priorityIds: priority === undefined ? priorityIds : [priority],
  }
}

function scopeOf(watched: CountsScope, scope: UsualScope): CountsScope {
  const counted = countsScope(watched, scope)
  if (counted === null) throw new Error('that is not watched')
  return counted
}

/** The tickets of each minute. */
function minuteSums(
  tickets: readonly MinuteTickets[],
  { fromMinute, toMinute }: MinuteSpan,
  which: 'charted' | 'real',
): number[] {
  const counts = Array.from<number>({ length: toMinute - fromMinute }).fill(0)
  for (const { minute, count, kind } of tickets) {
    const by = kind === 'all' ? count : kind === 'rehearsed' && which === 'charted' ? 0 : -count
    counts[minute - fromMinute] = (counts[minute - fromMinute] ?? 0) + by
  }
  return counts
}

/** Null in place of what was not fetched; the minute in progress is known as long as what is over of it is. */
function withGaps(counts: readonly number[], { fromMinute, toMinute }: MinuteSpan, known: KnownSpans) {
  const all: (number | null)[] = [...counts]
  const over = { fromMs: startOfMinute(fromMinute), toMs: startOfMinute(toMinute - 1) + 1 }
  for (const { fromMs, toMs } of unknownWithin(known, over)) {
    const last = Math.min(toMinute, Math.ceil(toMs / MS_PER_MINUTE))
    for (let minute = minuteOf(fromMs); minute < last; minute++) all[minute - fromMinute] = null
  }
  return all
}
