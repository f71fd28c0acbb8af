import type { Minute } from '../minute.ts'
import { usualOf, type Baseline } from './baseline.ts'
import { chanceOf, daysBetween } from './often.ts'
import { quantile, upperTail } from './tails.ts'
import {
  comparedWindow,
  comparedWindows,
  isCalm,
  isMore,
  LEAST_ALARMING,
  onsetOf,
  ticketsOf,
  type ComparedWindow,
  type RecentCounts,
} from './windows.ts'

/** What is said of now. Counts are of the window of `minutes` that ends now and that chance explains least. */
export interface VerdictNow {
  /** `unusual` only colours a bar; `high` is what an alarm about once a month would tell. */
  readonly state: 'learning' | 'usual' | 'unusual' | 'high' | 'unknown'
  readonly minutes: number
  readonly tickets: number
  /** Null while nothing is known of what is usual, as are the ones below. */
  readonly mean: number | null
  /** 95 of 100 such windows have no more. */
  readonly seldomOver: number | null
  /** Probability that chance alone has as many in such a window. */
  readonly chance: number | null
  /** Chance alone does this about once in so many days. */
  readonly onceInDays: number | null
  /** Where it began; null where nothing is unusual. */
  readonly onsetMinute: Minute | null
  /** The factor of a storm that would be seen within a quarter of an hour, nine times in ten. */
  readonly smallestStorm: number | null
}

/** Less probable than this is unusual. */
export const UNUSUAL = 1e-3
/** So many newest minutes must be unknown, and what is now is unknown. */
const UNKNOWN_MINUTES = 2

/** The window that is told while nothing is unusual, in minutes. */
const SHORTEST = 5

/** What is said of the newest minutes. */
export function verdictOf(baseline: Baseline, recent: RecentCounts): VerdictNow {
  const least = comparedWindows(baseline, recent)[0]
  const isUnknown = recent.counts.slice(-UNKNOWN_MINUTES).every((count) => count === null)
  if (isUnknown || least === undefined) {
    const tickets = ticketsOf(recent, SHORTEST)
    return { ...NOTHING, state: isUnknown ? 'unknown' : 'learning', minutes: SHORTEST, tickets }
  }
  // The first minute of a storm comes after calm ones.
  const isOver = isCalm(baseline, recent, 1) && !isMore(baseline, recent, 0)
  const state = stateOf(least, isOver)
  const told = state === 'usual' ? (comparedWindow(baseline, recent, SHORTEST) ?? least) : least
  return {
    state,
    minutes: told.minutes,
    tickets: told.tickets,
    mean: told.usual.mean,
    seldomOver: quantile(0.95, told.usual),
    chance: told.chance,
    onceInDays: daysBetween(told.chance),
    onsetMinute: state === 'usual' ? null : onsetOf(baseline, recent),
    smallestStorm: smallestStorm(baseline, recent.endMinute),
  }
}

/** What is over since a quarter of an hour is unusual at most. */
function stateOf({ tickets, chance }: ComparedWindow, isOver: boolean): 'usual' | 'unusual' | 'high' {
  if (chance >= UNUSUAL) return 'usual'
  return !isOver && tickets >= LEAST_ALARMING && chance < chanceOf('month') ? 'high' : 'unusual'
}

const NOTHING = {
  mean: null,
  seldomOver: null,
  chance: null,
  onceInDays: null,
  onsetMinute: null,
  smallestStorm: null,
} as const

const SEEN_WITHIN = 15
const SEEN_SHARE = 0.9
/** Larger storms are of no use as a figure. */
const LARGEST_STORM = 10_000

/**
 * The factor, to a tenth below ten, by which tickets must multiply from `minute` on to be seen within a quarter of an hour nine
 * times in ten. Null while learning, and where even ten thousand times as many would not be.
 */
function smallestStorm(baseline: Baseline, minute: Minute): number | null {
  const usual = usualOf(baseline, minute, SEEN_WITHIN)
  if (usual === 'learning') return null
  const least = Math.max(LEAST_ALARMING, 1 + quantile(1 - chanceOf('month'), usual))
  const isSeen = (factor: number): boolean => {
    const mean = factor * usual.mean
    return upperTail(least, { mean, variance: (usual.variance / usual.mean) * mean }) >= SEEN_SHARE
  }
  let [low, high] = [1, LARGEST_STORM]
  if (usual.mean === 0 || !isSeen(high)) return null
  while (high - low > 0.05) {
    const middle = (low + high) / 2
    if (isSeen(middle)) high = middle
    else low = middle
  }
  return high < 10 ? Math.ceil(high * 10) / 10 : Math.ceil(high)
}
