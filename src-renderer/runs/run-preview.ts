import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { planTimes, requestedTimes, type PlannedTimes } from '../../src-shared/domain/plan-times.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { minutesText, ticketsText } from '../live/number-text.ts'
import type { ProfileKind, RunFields, RunProblems } from './run-fields.ts'
import { fieldMessage, readRun, type WantedRun } from './run-request.ts'

/** A run as the form asks for it, with the plan that it will have: the same request gives the same plan in the core. */
export interface RunPreview {
  readonly request: WantedRun
  readonly count: number
  readonly minutes: number
  /** Tickets in each minute after the start. */
  readonly perMinute: readonly number[]
}

export type FormPlan =
  | { readonly planned: RunPreview; readonly problems: null }
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
    return { planned: null, problems: { [PROFILE_FIELD[fields.profile]]: fieldMessage(error) } }
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

type Weights = NonNullable<RunPreview['request']['weights']>

/** The plan in a sentence: `100 tickets in 60 minutes, at most 5 in one.` */
export function planText({ count, minutes, perMinute }: Omit<RunPreview, 'request'>): string {
  const all = `${ticketsText(count)} in ${minutesText(minutes)}`
  return perMinute.length < 2
    ? `${all}.`
    : `${all}, at most ${Math.max(...perMinute).toLocaleString('en-GB')} in one.`
}

/** What the weights come to, `About 25 Highest, 75 High; 67 in OPS, 33 in TPM.`; null where none are asked for. */
export function sharesText({ count, request }: Pick<RunPreview, 'count' | 'request'>): string | null {
  const { weights, types, projects } = request
  const parts = [
    weights && shares(count, weights, (share, name) => `${share} ${name}`),
    types && shares(count, types, (share, name) => `${share} ${name}`),
    projects && shares(count, projects, (share, name) => `${share} in ${name}`),
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? null : `About ${parts.join('; ')}.`
}

function shares(count: number, weights: Weights, words: (share: string, name: string) => string): string {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  return Object.entries(weights)
    .map(([name, weight]) => words(Math.round((count * weight) / total).toLocaleString('en-GB'), name))
    .join(', ')
}
