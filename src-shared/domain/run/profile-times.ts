import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { nothingMade } from '../../errors/app-error.ts'
import { MS_PER_MINUTE } from '../minute.ts'
import {
  writtenProfile,
  type Combination,
  type Profile,
  type ProfilePart,
  type Shape,
  type Spacing,
  type Spike,
} from './profile.ts'

const NONE: Stretch = { fromMs: 0, toMs: 0, fromRate: 0, toRate: 0 }
/** How many straight lines stand for one wave: at no time is the share of tickets that came 1/5,000 away from its own. */
const LINES_PER_WAVE = 64
const DEFAULT_SPIKE_SHARE = 12
const MS_PER_HOUR = 3_600_000

/**
 * When each of `count` tickets arrives under a profile: whole milliseconds in `[0, spanMs)`, sorted. A seed gives the same
 * times on every platform; with `steady` those of `poissonArrivals`. Throws `usage` where the profile does not fit.
 */
export function profileTimes(
  profile: Profile,
  asked: { count: number; spanMs: number; seed: number },
): number[] {
  const { count, spanMs, seed } = asked
  const random = mersenne(seed)
  if (profile.kind === 'parts') return combinedTimes(profile, { count, spanMs }, random)
  return timesWithin(stretchesOf(profile, spanMs), { count, spacing: profile.spacing }, random)
}

/**
 * When the storm of a run begins, in ms after its start: its spike, or the first of its busiest parts. A run that has
 * neither is a storm from its start.
 */
export function stormBegins(profile: Profile, spanMs: number): number {
  if (profile.kind === 'spike') return profile.height > 1 ? spikeBegins(profile, spanMs) : 0
  if (profile.kind !== 'parts') return 0
  const { parts } = profile
  const rates = parts.map(({ from, to }) => Math.max(from, to))
  const busiest = rates.indexOf(Math.max(...rates))
  const before = sum(parts.slice(0, busiest).map(({ ms }) => ms))
  return Math.round((before / sum(parts.map(({ ms }) => ms))) * spanMs)
}

function spikeBegins({ atMs }: Spike, spanMs: number): number {
  return atMs ?? Math.floor(spanMs / 2)
}

/** How many tickets a combination brings and how long it takes, as it is written. */
export function ownSize({ parts }: Combination): { count: number; spanMs: number } {
  return {
    count: Math.round(sum(parts.map(exactTickets))),
    spanMs: sum(parts.map(({ ms }) => ms)),
  }
}

function exactTickets({ ms, from, to }: ProfilePart): number {
  return (((from + to) / 2) * ms) / MS_PER_HOUR
}

function combinedTimes(
  { parts }: Combination,
  { count, spanMs }: { count: number; spanMs: number },
  random: RandomGenerator,
): number[] {
  const counts = largestRemainder(parts.map(exactTickets), count)
  const ownMs = sum(parts.map(({ ms }) => ms))
  let passedMs = 0
  return parts.flatMap(({ ms, from, to, spacing }, index) => {
    // A part that scaling leaves no millisecond keeps its tickets all the same, in the last one before it.
    const startMs = Math.min(spanMs - 1, Math.round((passedMs / ownMs) * spanMs))
    passedMs += ms
    const endMs = Math.max(startMs + 1, Math.round((passedMs / ownMs) * spanMs))
    const stretch = { fromMs: 0, toMs: endMs - startMs, fromRate: from, toRate: to }
    const times = timesWithin([stretch], { count: counts[index] ?? 0, spacing }, random)
    return times.map((offsetMs) => startMs + offsetMs)
  })
}

/** The same gap everywhere, and half of it at both ends. */
function evenTimes(count: number, spanMs: number): number[] {
  // Both products are whole numbers that a float holds exactly.
  return Array.from({ length: count }, (_, index) => Math.floor(((2 * index + 1) * spanMs) / (2 * count)))
}

