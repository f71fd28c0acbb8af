import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { mersenne } from 'pure-rand/generator/mersenne'
import { AppError } from '../errors/app-error.ts'
import { poissonArrivals } from './arrivals.ts'
import { MS_PER_MINUTE } from './minute.ts'
import { weighPriorities, type WeightedPriority } from './priority-weights.ts'
import type { Priority } from './ticket.ts'

export const DEFAULT_COUNT = 100
export const DEFAULT_MINUTES = 60
export const MAX_COUNT = 100_000
export const MIN_MINUTES = 0.1
export const MAX_MINUTES = 1_440
export const MAX_SEED = 4_294_967_295

export interface PlanRequest {
  readonly count: number
  /** Length of the run in site time; fractions are allowed. */
  readonly minutes: number
  readonly seed: number
  /** Relative weight of each priority, by name. Without it, `DEFAULT_WEIGHTS`. */
  readonly weights?: Readonly<Record<string, number>> | undefined
  /** What the project lets us give, with Jira's ids. */
  readonly priorities: readonly Priority[]
}

interface PlannedSlot {
  readonly slot: number
  /** Milliseconds of site time after the run's start. */
  readonly offsetMs: number
  readonly priorityId: string
}

export interface RunPlan {
  readonly slots: readonly PlannedSlot[]
  readonly spanMs: number
  /** Tickets in each minute of the run, counted from its start. */
  readonly perMinute: readonly number[]
}

/**
 * The whole run, decided before its first ticket: exactly `count` slots, in order of time, numbered from 0. The same
 * request gives the same plan. Other weights leave the times as they are.
 *
 * Throws `usage` where a number is out of bounds or a weight names no priority of the project.
 */
export function planRun(request: PlanRequest): RunPlan {
  checkBounds(request)
  const spanMs = Math.round(request.minutes * MS_PER_MINUTE)
  const weighted = weighPriorities(request.priorities, request.weights)
  const random = mersenne(~request.seed)
  const slots = poissonArrivals(request.count, spanMs, request.seed).map((offsetMs, slot) => ({
    slot,
    offsetMs,
    priorityId: pickPriority(weighted, uniformFloat64(random)),
  }))
  return { slots, spanMs, perMinute: countPerMinute(slots, spanMs) }
}

function checkBounds({ count, minutes, seed }: PlanRequest): void {
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) {
    throw outOfBounds('number of tickets', count, `a whole number from 1 to ${MAX_COUNT}`)
  }
  if (!(minutes >= MIN_MINUTES && minutes <= MAX_MINUTES)) {
    throw outOfBounds('number of minutes', minutes, `from ${MIN_MINUTES} to ${MAX_MINUTES}`)
  }
  if (!Number.isInteger(seed) || seed < 0 || seed > MAX_SEED) {
    throw outOfBounds('seed', seed, `a whole number from 0 to ${MAX_SEED}`)
  }
}

function outOfBounds(what: string, value: number, bounds: string): AppError {
  return new AppError('usage', `The ${what} cannot be ${value}. Nothing was made.`, {
    hint: `It has to be ${bounds}.`,
  })
}

/** `share` is in [0, 1). */
function pickPriority(weighted: readonly WeightedPriority[], share: number): string {
  const total = weighted.reduce((sum, { weight }) => sum + weight, 0)
  let rest = share * total
  for (const { id, weight } of weighted) {
    if (rest < weight) return id
    rest -= weight
  }
  // Rounding may leave a hair's breadth beyond the last weight.
  return weighted.at(-1)?.id ?? ''
}

function countPerMinute(slots: readonly PlannedSlot[], spanMs: number): number[] {
  const counts = Array.from({ length: Math.ceil(spanMs / MS_PER_MINUTE) }, () => 0)
  for (const { offsetMs } of slots) {
    const minute = Math.floor(offsetMs / MS_PER_MINUTE)
    counts[minute] = (counts[minute] ?? 0) + 1
  }
  return counts
}
