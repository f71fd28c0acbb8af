import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'

/**
 * When each of `count` tickets arrives: whole milliseconds in `[0, spanMs)`, sorted. A Poisson process that is known to
 * bring `count` arrivals brings them independently and uniformly over the span, so the minutes vary as in life while
 * the total is exact. Only integer arithmetic is used: a seed gives the same times on every platform.
 */
export function poissonArrivals(count: number, spanMs: number, seed: number): number[] {
  const random = mersenne(seed)
  const offsets = Array.from({ length: count }, () => uniformInt(random, 0, spanMs - 1))
  return offsets.toSorted((a, b) => a - b)
}
