import { MS_PER_MINUTE } from './minute.ts'
import { planTimes, type TimesRequest } from './plan-times.ts'
import { pickSlots, type SlotChoices, type SlotFacts } from './slot-choices.ts'

export interface PlanRequest extends TimesRequest, SlotChoices {}

export interface PlannedSlot extends SlotFacts {
  readonly slot: number
  /** Milliseconds of site time after the run's start. */
  readonly offsetMs: number
}

export interface RunPlan {
  readonly slots: readonly PlannedSlot[]
  readonly spanMs: number
  /** Tickets in each minute of the run, counted from its start. */
  readonly perMinute: readonly number[]
}

/**
 * The whole run, decided before its first ticket: exactly so many slots, in order of time, numbered from 0. The same
 * request gives the same plan. What the tickets are leaves their times as they are.
 *
 * Throws `usage` as `planTimes`, and where a weight or a replayed priority names nothing that a project has.
 */
export function planRun(request: PlanRequest): RunPlan {
  const { offsetsMs, spanMs, arrivals } = planTimes(request)
  const facts = pickSlots(request, arrivals ?? offsetsMs.map(() => -1))
  const slots = facts.map((fact, slot) => ({ slot, offsetMs: offsetsMs[slot] ?? 0, ...fact }))
  return { slots, spanMs, perMinute: countPerMinute(offsetsMs, spanMs) }
}

/** How many of the times fall into each minute of a run, counted from its start. */
export function countPerMinute(offsetsMs: readonly number[], spanMs: number): number[] {
  const counts = Array.from({ length: Math.ceil(spanMs / MS_PER_MINUTE) }, () => 0)
  for (const offsetMs of offsetsMs) {
    const minute = Math.floor(offsetMs / MS_PER_MINUTE)
    counts[minute] = (counts[minute] ?? 0) + 1
  }
  return counts
}
