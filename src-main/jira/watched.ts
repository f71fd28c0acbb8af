import type { WatchChoice } from '../../src-shared/contract/settings.ts'
import {
  PRIORITY_FIELD,
  type Priority,
  type WatchedField,
  isUsuallyWatched,
} from '../../src-shared/domain/ticket.ts'
import { AppError, type ErrorCode, nothingFetched } from '../../src-shared/errors/app-error.ts'
import { unlessRefused } from './errors.ts'
import type { CreatableType, Jira } from './jira.ts'

type Asked = Pick<Jira, 'creatable' | 'priorities' | 'projects'>

interface WatchOptions {
  readonly choice: WatchChoice
  /** Null: every project that the account sees. */
  readonly projectKey: string | null
  /** Whether a person named the project in the call or the environment, who gets an error where it does not exist. */
  readonly isProjectNamed?: boolean
  /** Called for chosen ids and names that the site does not have any more. They are not watched. */
  readonly onUnknown: (ids: readonly string[]) => void
}

/** How many keys a sentence names; a site may have thousands. */
const NAMED = 20

/**
 * The values to watch on a site, most urgent first, with their names of today. Throws `not-configured` where none of
 * those chosen is there, or, without a choice, neither High nor Highest; `usage` where a named project is not.
 */
export async function watchedValues(
  jira: Asked,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<Priority[]> {
  const { choice, onUnknown } = options
  const values = await valuesOf(jira, options, signal)
  const { watched, unknownIds } = chooseWatched(values, choice.ids)
  if (watched.length === 0) throw nothingToWatch(values, choice)
  if (unknownIds.length > 0) onUnknown(unknownIds)
  return watched
}

/**
 * Of a field's values those with the ids, in the site's order; without ids those that are usually watched. What is no
 * id may be a name, in whatever case: JIRA_WATCH takes both.
 */
export function chooseWatched(
  values: readonly Priority[],
  ids: readonly string[],
): { watched: Priority[]; unknownIds: string[] } {
  const wanted = ids.map((id) => [id, values.find((value) => value.id === id) ?? byName(values, id)] as const)
  const watched = values.filter((value) =>
    ids.length > 0 ? wanted.some(([, found]) => found === value) : isUsuallyWatched(value.name),
  )
  return { watched, unknownIds: wanted.filter(([, found]) => found === undefined).map(([id]) => id) }
}

/** The select field, or the priority, that is called so or has that id. Throws `not-configured`, naming what there is. */
export async function fieldCalled(
  jira: Pick<Jira, 'creatable' | 'projects'>,
  { wanted, projectKey }: { wanted: string; projectKey: string | null },
  signal: AbortSignal,
): Promise<WatchedField> {
  const keys = projectKey === null ? (await jira.projects(signal)).map(({ key }) => key) : [projectKey]
  const there = new Map<string, WatchedField>()
  for (const key of keys) {
    const types = await unlessRefused(jira.creatable(key, signal), [])
    const fields = types.flatMap(({ selects }) => selects.map(({ field }) => field))
    const found = fields.find(({ id }) => id === wanted) ?? byName(fields, wanted)
    if (found !== undefined) return found
    for (const field of fields) there.set(field.id, field)
  }
  if (projectKey !== null) await refuseUnknownProject(jira, projectKey, signal)
  if (CUSTOM_FIELD.test(wanted)) return { id: wanted, name: wanted }
  const has = ['Priority', ...[...there.values()].map(({ name }) => name)].join(', ')
  throw nothingFetched(
    'not-configured',
    `JIRA_WATCH_FIELD is ${wanted}, and no create screen has a select field of that name.`,
    `There is ${has}. A field of no create screen can be given by its id, as customfield_10050.`,
  )
}

const CUSTOM_FIELD = /^customfield_\d{1,12}$/

function byName<T extends { readonly name: string }>(all: readonly T[], wanted: string): T | undefined {
  return all.find(({ name }) => name.trim().toLowerCase() === wanted.trim().toLowerCase())
}

/**
 * All values of a field, in the site's order. A project's create screens list them; where they do not have the field, or
 * there is no project, the site's list of priorities, which some tokens may not read.
 */
async function valuesOf(
  jira: Asked,
  { choice, projectKey, isProjectNamed = false }: WatchOptions,
  signal: AbortSignal,
): Promise<Priority[]> {
  const fieldId = choice.field.id
  const isPriority = fieldId === PRIORITY_FIELD
  const onScreens = (key: string): Promise<Priority[]> =>
    unlessRefused(
      jira.creatable(key, signal).then((types) => valuesOnScreens(types, fieldId)),
      [],
    )
  if (projectKey !== null) {
    const values = await onScreens(projectKey)
    // One that is not there has no create screen either, so that this costs nothing where all is well.
    if (values.length === 0 && isProjectNamed) await refuseUnknownProject(jira, projectKey, signal)
    if (values.length > 0 || !isPriority) return values
  }
  const values = isPriority ? await unlessRefused(jira.priorities(signal), []) : []
  if (values.length > 0 || projectKey !== null) return values
  for (const { key } of await jira.projects(signal)) {
    const found = await onScreens(key)
    if (found.length > 0) return found
  }
  return []
}

/** The values of a field over all issue types, each once. */
function valuesOnScreens(types: readonly CreatableType[], fieldId: string): Priority[] {
  const values = types.flatMap(({ priorities, selects }) =>
    fieldId === PRIORITY_FIELD
      ? priorities
      : selects.filter(({ field }) => field.id === fieldId).flatMap((select) => select.values),
  )
  return [...new Map(values.map((value) => [value.id, value])).values()]
}

function nothingToWatch(values: readonly Priority[], { field, ids }: WatchChoice): AppError {
  const what = field.id === PRIORITY_FIELD ? 'priority' : field.name
  // Rather something that keeps them from us than a Jira without any.
  if (values.length === 0) {
    return nothingFetched(
      'jira-refused',
      `This Jira shows the account no value of ${what}.`,
      'Check the project and what the account may see in it.',
    )
  }
  const has = values.map(({ name }) => name).join(', ')
  const problem =
    ids.length > 0
      ? `None of the values chosen for ${what} is in this Jira any more`
      : `This Jira has no ${what} named High or Highest`
  return new AppError('not-configured', `${problem}, so there is nothing to watch.`, {
    hint: `It has: ${has}. Choose what to watch, in the settings, with --watch or JIRA_WATCH.`,
  })
}

/** What is wrong with a project that the account does not see, and what it sees. `consequence` is a sentence, too. */
export function unknownProject(
  key: string,
  seen: readonly string[],
  { code, consequence }: { readonly code: ErrorCode; readonly consequence: string },
): AppError {
  return new AppError(code, `The account sees no project with the key ${key}.`, {
    consequence,
    hint: `It sees ${keyList(seen)}.`,
  })
}

/** Throws `usage` where the account does not see a project that somebody named. */
async function refuseUnknownProject(
  jira: Pick<Jira, 'projects'>,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const seen = (await jira.projects(signal)).map((project) => project.key)
  if (!seen.includes(key))
    throw unknownProject(key, seen, { code: 'usage', consequence: 'Nothing was done.' })
}

export function keyList(keys: readonly string[]): string {
  const more = keys.length - NAMED
  const named = keys.toSorted().slice(0, NAMED).join(', ')
  return more > 0 ? `${named} and ${more} more` : named || 'none'
}
