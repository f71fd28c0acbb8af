import type { Command } from 'commander'
import type { Client } from '../../src-shared/contract/client.ts'
import type { RunRequest } from '../../src-shared/contract/models.ts'
import { DEFAULT_COUNT } from '../../src-shared/domain/run-plan.ts'
import { machineClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { configOf, resolvedConfigOf, type CommonOptions } from './common-options.ts'
import { EXIT } from './exit-code.ts'
import { followRun } from './follow-run.ts'
import { print, say, type CliIo, type CommandHost } from './io.ts'
import { createProgress } from './progress.ts'
import { agreeOnRun, refuseUnasked } from './real-run.ts'
import { runDocument, runText } from './run-document.ts'
import { addRunOptions, runRequest, type RunOptions } from './run-options.ts'
import { showPlan } from './show-plan.ts'
import { withApp } from './with-app.ts'

interface CreateOptions extends CommonOptions, RunOptions {
  readonly dryRun?: boolean
  readonly yes?: boolean
}

export function addCreateTickets(program: Command, host: CommandHost): void {
  addRunOptions(
    program.command('create-tickets').description('creates tickets in Jira as they arrive in a real hour'),
  )
    .option('--dry-run', 'show the plan as if it began now; touch nothing')
    .option('--yes', 'do not ask before tickets are created in a real Jira')
    .action((_options, command: Command) => createTickets(host, command.optsWithGlobals()))
}

/** Known before anything is asked of the Jira. */
async function refuseCompression({ jira }: Config, { compress = 1 }: CreateOptions): Promise<void> {
  if (jira.kind !== 'site' || compress === 1) return
  const { cannotCompress } = await import('../generator/start-run.ts')
  throw cannotCompress()
}

async function createTickets(host: CommandHost, options: CreateOptions): Promise<void> {
  const { io } = host
  if (options.dryRun === true) {
    await refuseCompression(resolvedConfigOf(io, options), options)
    return showPlan(io, options, machineClock.now())
  }
  const config = configOf(io, options)
  await refuseCompression(config, options)
  if (config.jira.kind === 'site') refuseUnasked(io, options.yes)
  await withApp(io, config, async ({ client }) => {
    const request = await agreedRequest(io, client, config, options)
    if (request === null) return say(io, 'No ticket was made.')
    const progress = createProgress(io, 'Creating')
    const run = await followRun(client, request, {
      signal: io.signal,
      onProgress: ({ created, planned }) => progress.update(created, planned),
      resumeHint: 'Resume it from the dashboard (jira-tpm plot-data).',
    }).finally(() => progress.end())
    const minutes = await client.call('runs.minutes', { runId: run.runId })
    print(io, options.json, runDocument(run, minutes), runText(run))
    if (run.created === run.planned) return
    say(io, run.reason ?? `${run.planned - run.created} of ${run.planned} tickets were not created.`)
    host.exitWith(EXIT.failed)
  })
}

/** What to run, after a person agreed to it where it is a real Jira; null after a no. */
async function agreedRequest(
  io: CliIo,
  client: Client,
  { jira, projectKey }: Config,
  options: CreateOptions,
): Promise<RunRequest | null> {
  const request = { ...runRequest(options), ...(projectKey === null ? {} : { projectKey }) }
  if (jira.kind === 'sandbox') return request
  const { count = DEFAULT_COUNT, yes } = options
  const agreed = await agreeOnRun(io, client, { projectKey, count, yes })
  return agreed === null ? null : { ...request, ...agreed }
}
