import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { planTimes, requestedTimes, type PlannedTimes } from '../../src-shared/domain/plan-times.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { fieldWords } from './problem-words.ts'
import type { RunProblems } from './profile-request.ts'
import type { ProfileKind, RunFields } from './run-fields.ts'
import { readRun, type WantedRun } from './run-request.ts'

/** A run as the form asks for it, with the plan that it will have: the same request gives the same plan in the core. */
export interface PlannedRun {
  readonly request: WantedRun
  readonly count: number
  readonly minutes: number
  /** Tickets in each minute after the start. */
  readonly perMinute: readonly number[]
}

export type FormPlan =
  | { readonly planned: PlannedRun; readonly problems: null }
  | { readonly planned: null; readonly problems: RunProblems }

/** The field that tells what is wrong with a profile as a whole. */
const PROFILE_FIELD: Readonly<Record<ProfileKind, keyof RunFields>> = {
  steady: 'profile',
  even: 'profile',
  ramp: 'profile',
  spike: 'profile',
  sine: 'profile',
  written: 'written',
  replay: 'replay',
}

export function plannedRun(fields: RunFields): FormPlan {
  const { request, problems } = readRun(fields)
  if (request === null) return { planned: null, problems }
  try {
    const times = planTimes({ ...requestedTimes(request), seed: request.seed })
    const { count, minutes } = times
    return {
      planned: { request, count, minutes, perMinute: countPerMinute(times) },
      problems: null,
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { planned: null, problems: { [PROFILE_FIELD[fields.profile]]: fieldWords(error) } }
  }
}

function countPerMinute({ offsetsMs, spanMs }: PlannedTimes): number[] {
  const counts = Array.from({ length: Math.ceil(spanMs / MS_PER_MINUTE) }, () => 0)
  for (const offsetMs of offsetsMs) {
    const minute = Math.floor(offsetMs / MS_PER_MINUTE)
    counts[minute] = (counts[minute] ?? 0) + 1
  }
  return counts
}
