import type { Command } from 'commander'
import { machineClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import { chooseProject } from './choose-project.ts'
import { configOf, resolvedConfigOf, type CommonOptions } from './common-options.ts'
import { EXIT } from './exit-code.ts'
import { followRun } from './follow-run.ts'
import { print, say, type CommandHost } from './io.ts'
import { createProgress } from './progress.ts'
import { runDocument, runText } from './run-document.ts'
import { addRunOptions, runRequest, type RunOptions } from './run-options.ts'
import { showPlan } from './show-plan.ts'
import { withApp } from './with-app.ts'

interface CreateOptions extends CommonOptions, RunOptions {
  readonly dryRun?: boolean
}

export function addCreateTickets(program: Command, host: CommandHost): void {
  addRunOptions(
    program.command('create-tickets').description('creates tickets in Jira as they arrive in a real hour'),
  )
    .option('--dry-run', 'show the plan as if it began now; touch nothing')
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
  const projectKey = await chooseProject(io, config)
  const request = { ...runRequest(options), ...(projectKey === null ? {} : { projectKey }) }
  await withApp(io, config, async ({ client }) => {
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
