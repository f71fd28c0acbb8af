import type { Command } from 'commander'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunRequest } from '../../../src-shared/contract/runs.ts'
import { plannedSize, requestedTimes } from '../../../src-shared/domain/plan-times.ts'
import { weightedNames } from '../../../src-shared/domain/weights.ts'
import { type AppError, noTicketMade } from '../../../src-shared/errors/app-error.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Config } from '../../config/config.ts'
import { missedFlag, type Missed } from './missed-and-unknown.ts'
import { configOf, resolvedConfigOf, type CommonOptions } from '../cli/options.ts'
import { say, type CliIo, type CommandHost } from '../cli/io.ts'
import { printRun } from './run-document.ts'
import { agreeOnRun, refuseUnasked } from './real-run.ts'
import { createRunBar } from './run-bar.ts'
import { addRunOptions, runRequest, type RunOptions } from './run-options.ts'
import { seeRunThrough } from './follow-run.ts'
import { withApp } from '../cli/with-app.ts'

interface CreateOptions extends CommonOptions, RunOptions {
  readonly dryRun?: boolean
  readonly png?: string
  readonly yes?: boolean
  readonly missed?: Missed
}

export function addCreateTickets(program: Command, host: CommandHost): void {
  addRunOptions(
    program.command('create-tickets').description('creates tickets in Jira as they arrive in a real hour'),
  )
    .option('--dry-run', 'show the plan as if it began now; touch nothing')
    .option('--png <file>', "with --dry-run: write the plan's chart as a picture, too")
    .option('--yes', 'do not ask before tickets are created in a real Jira')
    .option(
      '--missed <what>',
      'tickets whose time passes while this machine sleeps: catch-up, skip or shift (see resume); asks on a terminal, else catch-up',
      missedFlag,
    )
    .action((_options, command: Command) => createTickets(host, command.optsWithGlobals()))
}

/** Known before anything is asked of the Jira. */
async function refuseCompression({ jira }: Config, { compress = 1 }: CreateOptions): Promise<void> {
  if (jira.kind !== 'site' || compress === 1) return
  const { cannotCompress } = await import('../../generator/new-run.ts')
  throw cannotCompress()
}

async function createTickets(host: CommandHost, options: CreateOptions): Promise<void> {
  const { io } = host
  if (options.png !== undefined && options.dryRun !== true) throw picturesPlans()
  if (options.dryRun === true) {
    const config = resolvedConfigOf(io, options)
    await refuseCompression(config, options)
    const { showPlan } = await import('./show-plan.ts')
    return showPlan(io, options, { config, startMs: machineClock.now() })
  }
  const config = configOf(io, options)
  await refuseCompression(config, options)
  if (config.jira.kind === 'site') refuseUnasked(io, options.yes)
  await withApp(io, config, async ({ client }) => {
    const request = await agreedRequest(io, client, config, options)
    if (request === null) return say(io, 'No ticket was made.')
    const run = await seeRunThrough(io, client, () => client.call('runs.start', request), {
      openBar: () => createRunBar(io, client, { label: 'Creating' }),
      missed: options.missed,
    })
    await printRun(host, client, options.json, run)
  })
}

/** What to run, after a person agreed to it where it is a real Jira; null after a no. */
async function agreedRequest(
  io: CliIo,
  client: Client,
  { jira, projectKey }: Config,
  options: CreateOptions,
): Promise<RunRequest | null> {
  const request = { ...(await runRequest(io, options)), ...(projectKey === null ? {} : { projectKey }) }
  if (jira.kind === 'sandbox') return request
  const { count } = plannedSize(requestedTimes(request))
  const projectKeys = request.projects === undefined ? [projectKey] : weightedNames(request.projects)
  const agreed = await agreeOnRun(io, client, { projectKeys, count, yes: options.yes })
  return agreed === null ? null : { ...request, ...agreed }
}

function picturesPlans(): AppError {
  return noTicketMade(
    'usage',
    '--png draws the plan of a --dry-run.',
    'Of what is stored, jira-tpm plot-data --png FILE makes a picture.',
  )
}
