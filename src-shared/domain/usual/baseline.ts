import { MINUTES_PER_DAY, MINUTES_PER_HOUR, type Minute } from '../minute.ts'
import { spreadInParts, type JudgedSteps, type Spread } from './spread.ts'
import { quantile, type Usual } from './tails.ts'
import { HOURS_PER_WEEK, hoursOfWeek } from './zone-hours.ts'

/**
 * Tickets by steps of five minutes from `startMinute` on, a multiple of five. Null: not known, or not to be learned from
 * (an own rehearsal, an import, an incident).
 */
export interface History {
  readonly startMinute: Minute
  readonly stepMinutes: 5
  readonly counts: readonly (number | null)[]
}

/** What was learned of one hour of the week. */
export interface BaselineCell {
  readonly tickets: number
  /** Hours that were known, with fractions: about one a week. */
  readonly hours: number
  /** Tickets and what the prior knowledge counts for: how sure the rate is. */
  readonly strength: number
  /** Tickets a minute. */
  readonly rate: number
}

/** What is usual by hour of the week (0: Monday's first), in a zone. */
export interface Baseline {
  readonly zone: string
  /** What began before this minute was learned from: the last hour is not, so that no storm is compared with itself. */
  readonly learnedTo: Minute
  readonly isLearning: boolean
  /** Days known, with fractions, and tickets in them. */
  readonly days: number
  readonly tickets: number
  readonly cells: readonly BaselineCell[]
  readonly spread: Spread
  readonly hourOfWeek: (minute: Minute) => number
}

export const LEARNED_WEEKS = 8
/** Less history than this says nothing. */
export const LEAST_DAYS = 14
export const LEAST_TICKETS = 50
/** How many weeks the mean of like days counts for. */
const PRIOR_WEEKS = 2
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY
const HOURS_PER_DAY = 24
const WEEKDAY_HOURS = 5 * HOURS_PER_DAY

/** The baseline at `nowMinute`, from the eight weeks that ended an hour earlier. Takes about 5 ms. */
export function makeBaseline(history: History, zone: string, nowMinute: Minute): Baseline {
  const parts = baselineInParts(history, zone, nowMinute)
  for (;;) {
    const { done, value } = parts.next()
    if (done === true) return value
  }
}

/** The same, a few milliseconds at a time: it yields after each part, for the caller to let others work. */
export function* baselineInParts(
  history: History,
  zone: string,
  nowMinute: Minute,
): Generator<undefined, Baseline> {
  const learnedTo = learnedAt(nowMinute)
  const steps = stepsBetween(history, learnedTo - LEARNED_WEEKS * MINUTES_PER_WEEK, learnedTo)
  const hourOfWeek = hoursOfWeek(zone)
  // Whoever made the history has worked for long enough.
  yield
  // The first question about a zone takes as long as all the others.
  hourOfWeek(learnedTo)
  yield
  const occurrences = hoursOf(steps, hourOfWeek)
  yield
  const { tickets, hours } = sums(occurrences)
  const priors = priorsOf(tickets, hours)
  const cells = tickets.map((count, cell) => cellOf(count, hours[cell] ?? 0, priors[cell] ?? 0))
  const days = hours.reduce((sum, known) => sum + known, 0) / HOURS_PER_DAY
  const all = tickets.reduce((sum, count) => sum + count, 0)
  const compared = judged(steps, occurrences, { tickets, hours, priors })
  yield
  const spread = yield* spreadInParts(compared)
  return {
    zone,
    learnedTo,
    isLearning: days < LEAST_DAYS || all < LEAST_TICKETS,
    days,
    tickets: all,
    cells,
    spread,
    hourOfWeek,
  }
}

/** Of each hour what the other weeks say: a count that is compared with itself looks more usual than it is. */
function judged(
  { counts, stepMinutes }: Steps,
  occurrences: readonly Occurrence[],
  { tickets, hours, priors }: Record<'tickets' | 'hours' | 'priors', readonly number[]>,
): JudgedSteps {
  const means = new Float64Array(counts.length)
  const doubts = new Float64Array(counts.length)
  const hourOfStep = new Int32Array(counts.length)
  occurrences.forEach((one, nth) => {
    const { cell, from, to } = one
    const others = cellOf(
      (tickets[cell] ?? 0) - one.tickets,
      (hours[cell] ?? 0) - one.hours,
      priors[cell] ?? 0,
    )
    means.fill(others.rate * stepMinutes, from, to)
    doubts.fill(1 / others.strength, from, to)
    hourOfStep.fill(nth, from, to)
  })
  return { counts, means, doubts, hours: hourOfStep }
}

/** Whether a baseline is still what `makeBaseline` would give, as long as its history was not changed. */
export function isCurrent(baseline: Baseline, nowMinute: Minute): boolean {
  return baseline.learnedTo === learnedAt(nowMinute)
}

/** Up to when the baseline at a minute learns: the full hour before the last one that is over. */
export function learnedAt(nowMinute: Minute): Minute {
  return (Math.floor(nowMinute / MINUTES_PER_HOUR) - 1) * MINUTES_PER_HOUR
}

/** How many tickets are usual in `[fromMinute, fromMinute + minutes)`. */
export function usualOf(baseline: Baseline, fromMinute: Minute, minutes: number): Usual | 'learning' {
  return baseline.isLearning ? 'learning' : expectedIn(baseline, fromMinute, minutes)
}

