import type { Minute } from '../minute.ts'
import { usualOf, type Baseline } from './baseline.ts'
import { upperTail, type Usual } from './tails.ts'

/**
 * The newest minutes, each with its tickets: the last is the one in progress, before `endMinute`. `RECENT_MINUTES` of
 * them. Null: not known.
 */
export interface RecentCounts {
  readonly endMinute: Minute
  readonly counts: readonly (number | null)[]
}

/** An hour, ten minutes to see that it is over, and the index lag. */
export const RECENT_MINUTES = 90

/** How long the spans are that are compared with what is usual, in minutes. */
export const COMPARED_MINUTES = [5, 15, 60] as const
/** The window whose count says whether it is over. */
const CALM_WINDOW = 15
const LONGEST = 60

/** Fewer tickets are never an alarm. */
export const LEAST_ALARMING = 5

/** A window that ends with the newest minutes: its tickets, what is usual, and how often chance alone has as many. */
export interface ComparedWindow {
  readonly minutes: number
  readonly tickets: number
  readonly usual: Usual
  readonly chance: number
}

/** Tickets of `minutes`, up to `back` before the newest; minutes that are not known have none. */
export function ticketsOf({ counts }: RecentCounts, minutes: number, back = 0): number {
  let sum = 0
  for (let at = counts.length - back - minutes; at < counts.length - back; at++) sum += counts[at] ?? 0
  return sum
}

/**
 * The windows that end with the minute in progress and with the one before it, against the baseline; the least probable
 * first. None while learning. Nothing before `clearedTo` is in one.
 */
export function comparedWindows(
  baseline: Baseline,
  recent: RecentCounts,
  clearedTo = Number.NEGATIVE_INFINITY,
): readonly ComparedWindow[] {
  const found: ComparedWindow[] = []
  for (const longest of COMPARED_MINUTES) {
    for (let back = 0; back <= 1; back++) {
      const end = recent.endMinute - back
      const minutes = Math.min(longest, end - clearedTo)
      if (minutes <= 0) continue
      const usual = usualOf(baseline, end - minutes, minutes)
      if (usual === 'learning') return []
      const tickets = ticketsOf(recent, minutes, back)
      found.push({ minutes, tickets, usual, chance: upperTail(tickets, usual) })
    }
  }
  return found.toSorted((a, b) => a.chance - b.chance)
}

/** The window of that length that has more of the minute in progress and the one before it. Null while learning. */
export function comparedWindow(
  baseline: Baseline,
  recent: RecentCounts,
  minutes: number,
): ComparedWindow | null {
  const back = ticketsOf(recent, minutes) >= ticketsOf(recent, minutes, 1) ? 0 : 1
  const usual = usualOf(baseline, recent.endMinute - back - minutes, minutes)
  if (usual === 'learning') return null
  const tickets = ticketsOf(recent, minutes, back)
  return { minutes, tickets, usual, chance: upperTail(tickets, usual) }
}

/** Whether the quarter of an hour that ended `back` minutes before the newest is known, and no more than usual. */
export function isCalm(baseline: Baseline, recent: RecentCounts, back: number): boolean {
  const end = recent.counts.length - back
  for (let at = end - CALM_WINDOW; at < end; at++) if ((recent.counts[at] ?? null) === null) return false
  return !isMore(baseline, recent, back)
}

/** Whether that quarter of an hour has more than usual, as far as it is known. */
export function isMore(baseline: Baseline, recent: RecentCounts, back: number): boolean {
  const usual = usualOf(baseline, recent.endMinute - back - CALM_WINDOW, CALM_WINDOW)
  if (usual === 'learning') return false
  return ticketsOf(recent, CALM_WINDOW, back) > usual.mean + Math.sqrt(usual.variance)
}

/** Where what is unusual began: the start within the last hour that chance explains least. Null: nothing is. */
export function onsetOf(baseline: Baseline, { endMinute, counts }: RecentCounts): Minute | null {
  let [best, onset]: [number, Minute | null] = [0, null]
  let tickets = 0
  for (let back = 1; back <= LONGEST; back++) {
    const count = counts[counts.length - back] ?? 0
    tickets += count
    // Such a span begins with a ticket.
    if (count === 0) continue
    const usual = usualOf(baseline, endMinute - back, back)
    if (usual === 'learning') return null
    if (tickets <= usual.mean || usual.mean === 0) continue
    const likelihood = tickets * Math.log(tickets / usual.mean) - (tickets - usual.mean)
    if (likelihood > best) [best, onset] = [likelihood, endMinute - back]
  }
  return onset
}
