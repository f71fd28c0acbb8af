import { randomInt } from 'node:crypto'
import type { RunRequest } from '../../../src-shared/contract/runs/runs.ts'
import { requestedTimes, writtenTimes } from '../../../src-shared/domain/run/plan-times.ts'
import { MAX_SEED } from '../../../src-shared/domain/run/run-bounds.ts'
import {
  planRun,
  type RunPlan,
  weighTypes,
  type PlanTarget,
} from '../../../src-shared/domain/run/run-plan.ts'
import { PRIORITY_FIELD, type Priority, type WatchedField } from '../../../src-shared/domain/ticket.ts'
import { sameName, weighByName, type Weights } from '../../../src-shared/domain/run/weights.ts'
import { type AppError, noTicketMade } from '../../../src-shared/errors/app-error.ts'
import type { CreatableType, Jira } from '../../jira/jira.ts'
import { keyList, unknownProject } from '../../jira/watched.ts'
import type { NewRun, Run } from '../../store/ledger/ledger.ts'
import { newRunId } from '../marks.ts'
import { USUAL_FIELD, type GeneratorParts } from '../parts.ts'

/** A run as it would be: everything but its start. */
export interface DraftRun {
  readonly seed: number
  readonly rate: number
  /** In its written form; `replay` and the file's name. */
  readonly profile: string
  readonly mix: NonNullable<RunRequest['mix']>
  /** The projects that get its tickets. */
  readonly targets: readonly WeighedTarget[]
  readonly plan: RunPlan
}

/** What incidents usually are; else the first type that can be created. */
const USUAL_TYPES = ['bug', 'incident', 'task']

/** What a run is worked out with. */
export type DraftParts = Pick<GeneratorParts, 'projectKey' | 'watchedField' | 'watched' | 'compress'> & {
  readonly jira: Asked
}

/**
 * Works out a run without beginning it. Throws `usage` where the request cannot be met, and what `chooseTargets` throws
 * where Jira does not let us create such tickets.
 */
export async function draftRun(
  { jira, projectKey, watchedField = USUAL_FIELD, watched = [], compress }: DraftParts,
  request: RunRequest,
  signal: AbortSignal,
): Promise<DraftRun> {
  const rate = request.compress ?? 1
  if (rate !== 1 && compress === undefined) throw cannotCompress()
  const times = requestedTimes(request)
  const targets = await chooseTargets(
    jira,
    {
      projects: request.projects,
      wantedKey: request.projectKey ?? projectKey ?? null,
      field: watchedField,
      types: request.types,
    },
    signal,
  )
  const seed = request.seed ?? randomInt(MAX_SEED + 1)
  const projects = Object.fromEntries(targets.map((target) => [target.projectKey, target.weight]))
  const { weights, types, mix = 'all' } = request
  const only = mix === 'watched' ? new Set(watched.map(({ id }) => id)) : undefined
  const plan = planRun({ ...times, seed, weights, only, types, projects, targets })
  return { seed, rate, profile: writtenTimes(times), mix, targets, plan }
}

/** Writes a drafted run and its slots into the ledger, from now on. */
export async function storeRun(
  { siteId, store, siteTime }: GeneratorParts,
  draft: DraftRun,
  runId = newRunId(),
): Promise<Run> {
  const { seed, rate, profile, mix, targets, plan } = draft
  const startMs = siteTime.now()
  const run: NewRun = {
    siteId,
    runId,
    projectKey: targets.map((target) => target.projectKey).join(', '),
    seed,
    planned: plan.slots.length,
    startMs,
    endMs: startMs + plan.spanMs,
    rate,
    profile,
    mix,
    state: 'planned',
    createdAtMs: startMs,
  }
  const slots = plan.slots.map(({ offsetMs, ...slot }) => ({ ...slot, plannedMs: startMs + offsetMs }))
  await store.createRun(run, slots)
  return { ...run, stateSinceMs: startMs, reason: null, requested: null, revision: null, shiftedMs: 0 }
}

export function cannotCompress(): AppError {
  return noTicketMade(
    'usage',
    'A run in a real Jira cannot be compressed, because Jira stamps the time of creation itself.',
    'Leave --compress out, give fewer minutes, or use the sandbox (--jira sandbox).',
  )
}

type Asked = Pick<Jira, 'projects' | 'creatable'>

/** Where a run's tickets shall go. */
interface TargetChoice {
  /** Several projects by key, with their weights; those of weight 0 are left out. In place of `wantedKey`. */
  readonly projects?: Weights | undefined
  /** The one project; null: the only one that the account sees. */
  readonly wantedKey: string | null
  readonly field: WatchedField
  /** Issue types by name; absent: the usual one of each project. */
  readonly types?: Weights | undefined
}

/** A project with its weight among those that get tickets. */
interface WeighedTarget extends PlanTarget {
  readonly weight: number
}

/**
 * Finds out before the first ticket whether a run can work at all. The targets are in the order in which they were asked
 * for. Throws `usage` where a project is not among those that the account sees, none was named and there are several, or
 * a project lacks an issue type; `jira-refused` where nothing can be created in a project or its tickets cannot be given
 * a value of the watched field.
 */
export async function chooseTargets(
  jira: Asked,
  { projects, wantedKey, field, types }: TargetChoice,
  signal: AbortSignal,
): Promise<WeighedTarget[]> {
  const keys = (await jira.projects(signal)).map((project) => project.key)
  const chosen =
    projects === undefined
      ? [{ of: chooseProject(keys, wantedKey), weight: 1 }]
      : weighProjects(keys, projects)
  const targets: WeighedTarget[] = []
  // One after the other: a site's limits are shared with everybody else.
  for (const { of, weight } of chosen) {
    targets.push({ ...(await targetIn(jira, of, { field, types }, signal)), weight })
  }
  return targets
}