/** Whole milliseconds from 0 up to, and without, the end of the last stretch; sorted. */
function timesWithin(
  stretches: readonly Stretch[],
  { count, spacing }: { count: number; spacing: Spacing },
  random: RandomGenerator,
): number[] {
  if (count === 0) return []
  const endMs = stretches.at(-1)?.toMs ?? 1
  const [first] = stretches
  const isFlat = stretches.length === 1 && first?.fromRate === first?.toRate
  if (isFlat) return spacing === 'steady' ? poissonArrivals(count, endMs, random) : evenTimes(count, endMs)
  const shares =
    spacing === 'even'
      ? Array.from({ length: count }, (_, index) => (index + 0.5) / count)
      : sortedTimes(count, () => uniformFloat64(random))
  return timesOfShares(stretches, shares).map((ms) => Math.min(endMs - 1, Math.floor(ms)))
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

/** The intensity of a profile over a run of a length. Throws `usage` where a spike does not fit into it. */
function stretchesOf(shape: Shape, spanMs: number): Stretch[] {
  switch (shape.kind) {
    case 'flat':
      return [{ fromMs: 0, toMs: spanMs, fromRate: 1, toRate: 1 }]
    case 'ramp':
      return [{ fromMs: 0, toMs: spanMs, fromRate: shape.from, toRate: shape.to }]
    case 'spike':
      return spikeStretches(shape, spanMs)
    default:
      return waveStretches(shape.waves, spanMs)
  }
}

function spikeStretches(spike: Spike & Shape, spanMs: number): Stretch[] {
  const atMs = spikeBegins(spike, spanMs)
  const usualMs = Math.min(Math.floor(spanMs / DEFAULT_SPIKE_SHARE), spanMs - atMs)
  const endMs = atMs + (spike.longMs ?? usualMs)
  const written = writtenProfile(spike)
  if (atMs >= spanMs || endMs > spanMs) {
    const when = atMs >= spanMs ? `begins at minute ${minutes(atMs)}` : `ends at minute ${minutes(endMs)}`
    throw nothingMade(
      'usage',
      `The spike of "${written}" ${when}, and the run is ${minutes(spanMs)} minutes long.`,
      'Let it begin earlier, make it shorter, or give the run more minutes.',
    )
  }
  const stretches = [
    { fromMs: 0, toMs: atMs, fromRate: 1, toRate: 1 },
    { fromMs: atMs, toMs: endMs, fromRate: spike.height, toRate: spike.height },
    { fromMs: endMs, toMs: spanMs, fromRate: 1, toRate: 1 },
  ].filter(({ fromMs, toMs, fromRate }) => toMs > fromMs && fromRate > 0)
  if (stretches.length > 0) return stretches
  throw nothingMade(
    'usage',
    `"${written}" leaves no time for any ticket.`,
    'Give the spike a height above 0, or make it shorter than the run.',
  )
}

function minutes(ms: number): string {
  return String(Math.round((ms / MS_PER_MINUTE) * 100) / 100)
}

/** 1 − cos: nothing where a wave begins and ends, twice the mean at its top. */
function waveStretches(waves: number, spanMs: number): Stretch[] {
  const lines = waves * LINES_PER_WAVE
  return Array.from({ length: lines }, (_, line) => ({
    fromMs: (spanMs * line) / lines,
    toMs: (spanMs * (line + 1)) / lines,
    fromRate: rateAt(line),
    toRate: rateAt(line + 1),
  }))
}

function rateAt(line: number): number {
  return 1 - cosineOfTurn((line % LINES_PER_WAVE) / LINES_PER_WAVE)
}

/** A stretch of time in which the rate goes evenly from one value to another. Milliseconds from the start of the run. */
export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  /** Relative: only their proportions count. Never negative. */
  readonly fromRate: number
  readonly toRate: number
}

/**
 * The inverse of the cumulative intensity of stretches that follow each other: takes shares of all arrivals, in [0, 1] and
 * sorted, and gives the times (ms, fractional, sorted) up to which they have come. Only operations that IEEE 754 rounds
 * the same everywhere (+ − × ÷ and the square root): a share gives the same time on every platform.
 */
