import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** Uniform in [0, 1), the same for the same seed. */
export type Random = () => number

export function randomOf(seed: number): Random {
  const generator = xoroshiro128plus(seed)
  return () => (generator.next() >>> 0) / 2 ** 32
}

/** A made-up site. */
export interface Site {
  /** Tickets a minute on average. */
  readonly rate: number
  /** Of tickets in a minute, variance ÷ mean. */
  readonly ratio: number
  /** By how much one day's mean differs from another's, as a share (its standard deviation). */
  readonly days: number
  /** Nights and weekends have less, by `officeHours`. */
  readonly isSeasonal: boolean
}

const OFFICE = [
  0.2, 0.2, 0.2, 0.2, 0.2, 0.3, 0.6, 1.2, 2, 2.2, 2.2, 2, 1.8, 2, 2.2, 2, 1.8, 1.4, 1, 0.7, 0.5, 0.4, 0.3,
  0.2,
]

/** Tickets a minute in that hour of the week, before the day's own factor. */
export function rateIn(site: Site, hourOfWeek: number): number {
  if (!site.isSeasonal) return site.rate
  const weekend = hourOfWeek >= 120 ? 0.4 : 1.24
  return site.rate * (OFFICE[hourOfWeek % 24] ?? 1) * weekend
}

/** How much more or less a day has: gamma-distributed around 1, its variance `days` squared. */
export function dayFactor({ days }: Site, random: Random): number {
  return days === 0 ? 1 : gamma(1 / days ** 2, random) * days ** 2
}

/** A negative binomial's value of that mean and variance ÷ mean, by inversion. */
export function draw(mean: number, ratio: number, random: Random): number {
  if (mean === 0) return 0
  if (mean > 400) return Math.max(0, Math.round(mean + Math.sqrt(mean * ratio) * normal(random)))
  const grown = 1 - 1 / ratio
  const size = ratio === 1 ? 0 : mean / (ratio - 1)
  let mass = ratio === 1 ? Math.exp(-mean) : ratio ** -size
  let rest = random() - mass
  let count = 0
  while (rest > 0 && count < 10_000) {
    mass *= ratio === 1 ? mean / (count + 1) : ((count + size) / (count + 1)) * grown
    rest -= mass
    count++
  }
  return count
}

/** Marsaglia and Tsang 2000, for shapes of at least 1. */
function gamma(shape: number, random: Random): number {
  const d = shape - 1 / 3
  for (;;) {
    const x = normal(random)
    const v = (1 + x / Math.sqrt(9 * d)) ** 3
    if (v > 0 && Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
