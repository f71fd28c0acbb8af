import { PRIORITY_FIELD, type WatchedField } from '../../src-shared/domain/ticket.ts'
import type { AppError } from '../../src-shared/errors/app-error.ts'
import { settableValues, usualType } from '../generator/planning/new-run.ts'
import { unlessRefused } from '../jira/errors.ts'
import type { CreatableType, Permissions, Project } from '../jira/jira.ts'
import { keyList, unknownProject } from '../jira/watched.ts'
import { failed, fine, warning, type StepOutcome } from '../runtime/steps.ts'
import type { PreflightCheck } from './report.ts'

/** The projects that are watched, and the one that is looked at for whatever a project decides. */
interface KnownProject {
  readonly project: Project
  /** How many are watched. */
  readonly watched: number
  /** Null where Jira does not say. */
  readonly permissions: Permissions | null
}

export async function checkProject(check: PreflightCheck): Promise<KnownProject | null> {
  const { report, jira, signal } = check
  return report.step('project', async () => {
    const projects = await jira.projects(signal)
    report.setChoices({ projects: projects.map(({ key, name }) => ({ key, name })) })
    return choose(projects, check)
  })
}

async function choose(
  projects: readonly Project[],
  { jira, projectKey, projectOfRuns, needs, signal }: PreflightCheck,
): Promise<StepOutcome<KnownProject>> {
  const first = projects.find(({ key }) => key === projectOfRuns) ?? projects[0]
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
  // A Jira may refuse to answer, which says nothing about what may be done.
  const permissions = await unlessRefused(jira.permissions(project.key, signal), null)
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

/**
 * What only creating tickets needs of the create screen: a type of ticket, and the watched field on it. Returns every
 * type that can be created, for the choices; none where Jira shows none.
 */
export async function checkCreateScreen(
  { report, jira, watch, needs, projectOfRuns, signal }: PreflightCheck,
  { project, watched }: KnownProject,
): Promise<readonly CreatableType[]> {
  let types: readonly CreatableType[] = []
  const isOfRuns = watched === 1 || project.key === projectOfRuns
  const where = isOfRuns ? project.key : `${project.key}, the first of ${watched}`
  const type = await report.step('issue-type', async (): Promise<StepOutcome<CreatableType | null>> => {
    // Who may create nothing in a project is refused its create screen too.
    const shown = await unlessRefused(jira.creatable(project.key, signal), [])
    types = shown.filter(({ subtask }) => !subtask)
    // A type without the field is reported by the next step.
    const chosen = usualType(types, watch.field) ?? types[0]
    if (chosen === undefined) {
      return hindered(needs, {
        message: `The account can create no type of ticket in ${where}.`,
        hint: 'Creating tickets needs the permission "Create issues" there.',
      })
    }
    return fine(`${chosen.name}, in ${where}.`, chosen)
  })
  if (type !== null) await report.step('priority', () => checkField(type, watch.field, needs))
  return types
}

export async function checkPermissions(
  { report, needs }: PreflightCheck,
  { project, permissions }: KnownProject,
): Promise<void> {
  await report.step('create', () => {
    if (permissions === null) return fine('Jira does not say; the first ticket will tell.', null)
    if (permissions.create) return fine(`The account may create tickets in ${project.key}.`, null)
    return hindered(needs, {
      message: `The account may not create tickets in ${project.key}.`,
      hint: 'Creating tickets needs the permission "Create issues" there.',
    })
  })
  await report.step('delete', () => {
    if (permissions?.delete === true) return fine(`The account may delete tickets in ${project.key}.`, null)
    const may = permissions === null ? 'Jira does not say whether the account may' : 'The account may not'
    const message = `${may} delete tickets in ${project.key}.`
    const hint =
      'Tickets that are created stay until someone with the permission "Delete issues" removes them.'
    return warning({ message, hint }, null)
  })
}

function checkField(
  type: CreatableType,
  field: WatchedField,
  needs: PreflightCheck['needs'],
): StepOutcome<null> {
  const values = settableValues(type, field)
  const name = field.id === PRIORITY_FIELD ? 'Priority' : field.name
  if (values.length === 0) {
    return hindered(needs, {
      message: `${name} cannot be set when a ${type.name} is created, so no created ticket would count.`,
      hint: `Add the field ${name} to the create screen of the project (Project settings, Screens or Issue types), or choose another project.`,
    })
  }
  if (type.demands.length > 0) {
    return hindered(needs, {
      message: `A new ${type.name} must have fields that Jira TPM does not fill in: ${type.demands.join(', ')}.`,
      hint: 'To create tickets, make them optional or give them a default in Jira, or choose another project.',
    })
  }
  return fine(`${name} can be set: ${values.map((value) => value.name).join(', ')}.`, null)
}

/** Who only watches may go on. */
function hindered(
  needs: PreflightCheck['needs'],
  problem: Pick<AppError, 'message' | 'hint'>,
): StepOutcome<null> {
  return needs === 'create' ? failed(problem) : warning(problem, null)
}
