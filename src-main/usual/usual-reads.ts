import { setImmediate } from 'node:timers/promises'
import type {
  UsualLearning,
  UsualNow,
  UsualResult,
  UsualVerdict,
} from '../../src-shared/contract/alerts/usual.ts'
import { MINUTES_PER_DAY, minuteOf } from '../../src-shared/domain/minute.ts'
import { startsOf, type Buckets } from '../../src-shared/domain/series.ts'
import {
  bandOf,
  LEARNED_WEEKS,
  LEAST_DAYS,
  LEAST_TICKETS,
  usualOf,
  type Baseline,
} from '../../src-shared/domain/usual/baseline.ts'
import { quantile, type Usual } from '../../src-shared/domain/usual/tails.ts'
import { UNUSUAL, verdictOf, type VerdictNow } from '../../src-shared/domain/usual/verdict.ts'
import { COMPARED_MINUTES } from '../../src-shared/domain/usual/windows.ts'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import type { createSpans } from '../app/asked-span.ts'
import type { EngineHandlers } from '../app/engine.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { UsualScope, UsualSource } from './usual.ts'

const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY
/** Fewer hours are no habit. */
const BELIEVED_WEEKS = 2
/** Buckets that are worked out before the event loop goes on. */
const BUCKETS_A_STEP = 50

interface UsualReadParts {
  readonly siteId: string
  readonly usual: UsualSource
  readonly spans: ReturnType<typeof createSpans>
  readonly time: Pick<SiteTime, 'now'>
}

/** The methods that say what is usual. */
export function createUsualReads({ siteId, usual, spans, time }: UsualReadParts) {
  return {
    'usual.get': async ({ project, priority, ...asked }) => {
      const scope = checkedScope(usual, { project, priority })
      const { startMinutes, ...buckets } = spans.buckets(asked)
      const nowMinute = minuteOf(time.now())
      const isLongAgo = buckets.fromMinute < nowMinute - LEARNED_WEEKS * MINUTES_PER_WEEK
      const baseline = await usual.of(scope, isLongAgo ? Math.min(nowMinute, buckets.toMinute) : nowMinute)
      const bars = await usualBars(baseline, { ...buckets, ...(startMinutes && { startMinutes }) })
      const now = await readUsualNow({ siteId, usual }, scope)
      return {
        ...now,
        ...ofBaseline(baseline),
        ...buckets,
        ...(startMinutes && { startMinutes: [...startMinutes] }),
        ...bars,
      }
    },

    'usual.heat': async (asked) => {
      const baseline = await usual.of(checkedScope(usual, asked), minuteOf(time.now()))
      return {
        siteId,
        ...ofBaseline(baseline),
        phi: baseline.spread.phi,
        kappas: COMPARED_MINUTES.map((minutes) => ({ minutes, kappa: baseline.spread.kappaOf(minutes) })),
        hours: baseline.cells.map(({ rate, tickets, hours }) => ({
          perHour: rate * 60,
          tickets,
          weeks: hours,
          believed: !baseline.isLearning && hours >= BELIEVED_WEEKS,
        })),
      }
    },
  } satisfies Partial<EngineHandlers>
}

/** How the newest minutes of a scope compare with what is usual. Throws as the store. */
export async function readUsualNow(
  { siteId, usual }: Pick<UsualReadParts, 'siteId' | 'usual'>,
  scope: UsualScope = {},
): Promise<UsualNow> {
  const { baseline, recent } = await usual.now(scope)
  const { charted, real, rehearsed } = recent
  const verdict = shownVerdict(baseline, verdictOf(baseline, charted), charted.endMinute)
  const stateWithoutRuns = rehearsed === 0 ? verdict.state : verdictOf(baseline, real).state
  return {
    siteId,
    ...ofBaseline(baseline),
    verdict: { ...verdict, rehearsed, stateWithoutRuns },
  }
}

function shownVerdict(baseline: Baseline, verdict: VerdictNow, endMinute: number) {
  const { state, minutes, tickets, mean, chance, onceInDays, onsetMinute, smallestStorm } = verdict
  const band = mean === null ? null : bandOf(baseline, endMinute - minutes, minutes)
  const range = { low: band?.low ?? null, high: band?.high ?? null }
  const why = { mean, chance, onceInDays, onsetMinute, smallestStorm }
  return { state, endMinute, minutes, tickets, ...range, ...why } satisfies Omit<
    UsualVerdict,
    'rehearsed' | 'stateWithoutRuns'
  >
}

function ofBaseline(baseline: Baseline): Omit<UsualNow, 'siteId' | 'verdict'> {
  const { zone, learnedTo } = baseline
  return { zone, learnedToMinute: learnedTo, learning: baseline.isLearning ? learningOf(baseline) : null }
}

function learningOf({ days, tickets }: Baseline): UsualLearning {
  const forTickets = tickets === 0 ? null : Math.max(0, days * (LEAST_TICKETS / tickets - 1))
  return {
    days,
    tickets,
    neededDays: LEAST_DAYS,
    neededTickets: LEAST_TICKETS,
    daysLeft: forTickets === null ? null : Math.max(LEAST_DAYS - days, forTickets),
  }
}

type Bars = Pick<UsualResult, 'low' | 'high' | 'mean' | 'unusualFrom'>

/** Of long buckets a thousand counts are gone through, so that what is alike is worked out once. */
async function usualBars(baseline: Baseline, buckets: Buckets): Promise<Bars> {
  const bars: Bars = { low: [], high: [], mean: [], unusualFrom: [] }
  if (baseline.isLearning) return bars
  const known = new Map<string, Record<keyof Bars, number>>()
  const starts = startsOf(buckets)
  for (const [bucket, start] of starts.entries()) {
    if (bucket % BUCKETS_A_STEP === BUCKETS_A_STEP - 1) await setImmediate()
    const minutes = (starts[bucket + 1] ?? buckets.toMinute) - start
    const usual = usualOf(baseline, start, minutes)
    if (usual === 'learning') continue
    const name = `${usual.mean} ${usual.variance}`
    const bar = known.get(name) ?? barOf(usual)
    known.set(name, bar)
    for (const part of ['low', 'high', 'mean', 'unusualFrom'] as const) bars[part].push(bar[part])
  }
  return bars
}

function barOf(usual: Usual): Record<keyof Bars, number> {
  return {
    low: quantile(0.05, usual),
    high: quantile(0.95, usual),
    mean: usual.mean,
    unusualFrom: quantile(1 - UNUSUAL, usual) + 1,
  }
}

/** Throws `usage` where both are named, `not-found` where it is not watched. */
function checkedScope(usual: UsualSource, { project, priority }: UsualScope): UsualScope {
  if (project !== undefined && priority !== undefined) {
    throw nothingDone(
      'usage',
      'What is usual is known of a project or of a priority, not of one in the other.',
      'Name one of them.',
    )
  }
  const scope = { ...(project !== undefined && { project }), ...(priority !== undefined && { priority }) }
  if (usual.countsScope(scope) !== null) return scope
  throw nothingDone(
    'not-found',
    project === undefined
      ? `The priority ${priority} is not watched.`
      : `The project ${project} is not watched.`,
    'Name one that is, or none for all of them.',
  )
}
