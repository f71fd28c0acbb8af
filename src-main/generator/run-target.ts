import { PRIORITY_FIELD, type Priority, type WatchedField } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CreatableType, Jira } from '../jira/jira.ts'

/** Where a run's tickets go, and what may be said of them there. */
export interface RunTarget {
  readonly projectKey: string
  readonly issueTypeId: string
  /** The values that a ticket's watched field can be given. Never empty, most urgent first as Jira orders them. */
  readonly priorities: readonly Priority[]
}

/** What incidents usually are; elsewhere the first type that can be created. */
const USUAL_TYPES = ['bug', 'incident', 'task']

/**
 * Finds out before the first ticket whether a run can work at all. Throws `usage` where the project is not among those
 * that the account sees, or none was named and there are several; `jira-refused` where nothing can be created in it
 * or its tickets cannot be given a value of the watched field.
 */
export async function chooseTarget(
  jira: Pick<Jira, 'projects' | 'creatable'>,
  { wantedKey, field }: { readonly wantedKey: string | null; readonly field: WatchedField },
  signal: AbortSignal,
): Promise<RunTarget> {
  const keys = (await jira.projects(signal)).map((project) => project.key)
  const projectKey = chooseProject(keys, wantedKey)
  const types = (await jira.creatable(projectKey, signal)).filter((type) => !type.subtask)
  const type = chooseType(projectKey, types, field)
  return { projectKey, issueTypeId: type.id, priorities: settableValues(type, field) }
}

function chooseProject(keys: readonly string[], wantedKey: string | null): string {
  const seen = `It sees ${keys.toSorted().join(', ')}.`
  if (keys.length === 0) {
    throw new AppError('jira-refused', 'The account sees no project in this Jira. No ticket was made.', {
      hint: 'Ask for access to one, or check that the right account is used.',
    })
  }
  if (wantedKey !== null) {
    const key = keys.find((candidate) => candidate.toLowerCase() === wantedKey.toLowerCase())
    if (key !== undefined) return key
    throw new AppError(
      'usage',
      `The account sees no project with the key ${wantedKey}. No ticket was made.`,
      { hint: seen },
    )
  }
  const [only, ...others] = keys
  if (only !== undefined && others.length === 0) return only
  throw new AppError('usage', 'The account sees several projects. No ticket was made.', {
    hint: `Name the one to create tickets in (--project KEY). ${seen}`,
  })
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
    throw new AppError(
      'jira-refused',
      `The account may not create tickets in ${projectKey}. No ticket was made.`,
      {
        hint: 'It needs the permissions "Browse projects" and "Create issues" there.',
      },
    )
  }
  const chosen = usualType(types, field)
  if (chosen !== undefined) return chosen
  throw new AppError(
    'jira-refused',
    `Tickets of ${projectKey} cannot be given a ${field.name.toLowerCase()}, so none of them would count. No ticket was made.`,
    {
      hint: `Add the field ${field.name} to the create screen of the project (Project settings, Screens or Issue types), or choose another project.`,
    },
  )
}
