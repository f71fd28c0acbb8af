import type { Client } from '../../../src-shared/contract/client.ts'
import type {
  Preflight,
  PreflightChoices,
  PreflightStep,
  Settings,
} from '../../../src-shared/contract/settings.ts'
import { tickets } from '../../../src-shared/domain/sentences.ts'
import { sameName } from '../../../src-shared/domain/weights.ts'
import { noTicketMade } from '../../../src-shared/errors/app-error.ts'
import { codeOfStep, blockerOfCreating, blockerOfWatching } from '../../preflight/report.ts'
import { answered, askYes, choose } from '../cli/ask.ts'
import { projectChoices } from '../connect/connect-questions.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { type CliIo } from '../cli/io.ts'
import { sayStep } from '../cli/step-lines.ts'

/** What a run in a real Jira was allowed: where, and by its site's name that somebody said yes. */
export interface AgreedRun {
  /** Absent where the request names several projects itself. */
  readonly projectKey?: string
  readonly confirmedSite: string
}

/** Known before anything is asked of the Jira. Throws `usage` where nobody said yes, and nobody can be asked. */
export function refuseUnasked(io: CliIo, yes: boolean | undefined): void {
  if (yes === true || io.isTTY) return
  throw noTicketMade(
    'usage',
    'Creating tickets in a real Jira needs a yes, and there is no terminal to ask at.',
    'Add --yes, or use the sandbox (--jira sandbox).',
  )
}

/**
 * Tries whether tickets can be created in each of the projects (null: the only one, or one that is chosen), and asks once
 * whether they shall be, naming the site and their number. Null after a no. Throws the AppError of what hinders it, and
 * `cancelled` after Escape or Ctrl-C.
 */
export async function agreeOnRun(
  io: CliIo,
  client: Client,
  asked: { projectKeys: readonly (string | null)[]; count: number; yes?: boolean | undefined },
): Promise<AgreedRun | null> {
  const { projectKeys, count, yes = false } = asked
  const { jira } = await client.call('settings.get', {})
  if (jira === null) throw new Error('the sandbox is asked nothing')
  const projects: string[] = []
  for (const projectKey of projectKeys) projects.push(await tryOut(io, client, jira, projectKey))
  const { site } = await client.call('session.get', {})
  const question = `Create ${tickets(count)} in ${projects.join(', ')} on ${site.label}?`
  if (!yes && !(await agrees(io, question))) return null
  const [only, ...others] = projects
  const projectKey = only === undefined || others.length > 0 ? {} : { projectKey: only }
  return { ...projectKey, confirmedSite: site.id }
}

/** A preflight in the project that is named, or is the only one, or is chosen; returns its key. */
async function tryOut(
  io: CliIo,
  client: Client,
  jira: NonNullable<Settings['jira']>,
  projectKey: string | null,
): Promise<string> {
  const tryIn = (key: string | null): Promise<Preflight> =>
    orCancelled(
      client.call('settings.preflight', { ...jira, projectKey: key, token: null }),
      io.signal,
      'Interrupted before the run began. No ticket was made.',
    )
  let preflight = await tryIn(projectKey)
  refuse(blockerOfWatching(preflight), preflight, projectKey)
  const { projects } = preflight.choices
  const named =
    projectKey === null ? null : (projects.find(({ key }) => sameName(key, projectKey))?.key ?? projectKey)
  const project = named ?? (await chooseProject(io, projects))
  if (projectKey === null && projects.length > 1) preflight = await tryIn(project)
  refuse(blockerOfCreating(preflight), preflight, project)
  sayWarnings(io, preflight)
  return project
}

function refuse(step: PreflightStep | null, preflight: Preflight, projectKey: string | null): void {
  if (step === null) return
  throw noTicketMade(codeOfStep(step.id, preflight, projectKey), step.message, step.hint)
}

/** Of what is right nothing is said, and the token's last day is told of each command. */
function sayWarnings(io: CliIo, { steps }: Preflight): void {
  for (const step of steps) {
    if (step.state === 'warning' && step.id !== 'token') sayStep(io, step)
  }
}

function agrees(io: CliIo, message: string): Promise<boolean> {
  return answered(askYes(io, message), 'No ticket was made.')
}

/**
 * The project to create tickets in where none was named: the only one, or the one that the person at the terminal
 * chooses. Throws `usage` where nobody can be asked, and `cancelled`.
 */
async function chooseProject(io: CliIo, projects: PreflightChoices['projects']): Promise<string> {
  const [only, ...others] = projects
  if (only !== undefined && others.length === 0) return only.key
  if (!io.isTTY) {
    throw noTicketMade(
      'usage',
      'The account sees several projects.',
      `Name the one to create tickets in (--project KEY). It sees ${projects.map(({ key }) => key).join(', ')}.`,
    )
  }
  const message = 'Which project are the tickets created in?'
  const nothing = 'No project was chosen. No ticket was made.'
  return answered(choose(io, message, projectChoices(projects)), nothing)
}
