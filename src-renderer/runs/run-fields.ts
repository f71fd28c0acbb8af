import type { Replay, RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { parseProfile, type Profile } from '../../src-shared/domain/run/profile.ts'
import { DEFAULT_COUNT, DEFAULT_MINUTES } from '../../src-shared/domain/run/run-bounds.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'

export type ProfileKind = 'steady' | 'even' | 'ramp' | 'spike' | 'sine' | 'written' | 'replay'

/** The fields of the form, as typed. */
export interface RunFields {
  /** Empty where the profile has a number of tickets, or a length, of its own and keeps it. */
  readonly count: string
  readonly minutes: string
  readonly seed: string
  /** How many times faster than the wall clock. */
  readonly speed: string
  readonly profile: ProfileKind
  /** Of a ramp: relative rates. */
  readonly rampFrom: string
  readonly rampTo: string
  /** Of a spike: minutes after the start, minutes long, times the usual rate; the first two may be empty. */
  readonly spikeAt: string
  readonly spikeLong: string
  readonly spikeHeight: string
  readonly waves: string
  /** Any profile in the written form of `domain/profile.ts`. */
  readonly written: string
  readonly replay: Replay | null
  /** No ticket that the chart does not show. */
  readonly onlyWatched: boolean
  /** Whether an alarm has to ring, so many minutes after the storm began at the latest. */
  readonly isDrill: boolean
  readonly drillWithin: string
  /** Relative weights, as `run-request.ts` reads them. */
  readonly priorities: string
  readonly types: string
  readonly projects: string
}

/** A run that shall be made again, or one like it. */
export interface RunDraft {
  readonly count: number
  readonly minutes: number
  readonly seed: number
  /** In its written form; `replay` and a file's name where it was one, which has to be chosen again. */
  readonly profile: string
  /** How many times faster than the wall clock. */
  readonly rate: number
  readonly onlyWatched: boolean
  /** The keys of its projects, joined by `, `; empty where it is the one that is watched. How they were weighed is not known. */
  readonly projects: string
}

/** What a run was, to be made again. `watched`: the project that is watched, where that is one. */
export function draftOf(run: RunProgress, watched: string | null): RunDraft {
  const { planned, seed, profile, rate, mix, projectKey } = run
  const isUsual = projectKey === watched || (watched === null && !projectKey.includes(','))
  // What pauses have added is not part of the plan.
  const minutes = minutesOf({ ...run, endMs: run.endMs - (run.shiftedMs ?? 0) })
  const projects = isUsual ? '' : projectKey
  return { count: planned, minutes, seed, profile, rate, onlyWatched: mix === 'watched', projects }
}

/** The length of a run in minutes, to the hundredth. */
export function minutesOf({ startMs, endMs }: Pick<RunProgress, 'startMs' | 'endMs'>): number {
  return Math.round(((endMs - startMs) / MS_PER_MINUTE) * 100) / 100
}

/** What the form offers. */
export const SPEEDS = [1, 10, 60] as const

/** As the form is opened: 100 tickets in an hour, by a seed that was drawn. */
export function newFields(seed: number, onlyWatched = false): RunFields {
  return {
    count: String(DEFAULT_COUNT),
    minutes: String(DEFAULT_MINUTES),
    seed: String(seed),
    speed: '1',
    profile: 'steady',
    rampFrom: '0',
    rampTo: '2',
    spikeAt: '',
    spikeLong: '',
    spikeHeight: '5',
    waves: '1',
    written: '',
    replay: null,
    onlyWatched,
    isDrill: false,
    drillWithin: '5',
    priorities: '',
    types: '',
    projects: '',
  }
}

/** At most six digits, so that it can be read out and typed. */
export function drawSeed(random: () => number = Math.random): number {
  return Math.floor(random() * 1_000_000)
}

/** Whether a profile of this kind brings its own number of tickets and its own length. */
export function hasOwnSize(kind: ProfileKind): boolean {
  return kind === 'written' || kind === 'replay'
}

/** Another kind of profile. One that has its own size keeps it, until the person types another. */
export function withProfile(fields: RunFields, profile: ProfileKind): RunFields {
  if (hasOwnSize(profile)) {
    return hasOwnSize(fields.profile)
      ? { ...fields, profile }
      : { ...fields, profile, count: '', minutes: '' }
  }
  const count = fields.count === '' ? String(DEFAULT_COUNT) : fields.count
  const minutes = fields.minutes === '' ? String(DEFAULT_MINUTES) : fields.minutes
  return { ...fields, profile, count, minutes }
}

/** The form filled in with an earlier run. */
export function fieldsOf(draft: RunDraft): RunFields {
  const { count, minutes, seed, profile, rate, onlyWatched, projects } = draft
  const size = { count: String(count), minutes: String(minutes) }
  const speed = SPEEDS.some((offered) => offered === rate) ? String(rate) : '1'
  return { ...newFields(seed, onlyWatched), ...size, speed, projects, ...profileFieldsOf(profile) }
}

function profileFieldsOf(written: string): Partial<RunFields> {
  if (/^replay\b/.test(written)) return { profile: 'replay' }
  const profile = parsed(written)
  if (profile === null || profile.kind === 'parts') return { profile: 'written', written }
  if (profile.kind === 'flat') return { profile: profile.spacing }
  // The form's own fields leave it to chance how the tickets lie.
  if (profile.spacing === 'even') return { profile: 'written', written }
  switch (profile.kind) {
    case 'ramp':
      return { profile: 'ramp', rampFrom: String(profile.from), rampTo: String(profile.to) }
    case 'spike':
      return {
        profile: 'spike',
        spikeAt: minutesText(profile.atMs),
        spikeLong: minutesText(profile.longMs),
        spikeHeight: String(profile.height),
      }
    default: // sine
      return { profile: 'sine', waves: String(profile.waves) }
  }
}

/** Null where a newer version of the program wrote it, and this one cannot read it. */
function parsed(written: string): Profile | null {
  try {
    return parseProfile(written)
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

function minutesText(ms: number | null): string {
  return ms === null ? '' : String(ms / 60_000)
}

/** What every part of the form is given. */
export interface FormProps {
  readonly fields: RunFields
  readonly problems: RunProblems
  readonly onChange: (part: Partial<RunFields>) => void
}

/** What is wrong with single fields, a sentence each. */
export type RunProblems = Readonly<Partial<Record<keyof RunFields, string>>>
