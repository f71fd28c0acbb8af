/** How many tickets of how many had something, in one of the spans that a share is learned from. */
export interface ShareCount {
  readonly count: number
  readonly of: number
}

/** What is known of a share: as if `successes` of `successes + failures` tickets had been seen. */
interface LearnedShare {
  readonly successes: number
  readonly failures: number
}

/**
 * A share as it was in earlier spans, half a ticket added to either side. Where those differ among themselves more than
 * chance explains, as clumps of tickets make them, they count for as much less.
 */
export function learnedShare(spans: readonly ShareCount[]): LearnedShare {
  const count = sum(spans.map((span) => span.count))
  const of = sum(spans.map((span) => span.of))
  const spread = spreadOf(spans, (count + 0.5) / (of + 1))
  return { successes: (count + 0.5) / spread, failures: (of - count + 0.5) / spread }
}

/** Pearson's χ² by its degrees of freedom, at least 1. */
function spreadOf(spans: readonly ShareCount[], share: number): number {
  const seen = spans.filter(({ of }) => of > 0)
  if (seen.length < 2) return 1
  const squares = seen.map(({ count, of }) => (count - of * share) ** 2 / (of * share * (1 - share)))
  return Math.max(1, sum(squares) / (seen.length - 1))
}

/** The mean of a learned share. */
export function shareMean({ successes, failures }: LearnedShare): number {
  return successes / (successes + failures)
}

/**
 * P(at least `count` of `of` tickets), where each is one with a share that is known as well as it was learned: the upper
 * tail of a beta-binomial. Small tails keep their digits.
 */
export function shareTail(count: number, of: number, { successes, failures }: LearnedShare): number {
  if (count <= 0) return 1
  if (count > of) return 0
  let term = Math.exp(
    lnGamma(of + 1) -
      lnGamma(count + 1) -
      lnGamma(of - count + 1) +
      lnBeta(count + successes, of - count + failures) -
      lnBeta(successes, failures),
  )
  let tail = 0
  for (let k = count; k <= of && term > 0; k++) {
    tail += term
    term *= (((of - k) / (k + 1)) * (k + successes)) / (of - k - 1 + failures)
    if (term < 1e-17 * tail && k > (of * successes) / (successes + failures)) break
  }
  return Math.min(1, tail)
}

function lnBeta(a: number, b: number): number {
  return lnGamma(a) + lnGamma(b) - lnGamma(a + b)
}

/** Stirling's series from 16 on, before that by its recurrence. */
function lnGamma(x: number): number {
  let at = x
  let below = 0
  for (; at < 16; at++) below += Math.log(at)
  const square = at * at
  const series = (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / at
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - below
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}
