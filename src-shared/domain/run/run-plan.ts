import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { mersenne } from 'pure-rand/generator/mersenne'
import { nothingMade } from '../../errors/app-error.ts'
import { countPerMinute, planTimes, type ReplayedArrivals, type TimesRequest } from './plan-times.ts'
import type { Priority } from '../ticket.ts'
import {
  listed,
  pickWeighted,
  sameName,
  weighByName,
  type WeighedNames,
  type Weighted,
  type Weights,
} from './weights.ts'

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

/** How often each priority comes when nothing is asked for: most tickets are ordinary. */
const DEFAULT_WEIGHTS = new Map(Object.entries({ highest: 1, high: 2, medium: 4, low: 2, lowest: 1 }))

/**
 * Which share of a run's tickets gets one of these priorities, by the weights that are asked for or the usual ones. Null
 * where a name is none of those that are usual: then only its project knows.
 */
export function shareOfPriorities(names: readonly string[], asked?: Weights): number | null {
  if (asked === undefined && !names.every((name) => DEFAULT_WEIGHTS.has(name.toLowerCase()))) return null
  let [named, all] = [0, 0]
  for (const [name, weight] of asked === undefined ? DEFAULT_WEIGHTS : Object.entries(asked)) {
    all += weight
    if (names.some((one) => sameName(one, name))) named += weight
  }
  return named / all
}

/** Each choice has random numbers of its own: asking for one leaves the others as they were. */
const OF_PROJECTS = 0x70726f6a
const OF_TYPES = 0x74797065

/**
 * The whole run, decided before its first ticket: exactly `count` slots, in order of time, numbered from 0. The same
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

/** A project that gets tickets, and what may be said of them there. */
export interface PlanTarget {
  readonly projectKey: string
  /** What every type that is asked for can be given, with Jira's ids. */
  readonly priorities: readonly Priority[]
  readonly types: readonly { readonly id: string; readonly name: string }[]
  /** The type of all tickets where none are asked for. */
  readonly usualTypeId: string
}

/** What decides what each ticket of a run is. */
interface SlotChoices {
  readonly seed: number
  /** Where absent: the replay's own priorities, else the usual weights. */
  readonly weights?: Weights | undefined
  /** The ids of the only priorities that come; all of them where absent. */
  readonly only?: ReadonlySet<string> | undefined
  readonly types?: Weights | undefined
  /** By key; where absent, all targets get as many. */
  readonly projects?: Weights | undefined
  readonly targets: readonly PlanTarget[]
  readonly replay?: ReplayedArrivals | undefined
}

/** What a ticket is, but for its time. */
interface SlotFacts {
  readonly priorityId: string
  readonly projectKey: string
  readonly issueTypeId: string
}

/**
 * Decides project, priority and issue type of each slot, independently of each other. `arrivals`: which of the replay's
 * arrivals each slot is, -1 where none. Throws `usage` where a name is none that a project has.
 */
function pickSlots(choices: SlotChoices, arrivals: readonly number[]): SlotFacts[] {
  const { seed, weights, only, types, replay } = choices
  const weighted = weighTargets(choices).map(({ of, weight }) => ({
    weight,
    of: {
      target: of,
      priorities: weighPriorities(of, weights, only),
      types: weighTypes(of, types),
      replayed: weights === undefined && replay !== undefined ? replayedIds(replay, of, only) : null,
    },
  }))
  const next = { project: stream(seed ^ OF_PROJECTS), priority: stream(~seed), type: stream(seed ^ OF_TYPES) }
  return arrivals.map((arrival) => {
    const { target, priorities, types: ofTarget, replayed } = pickWeighted(weighted, next.project())
    const drawn = pickWeighted(priorities, next.priority()).id
    return {
      priorityId: replayed?.(arrival) ?? drawn,
      projectKey: target.projectKey,
      issueTypeId: pickWeighted(ofTarget, next.type()),
    }
  })
}

function stream(seed: number): () => number {
  const random = mersenne(seed)
  return () => uniformFloat64(random)
}

function weighTargets({ targets, projects }: SlotChoices): Weighted<PlanTarget>[] {
  if (projects === undefined) return targets.map((of) => ({ of, weight: 1 }))
  const nameOf = ({ projectKey }: PlanTarget): string => projectKey
  return weighByName(targets, projects, { owner: 'The account', noun: 'project', nameOf })
}

/** The ids of a project's issue types with their weights; the usual one where none are asked for. Throws as `weighByName`. */
export function weighTypes(
  { projectKey, types, usualTypeId }: Pick<PlanTarget, 'projectKey' | 'types' | 'usualTypeId'>,
  asked: Weights | undefined,
): Weighted<string>[] {
  if (asked === undefined) return [{ of: usualTypeId, weight: 1 }]
  const names = namesIn(projectKey, 'issue type')
  return weighByName(types, asked, names).map(({ of, weight }) => ({ of: of.id, weight }))
}

/** The ids of the replay's priorities in a project, by arrival; undefined where the file names none for it, or one that shall not come. */
function replayedIds(
  replay: ReplayedArrivals,
  { projectKey, priorities }: PlanTarget,
  only: ReadonlySet<string> | undefined,
): (arrival: number) => string | undefined {
  const ids = replay.priorities.map((name) => priorities.find((of) => sameName(of.name, name))?.id)
  const used = new Set(replay.priorityOf)
  const unknown = replay.priorities.filter((_name, index) => used.has(index) && ids[index] === undefined)
  if (unknown.length > 0) {
    throw nothingMade(
      'usage',
      `The project ${projectKey} has no priority ${unknown.map((name) => `"${name}"`).join(', ')}, as tickets of ${replay.name} have.`,
      `The file has ${listed(replay.priorities)}; the project has ${listed(priorities.map(({ name }) => name))}. Give weights, and they decide instead of the file.`,
    )
  }
  const coming = ids.map((id) => (id === undefined || only?.has(id) === false ? undefined : id))
  return (arrival) => coming[replay.priorityOf[arrival] ?? -1]
}

/**
 * Gives each priority of a project its weight; those that are not among `only` do not come. Asked-for weights decide
 * alone: what they do not name does not come. By default a priority that the table does not know, as on sites with
 * Blocker or P0, weighs 1. Throws as `weighByName`, and `usage` where none is left.
 */
function weighPriorities(
  { priorities, projectKey }: PlanTarget,
  asked: Weights | undefined,
  only: ReadonlySet<string> | undefined,
): Weighted<Priority>[] {
  const weighted =
    asked === undefined
      ? priorities.map((of) => ({ of, weight: DEFAULT_WEIGHTS.get(of.name.toLowerCase()) ?? 1 }))
      : weighByName(priorities, asked, namesIn(projectKey, 'priority'))
  const coming = weighted.filter(({ of }) => only?.has(of.id) !== false)
  if (coming.length > 0 || weighted.length === 0) return coming
  throw nothingMade(
    'usage',
    `None of ${listed(weighted.map(({ of }) => of.name))} is watched in ${projectKey}, and only what is watched was asked for.`,
    'Give a watched priority a weight, or ask for all priorities.',
  )
}

function namesIn(projectKey: string, noun: string): WeighedNames<{ readonly name: string }> {
  return { owner: `The project ${projectKey}`, noun, nameOf: ({ name }) => name }
}
