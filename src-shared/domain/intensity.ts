/** A stretch of time in which the rate goes evenly from one value to another. Milliseconds from the start of the run. */
export interface Stretch {
  readonly fromMs: number
  readonly toMs: number
  /** Relative: only their proportions count. Never negative. */
  readonly fromRate: number
  readonly toRate: number
}

const NONE: Stretch = { fromMs: 0, toMs: 0, fromRate: 0, toRate: 0 }

/**
 * The inverse of the cumulative intensity of stretches that follow each other: takes shares of all arrivals, in [0, 1] and
 * sorted, and gives the times (ms, fractional, sorted) up to which they have come. Only operations that IEEE 754 rounds
 * the same everywhere (+ − × ÷ and the square root): a share gives the same time on every platform.
 */
export function timesOfShares(stretches: readonly Stretch[], shares: readonly number[]): number[] {
  const total = stretches.reduce((sum, stretch) => sum + weightOf(stretch), 0)
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

/** The cosine of a whole turn's share, by a polynomial of our own: `Math.cos` may differ in its last digit elsewhere. */
export function cosineOfTurn(turn: number): number {
  const inTurn = turn - Math.floor(turn)
  const half = inTurn > 0.5 ? 1 - inTurn : inTurn
  return half > 0.25 ? -firstQuarter(0.5 - half) : firstQuarter(half)
}

/** Taylor's series to the 18th power: exact to 12 digits on a quarter of a turn. */
function firstQuarter(turn: number): number {
  const angle = turn * 2 * Math.PI
  const square = angle * angle
  let sum = 1
  for (let power = 18; power >= 2; power -= 2) sum = 1 - (sum * square) / (power * (power - 1))
  return sum
}
