import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira, Permissions, Project } from '../jira/jira.ts'
import { keyList, unknownProject } from '../jira/watched.ts'
import { failed, fine, type Outcome } from '../runtime/steps.ts'
import type { Report } from './report.ts'

/** The projects that are watched, and the one that is looked at for whatever a project decides. */
export interface KnownProject {
  readonly project: Project
  /** How many are watched. */
  readonly watched: number
  /** Null where Jira does not say. */
  readonly permissions: Permissions | null
}

interface ProjectParts {
  /** Null: every project that the account sees. */
  readonly projectKey: string | null
  readonly needs: 'watch' | 'create'
  readonly signal: AbortSignal
}

export async function checkProject(
  report: Report,
  jira: Pick<Jira, 'projects' | 'permissions'>,
  parts: ProjectParts,
): Promise<KnownProject | null> {
  return report.step('project', async () => {
    const projects = await jira.projects(parts.signal)
    report.setChoices({ projects: projects.map(({ key, name }) => ({ key, name })) })
    return choose(projects, jira, parts)
  })
}

async function choose(
  projects: readonly Project[],
  jira: Pick<Jira, 'permissions'>,
  { projectKey, needs, signal }: ProjectParts,
): Promise<Outcome<KnownProject>> {
  const [first] = projects
  const keys = projects.map(({ key }) => key)
  if (first === undefined) {
    return failed({
      message: 'The account sees no project.',
      hint: 'Ask for the permission "Browse projects" in one, or use another account.',
    })
  }
  if (projectKey === null && projects.length > 1 && needs === 'create') {
    return failed({
      message: 'The account sees several projects, and tickets are created in one.',
      hint: `Name it, in the settings or with --project KEY. It sees ${keyList(keys)}.`,
    })
  }
  const named = projects.find(({ key }) => key.toLowerCase() === projectKey?.toLowerCase())
  if (projectKey !== null && named === undefined) {
    return failed(unknownProject(projectKey, keys, { code: 'usage', consequence: '' }))
  }
  const project = named ?? first
  const watched = named === undefined ? projects.length : 1
  const permissions = await permissionsIn(project.key, jira, signal)
  if (permissions?.browse === false && watched === 1) {
    return failed({
      message: `The account sees the project ${project.key}, but none of its tickets.`,
      hint: 'Ask for the permission "Browse projects" there.',
    })
  }
  const message =
    watched === 1 ? `${project.key}, ${project.name}.` : `Every one that the account sees: ${keyList(keys)}.`
  return fine(message, { project, watched, permissions })
}

/** A Jira may refuse to tell, which says nothing about what may be done. */
async function permissionsIn(
  projectKey: string,
  jira: Pick<Jira, 'permissions'>,
  signal: AbortSignal,
): Promise<Permissions | null> {
  try {
    return await jira.permissions(projectKey, signal)
  } catch (error) {
    if (error instanceof AppError && error.code === 'jira-refused') return null
    throw error
  }
}
