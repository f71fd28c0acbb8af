import type { RunRequest } from '../../src-shared/contract/runs/runs.ts'
import { countPerMinute, planTimes, requestedTimes } from '../../src-shared/domain/run/plan-times.ts'
import { numberOf, writtenProfile } from '../../src-shared/domain/run/profile.ts'
import { MAX_COUNT, MAX_MINUTES, MAX_SEED, MIN_MINUTES } from '../../src-shared/domain/run/run-bounds.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { minutesText, ticketsText } from '../live/text.ts'
import { hasOwnSize, type RunFields, type RunProblems } from './run-fields.ts'
import { errorText, type FailureText } from '../../src-shared/errors/app-error.ts'

/** A run with the seed that the person saw. */
type WantedRun = RunRequest & Required<Pick<RunRequest, 'seed'>>

/** The run that a form asks for, or what is wrong with the fields that cannot be taken. */
export type ReadRun =
  | { readonly request: WantedRun; readonly problems: null }
  | { readonly request: null; readonly problems: RunProblems }

const ENTRY = /^(.+?)(?:\s*=\s*|\s+)(\d+(?:\.\d+)?)$/

const written = (number: number): string => number.toLocaleString('en-GB')

const weightsProblem = 'Names and numbers, as in the example.'

const fieldProblems = {
  count: `A whole number from 1 to ${written(MAX_COUNT)}.`,
  minutes: `A number from ${written(MIN_MINUTES)} to ${written(MAX_MINUTES)}.`,
  seed: `A whole number from 0 to ${written(MAX_SEED)}.`,
  priorities: weightsProblem,
  types: weightsProblem,
  projects: weightsProblem,
  drillWithin: `A number from 1 to ${written(MAX_MINUTES)}.`,
  number: 'A number from 0.',
  aboveZero: 'A number above 0.',
} as const

export function readRun(fields: RunFields): ReadRun {
  const isSized = !hasOwnSize(fields.profile)
  // Undefined where a field says nothing, null where it cannot be taken.
  const read = {
    count:
      isSized || !isEmpty(fields.count) ? numberIn(fields.count, 1, MAX_COUNT, Number.isInteger) : undefined,
    minutes:
      isSized || !isEmpty(fields.minutes) ? numberIn(fields.minutes, MIN_MINUTES, MAX_MINUTES) : undefined,
    seed: numberIn(fields.seed, 0, MAX_SEED, Number.isInteger),
    priorities: readWeights(fields.priorities),
    types: readWeights(fields.types),
    projects: readWeights(fields.projects),
    drillWithin: fields.isDrill ? numberIn(fields.drillWithin, 1, MAX_MINUTES) : undefined,
  }
  const profile = readProfile(fields)
  const names = Object.keys(read) as (keyof typeof read)[]
  const wrong = names.filter((name) => read[name] === null).map((name) => [name, fieldProblems[name]])
  const problems: RunProblems = { ...Object.fromEntries(wrong), ...profile.problems }
  const { seed, priorities: weights, drillWithin: withinMinutes, ...others } = read
  if (Object.keys(problems).length > 0 || seed === null) return { request: null, problems }
  const compress = fields.speed === '1' ? undefined : Number(fields.speed)
  const mix = fields.onlyWatched ? 'watched' : undefined
  const drill = typeof withinMinutes === 'number' ? { withinMinutes } : undefined
  return {
    request: { seed, ...saying({ ...others, ...profile.part, compress, weights, mix, drill }) },
    problems: null,
  }
}

function readProfile(fields: RunFields): {
  part?: Pick<RunRequest, 'profile' | 'replay'>
  problems?: RunProblems
} {
  if (fields.profile === 'replay' && fields.replay !== null) return { part: { replay: fields.replay } }
  const profile = profileRequest(fields)
  return typeof profile === 'string' ? { part: { profile } } : { problems: profile }
}

/** An empty field is no number, although `Number` takes it for 0. */
function numberIn(
  text: string,
  min: number,
  max: number,
  accept: (value: number) => boolean = () => true,
): number | null {
  const value = isEmpty(text) ? Number.NaN : Number(text)
  return value >= min && value <= max && accept(value) ? value : null
}

function isEmpty(text: string): boolean {
  return text.trim() === ''
}

function saying(given: {
  readonly [F in keyof RunRequest]?: RunRequest[F] | null | undefined
}): RunRequest {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
  )
}

/** The profile that the fields ask for, in its written form; or what is wrong with them. */
function profileRequest(fields: RunFields): string | RunProblems {
  switch (fields.profile) {
    case 'steady':
    case 'even':
      return fields.profile
    case 'ramp':
      return rampOf(fields)
    case 'spike':
      return spikeOf(fields)
    case 'sine':
      return sineOf(fields)
    case 'written':
      return fields.written.trim() === ''
        ? { written: 'Write one, such as 30m@50,10m@200.' }
        : fields.written.trim()
    default: // replay
      return { replay: 'Choose a file of tickets.' }
  }
}

