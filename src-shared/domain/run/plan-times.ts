import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { nothingMade } from '../../errors/app-error.ts'
import { MS_PER_MINUTE } from '../minute.ts'
import { ownSize, profileTimes, sortedTimes } from './profile-times.ts'
import { parseProfile, STEADY, writtenProfile, type Profile } from './profile.ts'
import {
  checkBounds,
  DEFAULT_COUNT,
  DEFAULT_MINUTES,
  MAX_COUNT,
  MAX_MINUTES,
  MIN_MINUTES,
} from './run-bounds.ts'

export interface TimesRequest {
  /** Absent: as many as the profile or the replay has of its own, else 100. */
  readonly count?: number | undefined
  /** Length of the run in site time; fractions are allowed. Absent: the profile's or the replay's own, else 60. */
  readonly minutes?: number | undefined
  readonly seed: number
  /** `steady` where absent. */
  readonly profile?: Profile | undefined
  /** In place of a profile. */
  readonly replay?: ReplayedArrivals | undefined
}

export interface PlannedTimes {
  /** Milliseconds of site time after the run's start, in order: one for each ticket, in `[0, spanMs)`. */
  readonly offsetsMs: readonly number[]
  readonly spanMs: number
  readonly count: number
  readonly minutes: number
  /** Which of the replay's arrivals each ticket is; null without a replay. */
  readonly arrivals: readonly number[] | null
}

/**
 * When a run's tickets are due, before anything else is known of them: exactly `count` times. The same request gives the
 * same times on every platform.
 *
 * Throws `usage` where a number is out of bounds, or the profile does not fit into the run.
 */