/** What 90 of 100 spans like this one have: nine in ten counts lie from `low` to `high`. Null while learning. */
export function bandOf(
  baseline: Baseline,
  fromMinute: Minute,
  minutes: number,
): { readonly low: number; readonly high: number } | null {
  const usual = usualOf(baseline, fromMinute, minutes)
  return usual === 'learning' ? null : { low: quantile(0.05, usual), high: quantile(0.95, usual) }
}

function expectedIn(baseline: Baseline, fromMinute: Minute, minutes: number): Usual {
  const toMinute = fromMinute + minutes
  let [mean, doubt] = [0, 0]
  let [cell, ofCell] = [cellAt(baseline, fromMinute), 0]
  const close = (): void => {
    mean += ofCell
    doubt += (ofCell * ofCell) / cell.strength
  }
  for (let at = fromMinute; at < toMinute;) {
    const next = Math.min(toMinute, (Math.floor(at / QUARTER) + 1) * QUARTER)
    const found = cellAt(baseline, at)
    if (found !== cell) {
      close()
      ;[cell, ofCell] = [found, 0]
    }
    ofCell += cell.rate * (next - at)
    at = next
  }
  close()
  return {
    mean,
    variance: baseline.spread.phi * mean + baseline.spread.kappaOf(minutes) * mean * mean + doubt,
  }
}

const QUARTER = 15

function cellAt(baseline: Baseline, minute: Minute): BaselineCell {
  return baseline.cells[baseline.hourOfWeek(minute)] ?? NO_CELL
}

function cellOf(tickets: number, hours: number, prior: number): BaselineCell {
  const strength = tickets + PRIOR_WEEKS * prior + 0.5
  return { tickets, hours, strength, rate: strength / (MINUTES_PER_HOUR * (hours + PRIOR_WEEKS)) }
}

interface Occurrence {
  readonly cell: number
  /** Steps. */
  readonly from: number
  readonly to: number
  readonly tickets: number
  readonly hours: number
}

interface Steps {
  readonly startMinute: Minute
  readonly stepMinutes: number
  readonly counts: readonly (number | null)[]
}

function stepsBetween({ startMinute, stepMinutes, counts }: History, from: Minute, to: Minute): Steps {
  const first = Math.max(0, Math.ceil((from - startMinute) / stepMinutes))
  const end = Math.max(first, Math.floor((to - startMinute) / stepMinutes))
  return { startMinute: startMinute + first * stepMinutes, stepMinutes, counts: counts.slice(first, end) }
}

/** The hours of a history one after another, each with what it had. */
function hoursOf(
  { startMinute, stepMinutes, counts }: Steps,
  hourOfWeek: Baseline['hourOfWeek'],
): Occurrence[] {
  const found: Occurrence[] = []
  let [from, cell, tickets, known] = [0, hourOfWeek(startMinute), 0, 0]
  const close = (to: number): void => {
    if (to > from) found.push({ cell, from, to, tickets, hours: known / MINUTES_PER_HOUR })
    ;[from, tickets, known] = [to, 0, 0]
  }
  for (let step = 0; step < counts.length; step++) {
    const minute = startMinute + step * stepMinutes
    if (minute % QUARTER === 0) {
      const now = hourOfWeek(minute)
      if (now !== cell) close(step)
      cell = now
    }
    const count = counts[step] ?? null
    if (count === null) continue
    tickets += count
    known += stepMinutes
  }
  close(counts.length)
  return found
}

function sums(occurrences: readonly Occurrence[]): { tickets: number[]; hours: number[] } {
  const tickets = Array.from<number>({ length: HOURS_PER_WEEK }).fill(0)
  const hours = Array.from<number>({ length: HOURS_PER_WEEK }).fill(0)
  for (const one of occurrences) {
    tickets[one.cell] = (tickets[one.cell] ?? 0) + one.tickets
    hours[one.cell] = (hours[one.cell] ?? 0) + one.hours
  }
  return { tickets, hours }
}

/** Tickets an hour on days of the same kind (weekday, weekend), the hours next to it counted half. */
function priorsOf(tickets: readonly number[], hours: readonly number[]): number[] {
  const kinds = [0, 1].map((kind) =>
    Array.from({ length: HOURS_PER_DAY }, (_, hour) => {
      let [count, known] = [0, 0]
      for (let cell = hour; cell < HOURS_PER_WEEK; cell += HOURS_PER_DAY) {
        if ((cell < WEEKDAY_HOURS ? 0 : 1) !== kind) continue
        count += tickets[cell] ?? 0
        known += hours[cell] ?? 0
      }
      return { count, known }
    }),
  )
  return tickets.map((_, cell) => {
    const day = kinds[cell < WEEKDAY_HOURS ? 0 : 1] ?? []
    let [count, known] = [0, 0]
    for (const [by, weight] of NEIGHBOURS) {
      const hour = day[((cell % HOURS_PER_DAY) + by + HOURS_PER_DAY) % HOURS_PER_DAY]
      if (hour === undefined || hour.known === 0) continue
      count += (weight * hour.count) / hour.known
      known += weight
    }
    return known === 0 ? 0 : count / known
  })
}

const NO_CELL: BaselineCell = { tickets: 0, hours: 0, strength: 0.5, rate: 0 }

const NEIGHBOURS = [
  [-1, 0.25],
  [0, 0.5],
  [1, 0.25],
] as const
