import { median, percentile } from '../bench.ts'
import { verdictOf } from '../../src-shared/domain/usual/verdict.ts'
import { draw, randomOf, rateIn, type Random, type Site } from './arrivals.ts'
import { trialOf, type Trial } from './false-alarms.ts'
import { METHODS } from './methods.ts'

/** Storms last so long, and none is found later, in minutes. */
const LONGEST = 240
const QUIET = 180

export type MethodName = keyof typeof METHODS

/** Minutes from a storm's begin to the end of the minute in which it is told; `found`: the share told within four hours. */
export interface Delay {
  readonly median: number
  readonly p90: number
  readonly found: number
}

/** Storms of a factor on a site with six weeks behind it, at any time of a day; each method on the same minutes. */
export function delaysOf(
  site: Site,
  factor: number,
  { storms, seed }: { readonly storms: number; readonly seed: number },
): Record<MethodName, Delay> {
  const random = randomOf(seed)
  const names = Object.keys(METHODS) as MethodName[]
  const minutes = new Map<MethodName, number[]>(names.map((name) => [name, []]))
  for (let storm = 0; storm < storms; storm++) {
    const { trial, onset } = stormy(trialOf(site, 6, random, 1), site, factor, random)
    for (const name of names) {
      // What is told before the storm is a false alarm, and is no finding.
      const told = [...METHODS[name](trial, 60)].find((at) => at >= onset)
      minutes.get(name)?.push(told === undefined ? Infinity : told - onset + 1)
    }
  }
  return Object.fromEntries(names.map((name) => [name, delayOf(minutes.get(name) ?? [])])) as Record<
    MethodName,
    Delay
  >
}

function delayOf(minutes: readonly number[]): Delay {
  return {
    median: median(minutes),
    p90: percentile(minutes, 0.9),
    found: minutes.filter((one) => one <= LONGEST).length / minutes.length,
  }
}

function stormy(trial: Trial, site: Site, factor: number, random: Random): { trial: Trial; onset: number } {
  const onset = QUIET + Math.floor(random() * (trial.counts.length - QUIET - LONGEST))
  const counts = trial.counts.slice(0, onset + LONGEST)
  for (let at = onset; at < counts.length; at++) {
    counts[at] = draw(
      factor * rateIn(site, trial.baseline.hourOfWeek(trial.startMinute + at)),
      site.ratio,
      random,
    )
  }
  return { trial: { ...trial, counts }, onset }
}

/** The factor that the product says would be seen within a quarter of an hour, and the share of such storms that is. */
export function smallestStorms(
  site: Site,
  { storms, seed }: { readonly storms: number; readonly seed: number },
): { readonly factor: number; readonly seen: number } {
  const random = randomOf(seed)
  const factors: number[] = []
  let seen = 0
  for (let storm = 0; storm < storms; storm++) {
    const quiet = trialOf(site, 6, random, 1)
    const endMinute = quiet.startMinute + 720
    const factor =
      verdictOf(quiet.baseline, { endMinute, counts: quiet.counts.slice(630, 720) }).smallestStorm ?? Infinity
    factors.push(factor)
    const { trial, onset } = stormy(quiet, site, factor, random)
    const told = METHODS.ours(trial).find((at) => at >= onset) ?? Infinity
    if (told - onset < 15) seen++
  }
  return { factor: median(factors), seen: seen / storms }
}
