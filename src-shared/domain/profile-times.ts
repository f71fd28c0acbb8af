import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { mersenne } from 'pure-rand/generator/mersenne'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { poissonArrivals, sortedTimes } from './arrivals.ts'
import { timesOfShares, type Stretch } from './intensity.ts'
import { largestRemainder } from './largest-remainder.ts'
import type { Combination, Profile, ProfilePart, Spacing } from './profile.ts'
import { stretchesOf } from './profile-stretches.ts'

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
