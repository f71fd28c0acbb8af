import { upperTail } from '../../src-shared/domain/usual/tails.ts'
import { MINUTES_PER_DAY, startsOf, type Trial } from './false-alarms.ts'

/** The minutes of a trial at which a method raises an alarm, beginning with `from`. */
export type Method = (trial: Trial, from: number) => Iterable<number>

/** What fires again so soon is one alarm. */
const ONE_ALARM = 75

/** How many alarms a method raises in a trial. */
export function alarmsOf(method: Method): (trial: Trial) => number {
  return (trial) => {
    let [alarms, last] = [0, Number.NEGATIVE_INFINITY]
    for (const at of method(trial, MINUTES_PER_DAY / 24)) {
      if (at - last > ONE_ALARM) alarms++
      last = at
    }
    return alarms
  }
}

/** Tickets a minute of that hour, as the baseline has them. */
function rateAt({ baseline, startMinute }: Trial, at: number): number {
  return baseline.cells[baseline.hourOfWeek(startMinute + at)]?.rate ?? 0
}

function lastFive({ counts }: Trial, at: number): number {
  let sum = 0
  for (let back = 0; back < 5; back++) sum += counts[at - back] ?? 0
  return sum
}

/** The same windows as ours, with Poisson's tail of the estimated mean. */
function* poisson(trial: Trial, from: number): Iterable<number> {
  for (let at = from; at < trial.counts.length; at++) {
    let [tickets, mean, back] = [0, 0, 0]
    let isFiring = false
    for (const length of [5, 15, 60]) {
      for (; back < length; back++) {
        tickets += trial.counts[at - back] ?? 0
        mean += rateAt(trial, at - back)
      }
      if (tickets < 5 || tickets < mean + 3 * Math.sqrt(mean)) continue
      isFiring ||= upperTail(tickets, { mean, variance: mean }) < 2e-5
    }
    if (isFiring) yield at
  }
}

/** Five minutes over the mean of their hour of the week by three of its standard deviations. */
function* threeSigma(trial: Trial, from: number): Iterable<number> {
  const byHour = Array.from({ length: 168 }, (): number[] => [])
  trial.history.forEach((count, step) => byHour[Math.floor(step / 12) % 168]?.push(count))
  const limits = byHour.map((values) => limitOf(values, 0))
  for (let at = from; at < trial.counts.length; at++) {
    if (lastFive(trial, at) > (limits[trial.baseline.hourOfWeek(trial.startMinute + at)] ?? Infinity))
      yield at
  }
}

/** EARS C2: the same five minutes of seven days, two days apart from today. */
function* earsC2(trial: Trial, from: number): Iterable<number> {
  const { history, counts } = trial
  const fiveAt = (minute: number): number => {
    if (minute < 0) return history[history.length + Math.floor(minute / 5)] ?? 0
    let sum = 0
    for (let back = 0; back < 5; back++) sum += counts[minute - back] ?? 0
    return sum
  }
  for (let at = from; at < counts.length; at++) {
    const five = lastFive(trial, at)
    if (five === 0) continue
    const values: number[] = []
    for (let day = 3; day <= 9; day++) values.push(fiveAt(at - day * MINUTES_PER_DAY))
    if (five > limitOf(values, 0.2)) yield at
  }
}

function limitOf(values: readonly number[], leastSd: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)
  return mean + 3 * Math.max(leastSd, Math.sqrt(variance))
}

/** Tuned to a doubling; the limit to about a false alarm a month where variance is 1.5 × mean. */
const CUSUM_LIMIT = 9.2

/** A negative binomial's likelihood-ratio CUSUM by minutes. */
function* cusum(trial: Trial, from: number): Iterable<number> {
  const phi = Math.max(1.01, trial.baseline.spread.phi)
  let sum = 0
  for (let at = from; at < trial.counts.length; at++) {
    const mean = rateAt(trial, at)
    const size = mean / (phi - 1)
    const twice = 2 * mean
    const ratio = Math.log((2 * (size + mean)) / (size + twice))
    sum = Math.max(0, sum + (trial.counts[at] ?? 0) * ratio + size * Math.log((size + mean) / (size + twice)))
    if (sum < CUSUM_LIMIT) continue
    yield at
    sum = 0
  }
}

/** Ours and the others, by name. */
export const METHODS = {
  ours: (trial) => startsOf({ kind: 'above-usual', often: 'month' }, trial),
  Poisson: poisson,
  '3σ': threeSigma,
  'EARS C2': earsC2,
  CUSUM: cusum,
} as const satisfies Readonly<Record<string, Method>>