function rampOf({ rampFrom, rampTo }: RunFields): string | RunProblems {
  const [from, to] = [decimalIn(rampFrom), decimalIn(rampTo)]
  if (from === null || to === null) {
    return {
      ...(from === null && { rampFrom: fieldProblems.number }),
      ...(to === null && { rampTo: fieldProblems.number }),
    }
  }
  if (from + to === 0) return { rampTo: 'One of the two has to be above 0.' }
  return writtenProfile({ kind: 'ramp', from, to, spacing: 'steady' })
}

function spikeOf({ spikeAt, spikeLong, spikeHeight }: RunFields): string | RunProblems {
  const [at, long, height] = [minutesIn(spikeAt), minutesIn(spikeLong), decimalIn(spikeHeight)]
  if (at === undefined || long === undefined || long === 0 || height === null) {
    return {
      ...(at === undefined && { spikeAt: fieldProblems.number }),
      ...((long === undefined || long === 0) && { spikeLong: fieldProblems.aboveZero }),
      ...(height === null && { spikeHeight: fieldProblems.number }),
    }
  }
  return writtenProfile({ kind: 'spike', atMs: at, longMs: long, height, spacing: 'steady' })
}

function sineOf({ waves: text }: RunFields): string | RunProblems {
  const waves = decimalIn(text)
  if (waves === null || !Number.isInteger(waves) || waves < 1 || waves > 100) {
    return { waves: 'A whole number from 1 to 100.' }
  }
  return writtenProfile({ kind: 'sine', waves, spacing: 'steady' })
}

function decimalIn(text: string): number | null {
  return numberOf(text.trim())
}

/** Minutes as ms; null where the field is empty, undefined where it cannot be read. */
function minutesIn(text: string): number | null | undefined {
  if (text.trim() === '') return null
  const minutes = decimalIn(text)
  return minutes === null ? undefined : Math.round(minutes * 60_000)
}

/** A failure in a form, where it goes without saying that nothing has been made yet. */
export function fieldMessage(failure: FailureText): string {
  return errorText({ ...failure, consequence: '' })
}

/**
 * Reads `Highest 1, High 2` or `Highest=1,High=2` as relative weights by name; a name without a number weighs 1.
 * Undefined where nothing is typed, null where the text cannot be read or names something twice.
 */
export function readWeights(text: string): Record<string, number> | undefined | null {
  if (text.trim() === '') return undefined
  const entries = text.split(',').map((part): [string, number] => {
    const [, name, weight] = ENTRY.exec(part.trim()) ?? []
    return name === undefined ? [part.trim(), 1] : [name, Number(weight)]
  })
  const names = new Set(entries.map(([name]) => name.toLowerCase()))
  if (names.has('') || names.size < entries.length) return null
  if (entries.some(([name]) => name.includes('='))) return null
  return entries.some(([, weight]) => weight > 0) ? Object.fromEntries(entries) : null
}

/** A run as the form asks for it, with the plan that it will have: the same request gives the same plan in the core. */
export interface RunPreview {
  readonly request: WantedRun
  readonly count: number
  readonly minutes: number
  readonly perMinute: readonly number[]
}

type FormPlan =
  | { readonly planned: RunPreview; readonly problems: null }
  | { readonly planned: null; readonly problems: RunProblems }

export function plannedRun(fields: RunFields): FormPlan {
  const { request, problems } = readRun(fields)
  if (request === null) return { planned: null, problems }
  try {
    const times = planTimes({ ...requestedTimes(request), seed: request.seed })
    const { count, minutes } = times
    return {
      planned: { request, count, minutes, perMinute: countPerMinute(times.offsetsMs, times.spanMs) },
      problems: null,
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // It is the profile as a whole that cannot be planned.
    const field = hasOwnSize(fields.profile) ? fields.profile : 'profile'
    return { planned: null, problems: { [field]: fieldMessage(error) } }
  }
}

type Weights = NonNullable<RunPreview['request']['weights']>

/** The plan in a sentence: `100 tickets in 60 minutes, peak 5 a minute.` */
export function planText({ count, minutes, perMinute }: Omit<RunPreview, 'request'>): string {
  const all = `${ticketsText(count)} in ${minutesText(minutes)}`
  return perMinute.length < 2 ? `${all}.` : `${all}, ${peakText(perMinute)}.`
}

/** `peak 5 a minute`. */
export function peakText(perMinute: readonly number[]): string {
  return `peak ${Math.max(0, ...perMinute).toLocaleString('en-GB')} a minute`
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

function shares(count: number, weights: Weights, textOf: (share: string, name: string) => string): string {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0)
  return Object.entries(weights)
    .map(([name, weight]) => textOf(Math.round((count * weight) / total).toLocaleString('en-GB'), name))
    .join(', ')
}
