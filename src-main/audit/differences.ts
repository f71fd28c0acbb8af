import { MAX_DIFFERENCES, type DifferenceKind } from '../../src-shared/contract/models.ts'
import type { Minute } from '../../src-shared/domain/minute.ts'

interface Difference {
  readonly minute: Minute
  readonly kind: DifferenceKind
}

/** How many there are of each kind. */
export type KindCounts = ReadonlyMap<DifferenceKind, number>

/** What an audit finds amiss: all of it is counted, and the first of it by minute is kept. */
export interface Differences<T extends Difference> {
  add(difference: T): void
  /** Those that are kept, in the order of their minutes, then of their coming. */
  listed(): readonly T[]
  /** How many more there are. */
  more(): number
  kinds(): KindCounts
}

/** So many come before those are sorted out that are not kept: a millisecond or two. */
const SORT_BATCH_SIZE = 1_000

/** `most`: as many are kept. */
export function createDifferences<T extends Difference>(most: number = MAX_DIFFERENCES): Differences<T> {
  const kinds = new Map<DifferenceKind, number>()
  let kept: T[] = []
  let count = 0
  /** What is not before it comes after all that are kept. */
  let fullUpTo = Infinity
  const firstOnes = (): T[] => kept.toSorted((a, b) => a.minute - b.minute).slice(0, most)
  return {
    add(difference) {
      count += 1
      kinds.set(difference.kind, (kinds.get(difference.kind) ?? 0) + 1)
      if (difference.minute >= fullUpTo) return
      kept.push(difference)
      if (kept.length < most + SORT_BATCH_SIZE) return
      kept = firstOnes()
      fullUpTo = kept.at(-1)?.minute ?? Infinity
    },
    listed: firstOnes,
    more: () => Math.max(0, count - most),
    kinds: () => kinds,
  }
}
