import { firstState, nextState, type AlertState } from '../../src-shared/domain/usual/alert.ts'
import { makeBaseline, usualOf, type Baseline } from '../../src-shared/domain/usual/baseline.ts'
import type { AlertCondition } from '../../src-shared/domain/usual/condition.ts'
import type { Usual } from '../../src-shared/domain/usual/tails.ts'
import { RECENT_MINUTES } from '../../src-shared/domain/usual/windows.ts'
import { dayFactor, draw, randomOf, rateIn, type Random, type Site } from './arrivals.ts'

/** A Monday, 00:00 UTC. */
const START = 26_798_400
export const MINUTES_PER_DAY = 1_440
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY
const TESTED_DAYS = 14

/** A site with some weeks behind it: what was learned of them, and the minutes that follow. */
export interface Trial {
  readonly baseline: Baseline
  readonly startMinute: number
  /** The counts of the history, by five minutes. */
  readonly history: readonly number[]
  readonly counts: number[]
}

export function trialOf(site: Site, weeks: number, random: Random, days = TESTED_DAYS): Trial {
  const history = drawn(site, weeks * 7, 5, random)
  const startMinute = START + weeks * MINUTES_PER_WEEK
  const baseline = makeBaseline(
    { startMinute: START, stepMinutes: 5, counts: history },
    'UTC',
    startMinute + 60,
  )
  return { baseline, startMinute, history, counts: drawn(site, days, 1, random) }
}

function drawn(site: Site, days: number, stepMinutes: number, random: Random): number[] {
  const counts: number[] = []
  for (let day = 0; day < days; day++) {
    const factor = dayFactor(site, random)
    for (let hour = 0; hour < 24; hour++) {
      const mean = factor * rateIn(site, (day % 7) * 24 + hour) * stepMinutes
      for (let step = 0; step < 60 / stepMinutes; step++) counts.push(draw(mean, site.ratio, random))
    }
  }
  return counts
}

/** The minutes at which alerts of a rule start, told by the product's own state machine. */
export function startsOf(condition: AlertCondition, { baseline, startMinute, counts }: Trial): number[] {
  const found: number[] = []
  const mayFire = condition.kind === 'too-quiet' ? isEmpty(counts) : filterOf(baseline, startMinute, counts)
  let state: AlertState = firstState(startMinute)
  for (let at = RECENT_MINUTES; at < counts.length; at++) {
    // What can neither fire nor is about an alert leaves the state as it is.
    if (state.alert === null && !mayFire(at)) continue
    const nowMinute = startMinute + at
    const next = nextState(condition, state, {
      nowMinute,
      recent: { endMinute: nowMinute + 1, counts: counts.slice(at + 1 - RECENT_MINUTES, at + 1) },
      settledTo: nowMinute + 1,
      sinceFetch: 0,
      isKnown: true,
      baseline,
      newAlertId: String(nowMinute),
    })
    state = next.state
    if (next.transitions.some(({ kind, isReopened }) => kind === 'started' && !isReopened)) found.push(at)
  }
  return found
}

/** Whether the hour that ends with a minute has no ticket. */
function isEmpty(counts: readonly number[]): (at: number) => boolean {
  return (at) => counts.slice(at - 59, at + 1).every((count) => count === 0)
}

/** Whether a window that ends with a minute has five tickets, and three standard deviations more than usual: none else is so improbable. */
function filterOf(
  baseline: Baseline,
  startMinute: number,
  counts: readonly number[],
): (at: number) => boolean {
  const usuals = new Map<number, Usual>()
  const sums = new Float64Array(counts.length + 1)
  counts.forEach((count, at) => (sums[at + 1] = (sums[at] ?? 0) + count))
  return (at) =>
    [5, 15, 60].some((length) => {
      const tickets = (sums[at + 1] ?? 0) - (sums[at + 1 - length] ?? 0)
      if (tickets < 5) return false
      const key = (at % MINUTES_PER_WEEK) * 100 + length
      let usual = usuals.get(key)
      if (usual === undefined) {
        const found = usualOf(baseline, startMinute + at + 1 - length, length)
        if (found === 'learning') return false
        usuals.set(key, (usual = found))
      }
      return tickets > usual.mean + 3 * Math.sqrt(usual.variance)
    })
}

/** Days between false alarms with what 95 of 100 such simulations would say at least and at most. */
export interface DaysBetween {
  readonly days: number
  readonly least: number
  readonly most: number
}

/** Of alarms in spans of equal length: their spread tells how sure the mean is. */
function meanDays(alarms: readonly number[], daysEach: number): DaysBetween {
  const mean = alarms.reduce((sum, count) => sum + count, 0) / alarms.length
  const variance = alarms.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (alarms.length - 1)
  const off = 1.96 * Math.sqrt(variance / alarms.length)
  return { days: daysEach / mean, least: daysEach / (mean + off), most: daysEach / Math.max(0, mean - off) }
}

/** Days between false alarms of rules on a site where nothing ever happens. */
export function falseAlarms<Name extends string>(
  rules: Readonly<Record<Name, (trial: Trial) => number>>,
  {
    site,
    weeks,
    days,
    seed,
  }: { readonly site: Site; readonly weeks: number; readonly days: number; readonly seed: number },
): Record<Name, DaysBetween> {
  const random = randomOf(seed)
  const names = Object.keys(rules) as Name[]
  const alarms = new Map<Name, number[]>(names.map((name) => [name, []]))
  for (let day = 0; day < days; day += TESTED_DAYS) {
    const trial = trialOf(site, weeks, random)
    for (const name of names) alarms.get(name)?.push(rules[name](trial))
  }
  return Object.fromEntries(
    names.map((name) => [name, meanDays(alarms.get(name) ?? [], TESTED_DAYS)]),
  ) as Record<Name, DaysBetween>
}
