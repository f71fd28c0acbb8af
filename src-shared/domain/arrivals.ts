import { uniformInt } from 'pure-rand/distribution/uniformInt'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

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
