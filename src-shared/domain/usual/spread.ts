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

/** Tickets of five minutes, how many the other weeks let expect, and the square of that mean's relative error. */
export interface JudgedSteps {
  readonly counts: readonly (number | null)[]
  readonly means: Float64Array
  readonly doubts: Float64Array
  /** Which hour a step is of: an hour's mean is wrong as a whole. */
  readonly hours: Int32Array
}

/** By moments, of what a history had and what its other weeks let expect. It yields before each length of windows. */
export function* spreadInParts(steps: JudgedSteps): Generator<undefined, Spread> {
  const phi = phiOf(steps)
  const kappas: { readonly minutes: number; readonly kappa: number }[] = []
  for (const length of WINDOWS) {
    yield
    const kappa = kappaOf(windowsOf(steps, length), phi) ?? kappas.at(-1)?.kappa ?? 0
    kappas.push({ minutes: length * STEP_MINUTES, kappa })
  }
  return {
    phi,
    kappaOf: (minutes) => (kappas.find((one) => one.minutes >= minutes) ?? kappas.at(-1))?.kappa ?? 0,
  }
}

function phiOf({ counts, means }: JudgedSteps): number {
  let sum = 0
  let windows = 0
  for (let step = 0; step < counts.length; step++) {
    const count = counts[step] ?? null
    const mean = means[step] ?? 0
    if (count === null || mean < LEAST_EXPECTED) continue
    const off = (count - mean) ** 2 / mean
    if (off > OUTLYING ** 2) continue
    sum += off
    windows++
  }
  return windows < LEAST_WINDOWS ? 1 : Math.max(1, sum / windows)
}

/** Columns, since there are ten thousands of them. */
interface Windows {
  readonly length: number
  readonly counts: Float64Array
  readonly means: Float64Array
  readonly doubts: Float64Array
}

/** One after another, those that are known whole. */
function windowsOf({ counts, means, doubts, hours }: JudgedSteps, steps: number): Windows {
  const most = Math.floor(counts.length / steps)
  const found = {
    counts: new Float64Array(most),
    means: new Float64Array(most),
    doubts: new Float64Array(most),
  }
  let length = 0
  for (let from = 0; from + steps <= counts.length; from += steps) {
    let count = 0
    let mean = 0
    let doubt = 0
    let ofHour = 0
    let step = from
    for (; step < from + steps; step++) {
      const tickets = counts[step] ?? null
      if (tickets === null) break
      count += tickets
      mean += means[step] ?? 0
      ofHour += means[step] ?? 0
      if (step + 1 < from + steps && hours[step] === hours[step + 1]) continue
      doubt += ofHour ** 2 * (doubts[step] ?? 0)
      ofHour = 0
    }
    if (step < from + steps) continue
    found.counts[length] = count
    found.means[length] = mean
    found.doubts[length] = doubt
    length++
  }
  return { length, ...found }
}

/** Null: too few windows. Those over 6σ, by what all together say, are left out: a storm that nobody marked. */
function kappaOf(windows: Windows, phi: number): number | null {
  if (windows.length < LEAST_WINDOWS) return null
  return moment(windows, phi, moment(windows, phi, Number.POSITIVE_INFINITY))
}

/** Of the windows that are no outliers where `kappa` is true. */
function moment({ length, counts, means, doubts }: Windows, phi: number, kappa: number): number {
  let over = 0
  let squares = 0
  for (let at = 0; at < length; at++) {
    const count = counts[at] ?? 0
    const mean = means[at] ?? 0
    const doubt = doubts[at] ?? 0
    const off = (count - mean) ** 2
    const square = mean * mean
    if (kappa < Number.POSITIVE_INFINITY && off > OUTLYING ** 2 * (phi * mean + kappa * square + doubt))
      continue
    over += off - phi * count - doubt
    squares += square
  }
  return squares === 0 ? 0 : Math.max(0, over / squares)
}
