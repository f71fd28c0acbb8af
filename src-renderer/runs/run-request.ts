import type { RunRequest } from '../../src-shared/contract/models.ts'
import { MAX_COUNT, MAX_MINUTES, MAX_SEED, MIN_MINUTES } from '../../src-shared/domain/run-bounds.ts'
import { problemWords } from './problem-words.ts'
import { profileRequest, type RunProblems } from './profile-request.ts'
import { hasOwnSize, type RunFields } from './run-fields.ts'
import { readWeights } from './weights-text.ts'

/** A run with the seed that the person saw. */
export type WantedRun = RunRequest & Required<Pick<RunRequest, 'seed'>>

/** The run that a form asks for, or what is wrong with the fields that cannot be taken. */
export type ReadRun =
  | { readonly request: WantedRun; readonly problems: null }
  | { readonly request: null; readonly problems: RunProblems }

/** A field that was read: its value (undefined where it says nothing), or null where it cannot be taken. */
type Read<T> = T | undefined | null

export function readRun(fields: RunFields): ReadRun {
  const size = readSize(fields)
  const seed = numberIn(fields.seed, 0, MAX_SEED, Number.isInteger)
  const weights = readWeights(fields.priorities)
  const types = readWeights(fields.types)
  const projects = readWeights(fields.projects)
  const profile = readProfile(fields)
  const problems: RunProblems = {
    ...wrong('count', size.count, problemWords.count),
    ...wrong('minutes', size.minutes, problemWords.minutes),
    ...wrong('seed', seed, problemWords.seed),
    ...wrong('priorities', weights, problemWords.weights),
    ...wrong('types', types, problemWords.weights),
    ...wrong('projects', projects, problemWords.weights),
    ...profile.problems,
  }
  if (Object.keys(problems).length > 0 || seed === null) return { request: null, problems }
  const compress = fields.speed === '1' ? undefined : Number(fields.speed)
  const given = { ...size, ...profile.part, compress, weights, types, projects }
  return { request: { seed, ...saying(given) }, problems: null }
}

function readSize(fields: RunFields): { count: Read<number>; minutes: Read<number> } {
  const own = hasOwnSize(fields.profile)
  return {
    count: own && isEmpty(fields.count) ? undefined : numberIn(fields.count, 1, MAX_COUNT, Number.isInteger),
    minutes: own && isEmpty(fields.minutes) ? undefined : numberIn(fields.minutes, MIN_MINUTES, MAX_MINUTES),
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

function wrong(field: keyof RunFields, value: unknown, sentence: string): RunProblems {
  return value === null ? { [field]: sentence } : {}
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

/** What is said of a request: what is undefined or null is not. */
function saying(given: {
  readonly [F in keyof RunRequest]?: RunRequest[F] | null | undefined
}): RunRequest {
  return Object.fromEntries(
    Object.entries(given).filter(([, value]) => value !== undefined && value !== null),
  )
}
