import { pathToFileURL } from 'node:url'
import { firstState, nextState } from '../src-shared/domain/usual/alert.ts'
import { makeBaseline } from '../src-shared/domain/usual/baseline.ts'
import { verdictOf } from '../src-shared/domain/usual/verdict.ts'
import { apache } from './alerts/apache.ts'
import { randomOf, type Site } from './alerts/arrivals.ts'
import { delaysOf, smallestStorms } from './alerts/delays.ts'
import { falseAlarms, startsOf, trialOf, type Trial } from './alerts/false-alarms.ts'
import { alarmsOf, METHODS } from './alerts/methods.ts'
import { sent } from './alerts/sent.ts'
import { checkedSimulator } from './alerts/simulator.ts'
import { atLeast, atMost, percentile, type BenchResult } from './bench.ts'

/** Tickets a minute: 6, 30, 106 and 300 an hour. */
const RATES = [0.1, 0.5, 106 / 60, 5]
const STEADY: Site = { rate: 1, ratio: 1.5, days: 0, isSeasonal: false }
/** Days simulated for each site. */
const DAYS = 2_000
const STORMS = 200
const SEED = 16

/**
 * How often a rule "above usual" is wrong, how long it takes, what it makes of real tickets, and what it costs: simulated from
 * a seed, but for the Apache tickets. And how long a ticket that tips a rule takes to its notification.
 */
export async function run(): Promise<BenchResult[]> {
  return [
    ...costs(),
    ...checkedSimulator(),
    ...wrongOnSteadySites(),
    ...wrongOnHardSites(),
    ...tooQuiet(),
    ...others(),
    ...delays(),
    ...smallest(),
    ...(await apache()),
    ...(await sent()),
  ]
}

const RULES = {
  week: (trial: Trial) => startsOf({ kind: 'above-usual', often: 'week' }, trial).length,
  month: (trial: Trial) => startsOf({ kind: 'above-usual', often: 'month' }, trial).length,
  quarter: (trial: Trial) => startsOf({ kind: 'above-usual', often: 'quarter' }, trial).length,
}

function wrongOnSteadySites(): BenchResult[] {
  return [1, 1.5, 2].flatMap((ratio) =>
    [3, 6].flatMap((weeks) => RATES.flatMap((rate) => wrong({ ...STEADY, rate, ratio }, weeks))),
  )
}

/** Days that differ by 30 %, nights and weekends that are quiet. */
function wrongOnHardSites(): BenchResult[] {
  return [3, 6].flatMap((weeks) =>
    RATES.flatMap((rate) => wrong({ rate, ratio: 1.5, days: 0.3, isSeasonal: true }, weeks)),
  )
}

function wrong(site: Site, weeks: number): BenchResult[] {
  const { week, month, quarter } = falseAlarms(RULES, { site, weeks, days: DAYS, seed: SEED })
  const figure = {
    name: `${nameOf(site)}, ${weeks} weeks: between false alarms "month"`,
    value: month.days,
    unit: `days (95 %: ${day(month.least)} to ${day(month.most)}; week ${day(week.days)}, quarter ${day(quarter.days)})`,
  }
  return [site.ratio === 1.5 ? { ...figure, target: '95 % at least 20', met: month.least >= 20 } : figure]
}

/** With twelve an hour and more, where all days are alike and where they are not. */
function tooQuiet(): BenchResult[] {
  return [0, 0.3].flatMap((days) =>
    [12, 15, 24].map((perHour) => {
      const site = { ...STEADY, rate: perHour / 60, days }
      const rule = { quiet: (trial: Trial) => startsOf({ kind: 'too-quiet' }, trial).length }
      const { quiet } = falseAlarms(rule, { site, weeks: 6, days: DAYS, seed: SEED })
      return {
        name: `${perHour} an hour${days === 0 ? '' : ', days ± 30 %'}: between false alarms "too quiet"`,
        value: quiet.days,
        unit: `days (95 %: ${day(quiet.least)} to ${day(quiet.most)})`,
      }
    }),
  )
}