export function planTimes(request: TimesRequest): PlannedTimes {
  const { seed, profile = STEADY, replay } = request
  const { count, minutes } = plannedSize(request)
  checkBounds({ count, minutes, seed })
  const spanMs = Math.round(minutes * MS_PER_MINUTE)
  if (replay !== undefined) return { ...replayTimes(replay, { count, spanMs, seed }), spanMs, count, minutes }
  return { offsetsMs: profileTimes(profile, { count, spanMs, seed }), spanMs, count, minutes, arrivals: null }
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

/** How many tickets a run would have, and over how many minutes. Throws `usage` where its profile or replay does not say. */
export function plannedSize(request: Omit<TimesRequest, 'seed'>): RunSize {
  const { profile = STEADY, replay } = request
  if (replay !== undefined && request.profile !== undefined)
    throw nothingMade('usage', 'A replay takes the place of a profile.', 'Give one of the two.')
  const own = replay === undefined ? sizeOfProfile(profile) : sizeOfReplay(replay, request.minutes)
  if (profile.kind === 'parts') refuseOwnSize(request, own)
  return { count: request.count ?? own.count, minutes: request.minutes ?? own.minutes }
}

/** What a request says of its times, with the profile read. Throws `usage` where that is in no written form. */
export function requestedTimes(
  request: Omit<TimesRequest, 'seed' | 'profile'> & { readonly profile?: string | undefined },
): Omit<TimesRequest, 'seed'> {
  const { count, minutes, profile, replay } = request
  return { count, minutes, replay, profile: profile === undefined ? undefined : parseProfile(profile) }
}

/** What a run's times are made of, for the person. */
export function writtenTimes({ profile = STEADY, replay }: Pick<TimesRequest, 'profile' | 'replay'>): string {
  return replay === undefined ? writtenProfile(profile) : `replay ${replay.name}`
}

export type RunSize = Pick<PlannedTimes, 'count' | 'minutes'>

function sizeOfProfile(profile: Profile): RunSize {
  if (profile.kind !== 'parts') return { count: DEFAULT_COUNT, minutes: DEFAULT_MINUTES }
  const { count, spanMs } = ownSize(profile)
  return { count, minutes: spanMs / MS_PER_MINUTE }
}

/** Says of numbers that were not given where they come from. */
function refuseOwnSize(asked: Omit<TimesRequest, 'seed'>, own: RunSize): void {
  if (asked.count === undefined && (own.count < 1 || own.count > MAX_COUNT)) {
    const brings = own.count < 1 ? 'no whole ticket' : `${own.count} tickets`
    throw nothingMade(
      'usage',
      `The profile brings ${brings} in all.`,
      `It has to bring from 1 to ${MAX_COUNT}: change its rates, or say how many tickets there shall be.`,
    )
  }
  if (asked.minutes === undefined && (own.minutes < MIN_MINUTES || own.minutes > MAX_MINUTES)) {
    throw nothingMade(
      'usage',
      `The profile takes ${Math.round(own.minutes * 1_000) / 1_000} minutes in all.`,
      `It has to take from ${MIN_MINUTES} to ${MAX_MINUTES}: change its parts, or say how many minutes it shall take.`,
    )
  }
}

function sizeOfReplay(replay: ReplayedArrivals, askedMinutes: number | undefined): RunSize {
  refuseDisorder(replay)
  const minutes = askedMinutes ?? ownSpanMs(replay) / MS_PER_MINUTE
  return { count: replay.offsetsMs.length, minutes }
}

/** Arrivals of real tickets: see `Replay` in the contract. */
export interface ReplayedArrivals {
  readonly name: string
  readonly offsetsMs: readonly number[]
  readonly priorities: readonly string[]
  readonly priorityOf: readonly number[]
}

/** Throws `usage` where the arrivals are not as `runs.readReplay` gives them: in order, each with the place of its priority. */
function refuseDisorder({ name, offsetsMs, priorityOf, priorities }: ReplayedArrivals): void {
  const isInOrder = offsetsMs.every((ms, index) => ms >= (offsetsMs[index - 1] ?? 0))
  const isWhole =
    priorityOf.length === offsetsMs.length && priorityOf.every((place) => place < priorities.length)
  if (isInOrder && isWhole) return
  throw nothingMade(
    'usage',
    `The arrivals of ${name} are not in order, or not whole.`,
    'Read them out of the file again.',
  )
}

/**
 * How long the replayed arrivals take (ms), from the first to behind the last. Throws `usage` where that is more than a
 * run may have.
 */
function ownSpanMs(replay: ReplayedArrivals): number {
  const spanMs = lengthOf(replay)
  if (spanMs <= MAX_MINUTES * MS_PER_MINUTE) return spanMs
  const hours = Math.round(spanMs / (60 * MS_PER_MINUTE))
  const long = hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
  throw nothingMade(
    'usage',
    `The tickets of ${replay.name} arrived over ${long}, and a run takes ${MAX_MINUTES / 60} hours at most.`,
    'Say over how many minutes they shall arrive, as 60, or take a shorter stretch of them.',
  )
}

/**
 * The replayed arrivals, as many as asked and scaled to a span: whole milliseconds in `[0, spanMs)`, sorted. Fewer than
 * there are: some of them, picked by the seed. More: each at its time once, and the others anywhere between an arrival
 * and the next. `arrivals`: which of the replay's each of them is.
 */
function replayTimes(
  replay: ReplayedArrivals,
  { count, spanMs, seed }: Record<'count' | 'spanMs' | 'seed', number>,
): { readonly offsetsMs: readonly number[]; readonly arrivals: readonly number[] } {
  const random = mersenne(seed)
  const lengthMs = lengthOf(replay)
  const scaled = (ms: number): number => Math.min(spanMs - 1, Math.floor((ms * spanMs) / lengthMs))
  const copies = copiesOfEach(replay.offsetsMs.length, count, random)
  const offsetsMs: number[] = []
  const arrivals: number[] = []
  for (const [arrival, number] of copies.entries()) {
    const atMs = replay.offsetsMs[arrival] ?? 0
    const waitMs = (replay.offsetsMs[arrival + 1] ?? lengthMs) - atMs
    const added = sortedTimes(Math.max(0, number - 1), () => uniformFloat64(random) * waitMs)
    const waits = number === 0 ? [] : [0, ...added]
    // None comes after the next arrival, so they are in order as a whole.
    for (const ms of waits) {
      offsetsMs.push(scaled(atMs + ms))
      arrivals.push(arrival)
    }
  }
  return { offsetsMs, arrivals }
}

/** A run has no less than its shortest length, however quickly the tickets came. */
function lengthOf({ offsetsMs }: ReplayedArrivals): number {
  return Math.max((offsetsMs.at(-1) ?? 0) + 1, MIN_MINUTES * MS_PER_MINUTE)
}

/** How often each of `arrivals` comes, `count` in all: each as often as the others, give or take one. */
function copiesOfEach(arrivals: number, count: number, random: RandomGenerator): number[] {
  const each = Math.floor(count / arrivals)
  let left = count - each * arrivals
  return Array.from({ length: arrivals }, (_, index) => {
    // Takes `left` of those that are still to come, each choice as likely as any other.
    const isPicked = uniformInt(random, 0, arrivals - index - 1) < left
    if (isPicked) left -= 1
    return isPicked ? each + 1 : each
  })
}
