import type { Minute } from '../minute.ts'
import { usualOf, type Baseline } from './baseline.ts'
import { chanceOf, type Often } from './often.ts'
import { lowerTail, type Usual } from './tails.ts'
import {
  comparedWindow,
  comparedWindows,
  isCalm,
  LEAST_ALARMING,
  onsetOf,
  ticketsOf,
  type RecentCounts,
  RECENT_MINUTES,
} from './windows.ts'

/** When a rule fires. */
export type AlertCondition =
  | { readonly kind: 'above-usual'; readonly often: Often }
  | { readonly kind: 'at-least'; readonly tickets: number; readonly minutes: number }
  | { readonly kind: 'nothing-fetched'; readonly minutes: number }
  | { readonly kind: 'too-quiet' }

/** What a rule is evaluated on. */
export interface AlertInput {
  /** The minute in progress: the last of `recent`. */
  readonly nowMinute: Minute
  readonly recent: RecentCounts
  /** Before this minute no ticket is expected to come any more: the index lag. */
  readonly settledTo: Minute
  /** Whole minutes since the last fetch; null where there was none. */
  readonly sinceFetch: number | null
  /** False where what is now cannot be known: the last fetch is older than 120 s, the log-in refused, the store away. */
  readonly isKnown: boolean
  readonly baseline: Baseline
  /** The id of the alert that would start now. */
  readonly newAlertId: string
  /** Of a drill, its begin: tickets of before are none of its, and are not in `recent` either. */
  readonly begunMinute?: Minute
}

/** What an alert says: a window, its tickets, what is usual there. Of `nothing-fetched`, the minutes without a fetch. */
export interface ToldWindow {
  readonly minutes: number
  readonly tickets: number
  readonly usual: Usual | null
  readonly chance: number | null
}

/** What a rule sees. `isCalm`: its newest minute has nothing wrong; `isQuiet`: its last ten have not. */
export interface Seen {
  readonly isFiring: boolean
  readonly window: ToldWindow
  /** The same of a window of that length, of now. */
  readonly windowOf: (minutes: number) => ToldWindow
  readonly onset: () => Minute
  readonly isCalm: () => boolean
  readonly isQuiet: (calmSince: Minute | null) => boolean
}

/** An alert is over after so many minutes without anything. */
export const QUIET_MINUTES = 10
/** "Too quiet" is no ticket in an hour that has so many at least, and where days differ, more. */
const LEAST_MISSED = 12
const HOUR = 60
const QUARTER = 15

/** `clearedTo`: what came before belongs to an alert that is over. */
export function observe(
  condition: AlertCondition,
  seen: AlertInput,
  clearedTo: Minute,
): Seen | 'learning' | 'unknown' {
  if (condition.kind === 'nothing-fetched') return unfetched(condition.minutes, seen)
  if (!seen.isKnown) return 'unknown'
  if (condition.kind === 'at-least') return atLeast(condition, seen)
  if (seen.baseline.isLearning) return 'learning'
  return condition.kind === 'too-quiet' ? tooQuiet(seen) : aboveUsual(condition.often, seen, clearedTo)
}

function aboveUsual(often: Often, { recent, baseline }: AlertInput, clearedTo: Minute): Seen {
  const [window] = comparedWindows(baseline, recent, clearedTo)
  const told = window ?? { minutes: QUARTER, tickets: 0, usual: null, chance: null }
  return {
    isFiring: told.tickets >= LEAST_ALARMING && told.chance !== null && told.chance < chanceOf(often),
    window: told,
    windowOf: (minutes) => comparedWindow(baseline, recent, minutes) ?? told,
    onset: () => onsetOf(baseline, recent) ?? recent.endMinute - told.minutes,
    ...calm((back) => isCalm(baseline, recent, back)),
  }
}

function atLeast(
  { tickets, minutes }: { readonly tickets: number; readonly minutes: number },
  { recent, baseline }: AlertInput,
): Seen {
  const found = Math.max(ticketsOf(recent, minutes), ticketsOf(recent, minutes, 1))
  const usual = usualOf(baseline, recent.endMinute - minutes, minutes)
  const window = { minutes, tickets: found, usual: usual === 'learning' ? null : usual, chance: null }
  return {
    isFiring: found >= tickets,
    window,
    windowOf: () => window,
    onset: () => onsetOf(baseline, recent) ?? firstTicket(recent, minutes + 1),
    ...calm((back) => isKnown(recent, minutes, back) && ticketsOf(recent, minutes, back) < tickets),
  }
}

function tooQuiet({ recent, baseline, settledTo }: AlertInput): Seen | 'unknown' {
  const lag = Math.max(0, recent.endMinute - settledTo)
  if (!isKnown(recent, HOUR, lag)) return 'unknown'
  const isSilent = (back: number): boolean => {
    const usual = usualOf(baseline, recent.endMinute - back - HOUR, HOUR)
    if (usual === 'learning' || usual.mean < LEAST_MISSED || ticketsOf(recent, HOUR, back) > 0) return false
    return lowerTail(0, usual) < chanceOf('month')
  }
  const usual = usualOf(baseline, settledTo - HOUR, HOUR)
  const window = {
    minutes: HOUR,
    tickets: ticketsOf(recent, HOUR, lag),
    usual: usual === 'learning' ? null : usual,
    chance: null,
  }
  return {
    isFiring: isSilent(lag),
    window,
    windowOf: () => window,
    onset: () => settledTo - HOUR,
    ...calm((back) => isKnown(recent, HOUR, lag + back - 1) && !isSilent(lag + back - 1)),
  }
}

function unfetched(minutes: number, { nowMinute, sinceFetch, recent }: AlertInput): Seen {
  const since = sinceFetch ?? recent.counts.length
  const isFiring = since >= minutes
  const window = { minutes: since, tickets: 0, usual: null, chance: null }
  return {
    isFiring,
    window,
    windowOf: () => window,
    onset: () => nowMinute - since,
    isCalm: () => !isFiring,
    isQuiet: (calmSince) => calmSince !== null && nowMinute - calmSince >= QUIET_MINUTES,
  }
}

/** `isCalmAt(back)`: of the windows that end `back` minutes before the newest; the minute in progress is none. */
function calm(isCalmAt: (back: number) => boolean): Pick<Seen, 'isCalm' | 'isQuiet'> {
  return {
    isCalm: () => isCalmAt(1),
    isQuiet: () => {
      for (let back = 1; back <= QUIET_MINUTES; back++) if (!isCalmAt(back)) return false
      return true
    },
  }
}

function isKnown({ counts }: RecentCounts, minutes: number, back: number): boolean {
  for (let at = counts.length - back - minutes; at < counts.length - back; at++) {
    if ((counts[at] ?? null) === null) return false
  }
  return true
}

function firstTicket({ endMinute, counts }: RecentCounts, minutes: number): Minute {
  const from = Math.max(0, counts.length - minutes)
  const first = counts.findIndex((count, at) => at >= from && (count ?? 0) > 0)
  return endMinute - counts.length + Math.max(first, from)
}

/** To see that it is over, in minutes. */
const AFTERWARDS = 12

/** So many of the newest minutes a rule looks at: those that any does, and those that it counts over. */
export function minutesCounted(condition: AlertCondition): number {
  const counted =
    condition.kind === 'at-least' || condition.kind === 'nothing-fetched' ? condition.minutes : 0
  return Math.max(RECENT_MINUTES, counted + AFTERWARDS)
}
