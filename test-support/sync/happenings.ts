import fc from 'fast-check'
import { history, type Happening } from './history.ts'

/** So many happenings of these kinds, the same ones for the same seed. */
export function someHappenings(
  seed: number,
  kinds: readonly Happening['kind'][],
  count: number,
): readonly Happening[] {
  const histories = fc.sample(history, { seed, numRuns: count })
  const wanted = histories.flat().filter(({ kind }) => kinds.includes(kind))
  return wanted.slice(0, count)
}
