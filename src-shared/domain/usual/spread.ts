/** How much more counts differ than chance alone would have it. */
export interface Spread {
  /** Variance ÷ mean of short windows: tickets that come in clumps. At least 1. */
  readonly phi: number
  /** Variance that grows with the square of the mean, of windows that long: days that differ. */
  readonly kappaOf: (minutes: number) => number
}

/** Windows in steps of five minutes: 5 and 15 minutes, 1 and 6 hours, a day. */
const WINDOWS = [1, 3, 12, 72, 288] as const
const STEP_MINUTES = 5
const LEAST_EXPECTED = 0.2
const OUTLYING = 6
/** Fewer windows say nothing of how they differ. */
const LEAST_WINDOWS = 10

/**
 * By moments, of counts by steps of five minutes: `expected` of each by what the others say, and `doubt`, the square of
 * that mean's relative error.
 */
export function spreadOf(
  counts: readonly (number | null)[],
  expected: Float64Array,
  doubt: Float64Array,
): Spread {
  const phi = phiOf(counts, expected)
  const kappas: { readonly minutes: number; readonly kappa: number }[] = []
  for (const steps of WINDOWS) {
    const kappa = kappaOf(windowsOf(counts, expected, doubt, steps), phi) ?? kappas.at(-1)?.kappa ?? 0
    kappas.push({ minutes: steps * STEP_MINUTES, kappa })
  }
  return {
    phi,
    kappaOf: (minutes) => (kappas.find((one) => one.minutes >= minutes) ?? kappas.at(-1))?.kappa ?? 0,
  }
}

function phiOf(counts: readonly (number | null)[], expected: Float64Array): number {
  let [sum, windows] = [0, 0]
  counts.forEach((count, step) => {
    const mean = expected[step] ?? 0
    if (count === null || mean < LEAST_EXPECTED) return
    const off = (count - mean) ** 2 / mean
    if (off > OUTLYING ** 2) return
    sum += off
    windows++
  })
  return windows < LEAST_WINDOWS ? 1 : Math.max(1, sum / windows)
}

interface Window {
  readonly count: number
  readonly mean: number
  readonly doubt: number
}

function windowsOf(
  counts: readonly (number | null)[],
  expected: Float64Array,
  doubt: Float64Array,
  steps: number,
): Window[] {
  const found: Window[] = []
  for (let from = 0; from + steps <= counts.length; from += steps) {
    let [count, mean, square, isKnown] = [0, 0, 0, true]
    let ofHour = 0
    for (let step = from; isKnown && step < from + steps; step++) {
      const tickets = counts[step] ?? null
      if (tickets === null) isKnown = false
      count += tickets ?? 0
      mean += expected[step] ?? 0
      ofHour += expected[step] ?? 0
      // An hour's mean is wrong as a whole.
      if (step + 1 < from + steps && doubt[step] === doubt[step + 1]) continue
      square += ofHour ** 2 * (doubt[step] ?? 0)
      ofHour = 0
    }
    if (isKnown) found.push({ count, mean, doubt: square })
  }
  return found
}

/** Null: too few windows. Those over 6σ, by what all together say, are left out: a storm that nobody marked. */
function kappaOf(windows: readonly Window[], phi: number): number | null {
  if (windows.length < LEAST_WINDOWS) return null
  const all = moment(windows, phi)
  const variance = ({ mean, doubt }: Window): number => phi * mean + all * mean * mean + doubt
  return moment(
    windows.filter((one) => (one.count - one.mean) ** 2 <= OUTLYING ** 2 * variance(one)),
    phi,
  )
}

function moment(windows: readonly Window[], phi: number): number {
  let [over, squares] = [0, 0]
  for (const { count, mean, doubt } of windows) {
    over += (count - mean) ** 2 - phi * count - doubt
    squares += mean * mean
  }
  return squares === 0 ? 0 : Math.max(0, over / squares)
}
