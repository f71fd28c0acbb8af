import { learnedShare, shareMean, shareTail } from './share.ts'

/** The tickets of one span: how many, and how many of them have each value of a field. */
export interface SpanShares {
  readonly tickets: number
  /** By field, then by value. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, number>>
}

/** A value that more tickets have than usual. */
export interface DifferingValue {
  readonly by: string
  readonly value: string
  readonly tickets: number
  /** Of 1. */
  readonly share: number
  readonly usualShare: number
  /** How often chance alone has as many of any value that was looked at. */
  readonly chance: number
}

/** Of fewer tickets nothing is said. */
export const LEAST_DIFFERING = 5
/** What chance has more often is not shown. */
const MOST_CHANCE = 0.01

/**
 * The values that more of the tickets have than usual, the least explained by chance first; `looked` is how many values
 * there were, for which chances are corrected (Šidák). `earlier` are the same hours of previous weeks.
 */
export function differingValues(
  now: SpanShares,
  earlier: readonly SpanShares[],
): { readonly looked: number; readonly differing: readonly DifferingValue[] } {
  const found: DifferingValue[] = []
  const looked = [...now.values.values()].reduce((sum, values) => sum + values.size, 0)
  for (const [by, values] of now.values) {
    for (const [value, tickets] of values) {
      if (tickets < LEAST_DIFFERING) continue
      const usual = learnedShare(
        earlier.map((span) => ({ count: span.values.get(by)?.get(value) ?? 0, of: span.tickets })),
      )
      const [share, usualShare] = [tickets / now.tickets, shareMean(usual)]
      if (share <= usualShare) continue
      const alone = shareTail(tickets, now.tickets, usual)
      // 1 − (1 − p)ⁿ, without losing the digits of a small p.
      const chance = -Math.expm1(looked * Math.log1p(-Math.min(alone, 1 - 1e-16)))
      if (chance <= MOST_CHANCE) found.push({ by, value, tickets, share, usualShare, chance })
    }
  }
  return { looked, differing: found.toSorted((a, b) => a.chance - b.chance || b.tickets - a.tickets) }
}
