/** Lengths of bars, in minutes: what a person counts in. */
export const INTERVALS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 10_080] as const

export type Interval = (typeof INTERVALS)[number]

/** So many bars are drawn at most. */
export const MAX_BARS = 1_500
/** Fewer are no chart. */
const MIN_BARS = 8

/** Why `minutes` are not drawn in bars of `interval` minutes; null where they may be. */
export function intervalRefusal(minutes: number, interval: number): string | null {
  const bars = Math.ceil(minutes / interval)
  if (bars < MIN_BARS) return `fewer than ${MIN_BARS} bars`
  return bars > MAX_BARS ? `more than ${MAX_BARS.toLocaleString('en-GB')} bars` : null
}

/** So many bars are drawn where nobody chose an interval. */
const USUAL_BARS = 120

/** The interval of so many minutes where nobody chose one: the smallest that gives at most 120 bars, else a week. */
export function usualInterval(minutes: number): Interval {
  return INTERVALS.find((interval) => Math.ceil(minutes / interval) <= USUAL_BARS) ?? 10_080
}

/**
 * The smallest interval, in minutes, that draws `minutes` as at most `most` bars and is made of whole buckets of
 * `bucketMinutes`. Where none is long enough, as many weeks as it takes.
 */
export function intervalFor(minutes: number, most: number, bucketMinutes = 1): number {
  const fits = (interval: number): boolean =>
    interval % bucketMinutes === 0 && Math.ceil(minutes / interval) <= most
  const week = 10_080
  return INTERVALS.find(fits) ?? Math.ceil(minutes / week / most) * week
}

/** `1 min`, `5 min`, `3 h`, `1 day`, `7 days`: in the largest unit that it is whole in. */
export function intervalText(minutes: number): string {
  if (minutes % 1_440 === 0) return minutes === 1_440 ? '1 day' : `${minutes / 1_440} days`
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`
}

/** `5m`, `3h`, `7d`: as a flag of a command has it. */
export function intervalFlag(minutes: number): string {
  return intervalText(minutes).replace(/ (.).*/, '$1')
}
