import { readFile } from 'node:fs/promises'
import { firstState, nextState, type AlertState } from '../../src-shared/domain/usual/alert.ts'
import { isCurrent, makeBaseline, type Baseline } from '../../src-shared/domain/usual/baseline.ts'
import type { AlertCondition } from '../../src-shared/domain/usual/condition.ts'
import { RECENT_MINUTES } from '../../src-shared/domain/usual/windows.ts'
import { verdictOf } from '../../src-shared/domain/usual/verdict.ts'
import { median, type BenchResult } from '../bench.ts'

/**
 * Names a file with a line of JSON for each ticket, `{"created": "2011-07-19T21:32:10.000+0000", …}`: ours are 3,283 of
 * Apache's KAFKA and ZOOKEEPER (Vieira et al. 2019, CC BY 4.0), which the project does not carry.
 */
const VARIABLE = 'JIRA_TPM_APACHE_TICKETS'

const LEARNED_MINUTES = 57 * 1_440
const ABOVE: AlertCondition = { kind: 'above-usual', often: 'month' }
const FIXED: AlertCondition = { kind: 'at-least', tickets: 10, minutes: 5 }

interface Alarm {
  readonly minute: number
  readonly tickets: number
  readonly minutes: number
}

/** What both kinds of rules make of real tickets, of all priorities, as one site; every alarm is listed. */
export async function apache(): Promise<BenchResult[]> {
  const file = process.env[VARIABLE]
  if (file === undefined) {
    console.log(`  THE APACHE TICKETS ARE LEFT OUT: ${VARIABLE} names no file.`)
    return []
  }
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  const tickets = lines
    .map((line) => Math.floor(Date.parse((JSON.parse(line) as { created: string }).created) / 60_000))
    .toSorted((a, b) => a - b)
  const site = siteOf(tickets)
  const fixed = alarmsOf(FIXED, site)
  const above = alarmsOf(ABOVE, site)
  for (const [name, alarms] of Object.entries({ 'at least 10 in 5 min': fixed, 'above usual': above })) {
    for (const { minute, tickets: count, minutes } of alarms) {
      console.log(
        `  ${name}: ${new Date(minute * 60_000).toISOString().slice(0, 16)}, ${count} in ${minutes} min`,
      )
    }
  }
  const imported = Date.parse('2011-07-19T21:32Z') / 60_000
  const isLearning = site.baselineAt(imported).isLearning
  const isFixed = fixed.some(({ minute }) => minute === imported)
  return [
    {
      name: 'Apache: alarms of "at least 10 in 5 min" in all',
      value: fixed.length,
      unit: '',
      target: 'KAFKA’s 2011-07-19 21:32',
      met: isFixed,
    },
    {
      name: 'Apache: alarms "above usual" in all',
      value: above.length,
      unit: `in ${site.years.toFixed(1)} years`,
      target: 'then: learning',
      met: isLearning && above.every(({ minute }) => Math.abs(minute - imported) > 60),
    },
    ...storms(site, { onsets: MONTHS, factors: ['smallest'], name: '2015 to 2018' }),
    ...storms(siteOf(folded(tickets)), {
      onsets: HOURS,
      factors: [3, 6, 10],
      name: '2015 to 2018, laid over one another in nine weeks',
    }),
  ]
}

interface RealSite {
  readonly from: number
  readonly years: number
  readonly countAt: (minute: number) => number
  readonly minutes: readonly number[]
  readonly baselineAt: (minute: number) => Baseline
}

function siteOf(tickets: readonly number[]): RealSite {
  const byMinute = new Map<number, number>()
  for (const minute of tickets) byMinute.set(minute, (byMinute.get(minute) ?? 0) + 1)
  const from = Math.floor((tickets[0] ?? 0) / 1_440) * 1_440
  const countAt = (minute: number): number => byMinute.get(minute) ?? 0
  let kept: Baseline | null = null
  return {
    from,
    years: ((tickets.at(-1) ?? from) - from) / (365.25 * 1_440),
    countAt,
    minutes: [...byMinute.keys()],
    baselineAt: (minute) => {
      if (kept !== null && isCurrent(kept, minute)) return kept
      const startMinute = Math.max(from, Math.floor((minute - LEARNED_MINUTES) / 60) * 60)
      const counts = Array.from<number>({ length: Math.ceil((minute - startMinute) / 5) }).fill(0)
      for (const [at, count] of byMinute) {
        const step = Math.floor((at - startMinute) / 5)
        if (step >= 0 && step < counts.length) counts[step] = (counts[step] ?? 0) + count
      }
      return (kept = makeBaseline({ startMinute, stepMinutes: 5, counts }, 'UTC', minute))
    },
  }
}

