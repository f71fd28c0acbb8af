import type { Priority } from '../../src-shared/domain/ticket.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { CreatableType, Jira } from '../jira/jira.ts'

/** Where a run's tickets go, and what may be said of them there. */
export interface RunTarget {
  readonly projectKey: string
  readonly issueTypeId: string
  /** Never empty, most urgent first as Jira orders them. */
  readonly priorities: readonly Priority[]
}

/** What incidents usually are; elsewhere the first type that can be created. */
const USUAL_TYPES = ['bug', 'incident', 'task']

/**
 * Finds out before the first ticket whether a run can work at all. Throws `usage` where the project is not among those
 * that the account sees, or none was named and there are several; `jira-refused` where nothing can be created in it
 * or its tickets cannot be given a priority.
 */
export async function chooseTarget(
  jira: Pick<Jira, 'projects' | 'creatable'>,
  wantedKey: string | null,
  signal: AbortSignal,
): Promise<RunTarget> {
  const keys = (await jira.projects(signal)).map((project) => project.key)
  const projectKey = chooseProject(keys, wantedKey)
  const types = (await jira.creatable(projectKey, signal)).filter((type) => !type.subtask)
  const type = chooseType(projectKey, types)
  return { projectKey, issueTypeId: type.id, priorities: type.priorities }
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

function chooseType(projectKey: string, types: readonly CreatableType[]): CreatableType {
  if (types.length === 0) {
    throw new AppError(
      'jira-refused',
      `The account may not create tickets in ${projectKey}. No ticket was made.`,
      {
        hint: 'It needs the permissions "Browse projects" and "Create issues" there.',
      },
    )
  }
  const usable = types.filter((type) => type.priorities.length > 0)
  const usual = USUAL_TYPES.map((name) => usable.find((type) => type.name.toLowerCase() === name))
  const chosen = usual.find((type) => type !== undefined) ?? usable[0]
  if (chosen !== undefined) return chosen
  throw new AppError(
    'jira-refused',
    `Tickets of ${projectKey} cannot be given a priority, so none of them would count. No ticket was made.`,
    {
      hint: 'Add the field Priority to the create screen of the project (Project settings, Screens or Issue types), or choose another project.',
    },
  )
}
