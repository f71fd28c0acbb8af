import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import { nothingMade } from '../errors/app-error.ts'
import { sortedTimes } from './profile-times.ts'
import { MAX_MINUTES, MIN_MINUTES } from './run-bounds.ts'
import { MS_PER_MINUTE } from './minute.ts'

/** Arrivals of real tickets: see `Replay` in the contract. */
export interface ReplayedArrivals {
  readonly name: string
  readonly offsetsMs: readonly number[]
  readonly priorities: readonly string[]
  readonly priorityOf: readonly number[]
}

/** Throws `usage` where the arrivals are not as `runs.readReplay` gives them: in order, each with the place of its priority. */
export function refuseDisorder({ name, offsetsMs, priorityOf, priorities }: ReplayedArrivals): void {
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
export function ownSpanMs(replay: ReplayedArrivals): number {
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
export function replayTimes(
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