/** The alarms of a rule from the first ticket on; minutes of an hour with fewer than five tickets cannot raise one. */
function alarmsOf(condition: AlertCondition, site: RealSite): Alarm[] {
  const found: Alarm[] = []
  let state: AlertState = firstState(site.from)
  const last = Math.max(...site.minutes) + 120
  for (let minute = Math.min(...site.minutes), ofHour: number[] = []; minute <= last; minute++) {
    ofHour = ofHour.filter((at) => at > minute - 60)
    for (let count = site.countAt(minute); count > 0; count--) ofHour.push(minute)
    if (ofHour.length < 5 && state.alert === null) continue
    const next = evaluated(condition, state, site, minute)
    state = next.state
    for (const { kind, isReopened, window } of next.transitions) {
      if (kind === 'started' && !isReopened) found.push({ minute, ...window })
    }
  }
  return found
}

function evaluated(
  condition: AlertCondition,
  state: AlertState,
  site: RealSite,
  minute: number,
): ReturnType<typeof nextState> {
  return nextState(condition, state, {
    nowMinute: minute,
    recent: recentOf(site, minute),
    settledTo: minute + 1,
    sinceFetch: 0,
    isKnown: true,
    baseline: site.baselineAt(state.frozenMinute ?? minute),
    newAlertId: String(minute),
  })
}

function recentOf(site: RealSite, minute: number): { endMinute: number; counts: number[] } {
  const counts = Array.from({ length: RECENT_MINUTES }, (_, at) =>
    site.countAt(minute + 1 - RECENT_MINUTES + at),
  )
  return { endMinute: minute + 1, counts }
}

const [FROM, TO] = [Date.UTC(2015, 0, 5) / 60_000, Date.UTC(2019, 0, 1) / 60_000]
const FOLD = 9 * 7 * 1_440
/** An afternoon of each month, and each third hour of the ninth week's working days. */
const MONTHS = Array.from({ length: 47 }, (_, month) => Date.UTC(2015, month + 1, 10, 14) / 60_000)
const HOURS = Array.from({ length: 40 }, (_, at) => FROM + 8 * 7 * 1_440 + 60 + at * 180)

/**
 * Of a ticket in eleven hours no method sees a storm of ×10, which is one an hour. Four years of nine weeks each laid
 * over one another keep what is real of them, their hours and clumps, and are a site of some tickets an hour.
 */
function folded(tickets: readonly number[]): number[] {
  return tickets.filter((at) => at >= FROM && at < TO).map((at) => FROM + ((at - FROM) % FOLD))
}

/** Storms of four hours at these minutes: how many are found in that time, of the smallest that is seen in a quarter of an hour. */
function storms(
  site: RealSite,
  {
    onsets,
    factors,
    name,
  }: { onsets: readonly number[]; factors: readonly (number | 'smallest')[]; name: string },
): BenchResult[] {
  return factors.map((asked) => {
    const found: number[] = []
    let [hourly, sumOfFactors] = [0, 0]
    for (const onset of onsets) {
      const baseline = site.baselineAt(onset)
      const smallest = verdictOf(baseline, recentOf(site, onset - 1)).smallestStorm
      const factor = asked === 'smallest' ? smallest : asked
      if (factor === null) continue
      hourly += 60 * (baseline.cells[baseline.hourOfWeek(onset)]?.rate ?? 0)
      sumOfFactors += factor
      found.push(delayOf(site, onset, factor))
    }
    const within = asked === 'smallest' ? 15 : 240
    return {
      name: `Apache, ${name}: storms of ×${Math.round(sumOfFactors / found.length)} found`,
      value: found.filter((delay) => delay <= within).length,
      unit: `of ${found.length} in ${within} min (median ${median(found)}; usual ${(hourly / found.length).toFixed(1)} an hour)`,
    }
  })
}

/** Tickets as a storm has them, evenly, on top of the real ones. */
function delayOf(site: RealSite, onset: number, factor: number): number {
  const baseline = site.baselineAt(onset)
  const added = (minute: number): number => {
    const rate = (baseline.cells[baseline.hourOfWeek(minute)]?.rate ?? 0) * (factor - 1)
    return minute < onset ? 0 : Math.floor(rate * (minute - onset + 1)) - Math.floor(rate * (minute - onset))
  }
  const stormy = {
    ...site,
    countAt: (minute: number) => site.countAt(minute) + added(minute),
    baselineAt: () => baseline,
  }
  let state = firstState(onset)
  for (let minute = onset; minute < onset + 240; minute++) {
    const next = evaluated(ABOVE, state, stormy, minute)
    state = next.state
    if (state.alert !== null) return minute - onset + 1
  }
  return Infinity
}
