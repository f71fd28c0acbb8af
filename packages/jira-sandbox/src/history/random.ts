import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Numbers from 0 to less than 1; the same seed gives the same ones. */
export type RandomNumbers = () => number

export function randomNumbers(seed: number): RandomNumbers {
  const generator = xoroshiro128plus(seed)
  return () => uniformFloat64(generator)
}

/** How many of things come that know nothing of each other, where `expected` do on average: at most some hundreds. */
export function poissonCount(random: RandomNumbers, expected: number): number {
  const least = Math.exp(-expected)
  let count = 0
  for (let product = random(); product > least; product *= random()) count++
  return count
}
