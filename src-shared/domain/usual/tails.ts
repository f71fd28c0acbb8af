/** How many tickets are usual in some span: mean and variance of their number. */
export interface Usual {
  readonly mean: number
  readonly variance: number
}

/**
 * P(X ≥ count) of a negative binomial of that mean and variance; of a Poisson where the variance is no larger than the
 * mean. Small tails keep their digits: they are summed, not taken from 1.
 */
export function upperTail(count: number, usual: Usual): number {
  if (count <= 0) return 1
  if (usual.mean <= 0) return 0
  const law = lawOf(usual)
  return count > usual.mean ? sumFrom(count, law) : 1 - sumBelow(count, law)
}

/** P(X ≤ count) of the same law, its digits kept alike. */
export function lowerTail(count: number, usual: Usual): number {
  if (count < 0) return 0
  if (usual.mean <= 0) return 1
  const law = lawOf(usual)
  return count < usual.mean ? sumBelow(count + 1, law) : 1 - sumFrom(count + 1, law)
}

/** Above this mean a quantile is taken from mean, variance and skewness: no count there is one more or less. */
const MANY = 10_000

/** The smallest count that is not exceeded with probability `share` (0 to 1, both excluded). */
export function quantile(share: number, usual: Usual): number {
  if (usual.mean <= 0) return 0
  if (usual.mean > MANY) return quantileOfMany(share, usual)
  const { at, ratio } = lawOf(usual)
  let count = 0
  let mass = at(0)
  // With a mean of thousands and hardly more variance than that, nothing near 0 is a number at all.
  for (let sum = mass; sum < share && (mass > 0 || count < usual.mean); sum += mass) {
    mass = mass > LEAST ? mass * ratio(count) : at(count + 1)
    count++
  }
  return count
}

/** Cornish and Fisher's expansion to the skewness. */
function quantileOfMany(share: number, { mean, variance }: Usual): number {
  const sd = Math.sqrt(Math.max(mean, variance))
  const skewness = (2 * Math.max(1, variance / mean) - 1) / sd
  const z = normalQuantile(share)
  return Math.max(0, Math.round(mean + sd * (z + ((z * z - 1) * skewness) / 6)))
}

/** Abramowitz and Stegun 26.2.23, to 4.5·10⁻⁴. */
function normalQuantile(share: number): number {
  const t = Math.sqrt(-2 * Math.log(Math.min(share, 1 - share)))
  const z =
    t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
  return share < 0.5 ? -z : z
}

/** `at(k)`: P(X = k). `ratio(k)`: P(X = k + 1) ÷ P(X = k). */
interface Law {
  readonly at: (count: number) => number
  readonly ratio: (count: number) => number
}

/** Closer to its mean, a variance is no number that a size could be taken from. */
const POISSON_LIKE = 1 + 1e-12

function lawOf({ mean, variance }: Usual): Law {
  if (variance <= mean * POISSON_LIKE)
    return { at: (count) => poissonAt(count, mean), ratio: (count) => mean / (count + 1) }
  const size = (mean * mean) / (variance - mean)
  const grown = (variance - mean) / variance
  return {
    at: (count) => negativeBinomialAt(count, { size, mean, grown }),
    ratio: (count) => ((count + size) / (count + 1)) * grown,
  }
}

/** Smaller terms have no digits that could fall any more. */
const LEAST = 1e-300

/** Terms fall from one above the mean on, in the end as a geometric series does: what is left out is known. */
function sumFrom(count: number, { at, ratio }: Law): number {
  let term = at(count)
  let sum = 0
  for (let k = count; term > LEAST; k++) {
    sum += term
    const next = ratio(k)
    term *= next
    if (next < 1 && term < 1e-16 * sum * (1 - next)) break
  }
  return Math.min(1, sum)
}

function sumBelow(count: number, { at, ratio }: Law): number {
  let term = at(count - 1)
  let sum = term
  for (let k = count - 2; k >= 0; k--) {
    const next = ratio(k)
    term /= next
    sum += term
    if (next > 1 && term < 1e-17 * sum) break
  }
  return Math.min(1, sum)
}

// Loader, “Fast and accurate computation of binomial probabilities” (2000): no digits are lost where counts are large.

function poissonAt(count: number, mean: number): number {
  if (count === 0) return Math.exp(-mean)
  return Math.exp(-stirlingError(count) - deviance(count, mean)) / Math.sqrt(2 * Math.PI * count)
}

function negativeBinomialAt(
  count: number,
  { size, mean, grown }: { readonly size: number; readonly mean: number; readonly grown: number },
): number {
  if (count === 0) return Math.exp(size * Math.log1p(-grown))
  const both = size + count
  const log =
    stirlingError(both) -
    stirlingError(size) -
    stirlingError(count) -
    deviance(size, (both * size) / (size + mean)) -
    deviance(count, both * grown)
  return Math.exp(log) * Math.sqrt(size / (2 * Math.PI * count * both))
}

/** ln Γ(n + 1) less Stirling’s formula for it. */
function stirlingError(n: number): number {
  let sum = 0
  let at = n
  for (; at < 16; at++) sum += (at + 0.5) * Math.log1p(1 / at) - 1
  const square = at * at
  return (
    sum + (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / at
  )
}

/** x·ln(x/mean) + mean − x, by its series where the two are close. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x
  const v = (x - mean) / (x + mean)
  let sum = (x - mean) * v
  let term = 2 * x * v
  for (let j = 3; ; j += 2) {
    term *= v * v
    const next = sum + term / j
    if (!(Math.abs(next - sum) > 0)) return sum
    sum = next
  }
}
