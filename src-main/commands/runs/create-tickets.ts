import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress, RunRequest } from '../../../src-shared/contract/runs/runs.ts'
import type {
  Preflight,
  PreflightChoices,
  PreflightStep,
  Settings,
} from '../../../src-shared/contract/settings.ts'
import { plannedSize, requestedTimes } from '../../../src-shared/domain/run/plan-times.ts'
import { tickets } from '../../../src-shared/domain/text/sentences.ts'
import { sameName, weightedNames } from '../../../src-shared/domain/run/weights.ts'
import { noTicketMade, type AppError } from '../../../src-shared/errors/app-error.ts'
import type { Config } from '../../config/config.ts'
import { blockerOfCreating, codeOfStep } from '../../preflight/report.ts'
import { machineClock } from '../../runtime/clock.ts'
import { failedStep } from '../../runtime/steps.ts'
import { answered, askYes, choose, refuseUnasked } from '../cli/ask.ts'
import { orCancelled } from '../cli/interrupt.ts'
import type { CommandCall, CommonOptions } from '../cli/define-command.ts'
import { reachedServer } from '../cli/reach.ts'
import { say, type CliIo } from '../cli/io.ts'
import { sayStep } from '../cli/progress.ts'
import { resolvedConfigOf } from '../cli/settings.ts'
import { projectChoices } from '../connect/connect-questions.ts'
import type { CREATE_TICKETS } from '../run-commands.ts'
import { seeRunThrough } from './follow-run.ts'
import { printRun } from './run-document.ts'
import { runRequest, type RunOptions } from './run-options.ts'

type CreateOptions = CommandCall<'core', typeof CREATE_TICKETS>['options']

/** Throws `usage` where a run may not begin: known before anything is asked of the Jira. */
export async function refuseRun(
  io: CliIo,
  config: Config,
  options: Pick<CreateOptions, 'yes' | 'compress'>,
): Promise<void> {
  // The server knows its Jira.
  if ((await reachedServer(config)) !== null) return
  await refuseCompression(config, options)
  if (config.jira.kind === 'site') refuseUnasked(io, options.yes, UNASKED)
}

const UNASKED = {
  what: 'Creating tickets in a real Jira',
  nothing: 'No ticket was made.',
  hint: 'Add --yes, or use the sandbox (--jira sandbox).',
}

async function refuseCompression(
  { jira }: Config,
  { compress = 1 }: Pick<CreateOptions, 'compress'>,
): Promise<void> {
  if (jira.kind !== 'site' || compress === 1) return
  const { cannotCompress } = await import('../../generator/planning/new-run.ts')
  throw cannotCompress()
}

export async function createTickets(call: CommandCall<'core', typeof CREATE_TICKETS>): Promise<void> {
  const { io, options, open } = call
  if (options.png !== undefined) throw picturesPlans()
  const config = call.config()
  await refuseRun(io, config, options)
  await open(config, async ({ client }) => {
    const request = await agreedRequest(io, client, config, options)
    if (request === null) return say(io, 'No ticket was made.')
    const start = (): Promise<RunProgress> => client.call('runs.start', request)
    await printRun(call, client, await seeRunThrough(io, client, start, options.missed))
  })
}

export async function planTickets({
  io,
  options,
}: CommandCall<'nothing', typeof CREATE_TICKETS>): Promise<void> {
  const config = resolvedConfigOf(io, options)
  await refuseCompression(config, options)
  const { showPlan } = await import('./show-plan.ts')
  return showPlan(io, options, { config, startMs: machineClock.now() })
}

/** What to run, after a person agreed to it where it is a real Jira; null after a no. */
export async function agreedRequest(
  io: CliIo,
  client: Client,
  config: Config,
  options: Pick<CreateOptions, 'yes'> & RunOptions & CommonOptions,
): Promise<RunRequest | null> {
  if ((await reachedServer(config)) !== null) return agreedOverServer(io, client, options)
  const { jira, projectKey } = config
  const request = { ...(await runRequest(io, options)), ...(projectKey === null ? {} : { projectKey }) }
  if (jira.kind === 'sandbox') return request
  const { count } = plannedSize(requestedTimes(request))
  const projectKeys = request.projects === undefined ? [projectKey] : weightedNames(request.projects)
  const agreed = await agreeOnRun(io, client, { projectKeys, count, yes: options.yes })
  return agreed === null ? null : { ...request, ...agreed }
}

/** The server checks what can be created where; a person agrees to the number, the project and the site. */
async function agreedOverServer(
  io: CliIo,
  client: Client,
  options: Pick<CreateOptions, 'yes'> & RunOptions & CommonOptions,
): Promise<RunRequest | null> {
  const { project } = options
  const request = {
    ...(await runRequest(io, options)),
    ...(project !== undefined && { projectKey: project }),
  }
  const { site, projectKey } = await client.call('session.get', {})
  if (site.kind === 'sandbox') return request
  refuseUnasked(io, options.yes, UNASKED)
  const { count } = plannedSize(requestedTimes(request))
  const named = request.projects === undefined ? [project ?? projectKey] : weightedNames(request.projects)
  const where = named.filter((key) => key !== null)
  const question = `Create ${tickets(count)} in ${where.length === 0 ? '' : `${where.join(', ')} on `}${site.label}?`
  if (options.yes !== true && !(await agrees(io, question))) return null
  return { ...request, confirmedSite: site.id }
}

function picturesPlans(): AppError {
  return noTicketMade(
    'usage',
    '--png draws the plan of a --dry-run.',
    'Of what is stored, jira-tpm plot-data --png FILE makes a picture.',
  )
}

/** What a run in a real Jira was allowed: where, and by its site's name that somebody said yes. */
interface AgreedRun {
  /** Absent where the request names several projects itself. */
  readonly projectKey?: string
  readonly confirmedSite: string
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
      'Interrupted before the run began.',
      'No ticket was made.',
    )
  let preflight = await tryIn(projectKey)
  refuse(failedStep(preflight), preflight, projectKey)
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

/** Of what is right nothing is said, and every command warns of the token's last day. */
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
 * chooses. Throws `usage` where no person can be asked, and `cancelled`.
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
  const chosen = choose(io, message, projectChoices(projects))
  return answered(chosen, 'No project was chosen.', 'No ticket was made.')
}