function nameOf({ rate, ratio, isSeasonal }: Site): string {
  return `${hourly(rate)} an hour, variance ${ratio} × mean${isSeasonal ? ', days ± 30 %, nights' : ''}`
}

function hourly(rate: number): string {
  return String(Math.round(600 * rate) / 10)
}

function day(days: number): string {
  return days.toFixed(days < 10 ? 1 : 0)
}

/** Days between false alarms of what others do, on the same sites. */
function others(): BenchResult[] {
  const { ours: _, ...rest } = METHODS
  return RATES.map((rate) => {
    const rules = Object.fromEntries(Object.entries(rest).map(([name, method]) => [name, alarmsOf(method)]))
    const found = falseAlarms(rules, { site: { ...STEADY, rate }, weeks: 6, days: DAYS / 5, seed: SEED })
    const said = Object.entries(found).map(([name, { days }]) => `${name} ${days.toFixed(1)}`)
    return {
      name: `${hourly(rate)} an hour, 6 weeks: between false alarms of Poisson`,
      value: found['Poisson']?.days ?? Number.NaN,
      unit: `days (${said.slice(1).join(', ')})`,
    }
  })
}

/** Median minutes to the alarm that may be the case: `×3` at 106 an hour was simulated as 5 to 12. */
function delays(): BenchResult[] {
  return [1.5 / 60, ...RATES].flatMap((rate) =>
    [2, 3, 6, 10].map((factor) => {
      const { ours, ...rest } = delaysOf({ ...STEADY, rate }, factor, { storms: STORMS, seed: SEED })
      const said = Object.entries(rest).map(([name, { median }]) => `${name} ${minutes(median)}`)
      return {
        name: `×${factor} at ${hourly(rate)} an hour: to the alarm, median`,
        value: ours.median,
        unit: `min (p90 ${minutes(ours.p90)}, in 4 h ${Math.round(100 * ours.found)} %; ${said.join(', ')})`,
      }
    }),
  )
}

function minutes(value: number): string {
  return Number.isFinite(value) ? String(value) : 'never'
}

function smallest(): BenchResult[] {
  return RATES.map((rate) => {
    const { factor, seen } = smallestStorms({ ...STEADY, rate }, { storms: STORMS, seed: SEED })
    return atLeast(80, {
      name: `${hourly(rate)} an hour: storms of the smallest factor (×${factor}) seen in 15 minutes`,
      value: 100 * seen,
      unit: '%',
    })
  })
}

/** CPU time, of a baseline from eight weeks and of an evaluation with its verdict. */
function costs(): BenchResult[] {
  const random = randomOf(SEED)
  const { history, startMinute, counts, baseline } = trialOf(
    { ...STEADY, rate: 5, isSeasonal: true, days: 0.3 },
    8,
    random,
    1,
  )
  const built = cpuMs(40, () =>
    makeBaseline(
      { startMinute: startMinute - history.length * 5, stepMinutes: 5, counts: history },
      'Europe/Berlin',
      startMinute + 60,
    ),
  )
  const recent = { endMinute: startMinute + 91, counts: counts.slice(0, 91) }
  const evaluated = cpuMs(2_000, () => {
    verdictOf(baseline, recent)
    nextState({ kind: 'above-usual', often: 'month' }, firstState(startMinute), {
      nowMinute: startMinute + 90,
      recent,
      settledTo: startMinute + 90,
      sinceFetch: 0,
      isKnown: true,
      baseline,
      newAlertId: '1',
    })
  })
  return [
    atMost(50, { name: 'a baseline from 8 weeks, p95 of CPU', value: percentile(built, 0.95), unit: 'ms' }),
    atMost(1, {
      name: 'an evaluation with its verdict, p95 of CPU',
      value: percentile(evaluated, 0.95),
      unit: 'ms',
    }),
  ]
}

function cpuMs(times: number, work: () => void): number[] {
  return Array.from({ length: times }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1_000
  })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.table(await run())