/** A single project as a target, with its usual type of ticket. Throws as `chooseTargets`. */
export async function chooseTarget(
  jira: Asked,
  choice: Pick<TargetChoice, 'wantedKey' | 'field'>,
  signal: AbortSignal,
): Promise<PlanTarget> {
  const keys = (await jira.projects(signal)).map((project) => project.key)
  return targetIn(jira, chooseProject(keys, choice.wantedKey), { field: choice.field }, signal)
}

async function targetIn(
  jira: Asked,
  projectKey: string,
  { field, types }: Pick<TargetChoice, 'field' | 'types'>,
  signal: AbortSignal,
): Promise<PlanTarget> {
  const creatable = (await jira.creatable(projectKey, signal)).filter((type) => !type.subtask)
  const usual = chooseType(projectKey, creatable, field)
  const target = { projectKey, types: creatable.map(({ id, name }) => ({ id, name })), usualTypeId: usual.id }
  if (types === undefined) return { ...target, priorities: settableValues(usual, field) }
  const ids = new Set(weighTypes(target, types).map(({ of }) => of))
  const asked = creatable.filter(({ id }) => ids.has(id))
  for (const type of asked) refuseType(projectKey, type, field)
  return { ...target, priorities: sharedValues(asked, field) }
}

/** What tickets of each of the types can be given. */
function sharedValues(types: readonly CreatableType[], field: WatchedField): readonly Priority[] {
  const [first = [], ...others] = types.map((type) => settableValues(type, field))
  return first.filter(({ id }) => others.every((values) => values.some((value) => value.id === id)))
}

function weighProjects(keys: readonly string[], asked: Weights): { of: string; weight: number }[] {
  refuseNone(keys)
  const wanted = Object.keys(asked)
  const order = (key: string): number => wanted.findIndex((name) => sameName(name, key))
  const words = { owner: 'The account', noun: 'project', nameOf: (key: string) => key }
  return weighByName(keys, asked, words).toSorted((a, b) => order(a.of) - order(b.of))
}

function chooseProject(keys: readonly string[], wantedKey: string | null): string {
  refuseNone(keys)
  if (wantedKey !== null) {
    const key = keys.find((candidate) => sameName(candidate, wantedKey))
    if (key !== undefined) return key
    throw unknownProject(wantedKey, keys, { code: 'usage', consequence: 'No ticket was made.' })
  }
  const [only, ...others] = keys
  if (only !== undefined && others.length === 0) return only
  throw noTicketMade(
    'usage',
    'The account sees several projects.',
    `Name the one to create tickets in (--project KEY), or several of them (--projects). It sees ${keyList(keys)}.`,
  )
}

function refuseNone(keys: readonly string[]): void {
  if (keys.length > 0) return
  throw noTicketMade(
    'jira-refused',
    'The account sees no project in this Jira.',
    'Ask for access to one, or check that the right account is used.',
  )
}

/** The values of a field that a ticket of this type can be made with; none where its create screen lacks the field. */
export function settableValues(type: CreatableType, field: WatchedField): readonly Priority[] {
  if (field.id === PRIORITY_FIELD) return type.priorities
  return type.selects.find((select) => select.field.id === field.id)?.values ?? []
}

/**
 * The type that tickets get among those whose watched field can be set, one that demands nothing else before one that
 * does; undefined where the field can be set for none.
 */
export function usualType(types: readonly CreatableType[], field: WatchedField): CreatableType | undefined {
  const settable = types.filter((type) => settableValues(type, field).length > 0)
  const undemanding = settable.filter(({ demands }) => demands.length === 0)
  const usable = undemanding.length > 0 ? undemanding : settable
  const usual = USUAL_TYPES.map((name) => usable.find((type) => type.name.toLowerCase() === name))
  return usual.find((type) => type !== undefined) ?? usable[0]
}

/**
 * The type that a run's tickets get. Throws `jira-refused` where none can be created, or none with a value of the
 * watched field.
 */
function chooseType(projectKey: string, types: readonly CreatableType[], field: WatchedField): CreatableType {
  if (types.length === 0) {
    throw noTicketMade(
      'jira-refused',
      `The account may not create tickets in ${projectKey}.`,
      'It needs the permissions "Browse projects" and "Create issues" there.',
    )
  }
  const chosen = usualType(types, field)
  if (chosen !== undefined) return chosen
  throw lacksField(`Tickets of ${projectKey}`, field)
}

/** One that was asked for by its name is not exchanged for another. */
function refuseType(projectKey: string, type: CreatableType, field: WatchedField): void {
  if (settableValues(type, field).length === 0) {
    throw lacksField(`Tickets of the type ${type.name} in ${projectKey}`, field)
  }
  if (type.demands.length === 0) return
  throw noTicketMade(
    'jira-refused',
    `A new ${type.name} in ${projectKey} must have fields that Jira TPM does not fill in: ${type.demands.join(', ')}.`,
    'Make them optional or give them a default in Jira, or leave the type out.',
  )
}

function lacksField(what: string, field: WatchedField): AppError {
  return noTicketMade(
    'jira-refused',
    `${what} cannot be given a ${field.name.toLowerCase()}, so none of them would count.`,
    `Add the field ${field.name} to the create screen of the project (Project settings, Screens or Issue types), or choose another project.`,
  )
}