export function timesOfShares(stretches: readonly Stretch[], shares: readonly number[]): number[] {
  const total = sum(stretches.map(weightOf))
  let at = 0
  let before = 0
  let lastMs = 0
  return shares.map((share) => {
    const wanted = share * total
    let here = weightOf(stretches[at])
    while (at < stretches.length - 1 && before + here <= wanted) {
      before += here
      at += 1
      here = weightOf(stretches[at])
    }
    // Rounding must not put a time before the last one.
    lastMs = Math.max(lastMs, timeWithin(stretches[at], wanted - before))
    return lastMs
  })
}

/** What a stretch contributes to all arrivals, in units of rate × ms. */
export function weightOf(stretch: Stretch | undefined): number {
  const { fromMs, toMs, fromRate, toRate } = stretch ?? NONE
  return ((fromRate + toRate) / 2) * (toMs - fromMs)
}

/** The time at which a stretch has brought `weight`: the root of a parabola, in the form that loses no digits. */
function timeWithin(stretch: Stretch | undefined, weight: number): number {
  const { fromMs, toMs, fromRate, toRate } = stretch ?? NONE
  if (toMs === fromMs) return fromMs
  const slope = (toRate - fromRate) / (toMs - fromMs)
  const root = Math.sqrt(Math.max(0, fromRate * fromRate + 2 * slope * weight))
  const divisor = fromRate + root
  const afterMs = divisor > 0 ? (2 * weight) / divisor : 0
  return Math.min(toMs, fromMs + afterMs)
}

/** The cosine of a whole turn's share, by a polynomial of our own: `Math.cos` may differ in its last digit between machines. */
export function cosineOfTurn(turn: number): number {
  const inTurn = turn - Math.floor(turn)
  const half = inTurn > 0.5 ? 1 - inTurn : inTurn
  return half > 0.25 ? -firstQuarter(0.5 - half) : firstQuarter(half)
}

/** Taylor's series to the 18th power: exact to 12 digits on a quarter of a turn. */
function firstQuarter(turn: number): number {
  const angle = turn * 2 * Math.PI
  const square = angle * angle
  let series = 1
  for (let power = 18; power >= 2; power -= 2) series = 1 - (series * square) / (power * (power - 1))
  return series
}

/**
 * Whole numbers in proportion to the weights that add up to `count` exactly: each weight's exact share without its
 * fraction, and one more for those with the largest fractions (the first ones where they are equal).
 */
export function largestRemainder(weights: readonly number[], count: number): number[] {
  const total = sum(weights)
  const shares = weights.map((weight) => (weight / total) * count)
  const numbers = shares.map(Math.floor)
  const rest = count - sum(numbers)
  const byFraction = shares
    .map((share, index) => ({ index, fraction: share - Math.floor(share) }))
    .toSorted((a, b) => b.fraction - a.fraction || a.index - b.index)
  for (const { index } of byFraction.slice(0, rest)) numbers[index] = (numbers[index] ?? 0) + 1
  return numbers
}

/**
 * When each of `count` tickets arrives: whole milliseconds in `[0, spanMs)`, sorted. A Poisson process that is known to
 * bring `count` arrivals brings them independently and uniformly over the span, so the minutes vary as in life while
 * the total is exact. Only integer arithmetic is used: a seed gives the same times on every platform.
 */
export function poissonArrivals(count: number, spanMs: number, random: RandomGenerator): number[] {
  return sortedTimes(count, () => uniformInt(random, 0, spanMs - 1))
}

/** `count` numbers in order; `at` is asked for them one after the other. */
export function sortedTimes(count: number, at: (index: number) => number): number[] {
  const times = new Float64Array(count)
  for (let index = 0; index < count; index++) times[index] = at(index)
  // Sorts numbers as numbers, and 100,000 of them in a few ms.
  return Array.from(times.toSorted())
}
