import type { Command } from 'commander'
import type { Client } from '../../src-shared/contract/client.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { refuseUnaskedCleanUp, runCleanUp } from './clean-up-run.ts'
import { cleanUpDocument, endText, previewDocument, previewText, stayedText } from './clean-up-text.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import { EXIT } from './exit-code.ts'
import { print, repeatFlags, say, type CliIo, type CommandHost } from './io.ts'
import { withApp } from './with-app.ts'

interface CleanUpOptions extends CommonOptions {
  readonly run?: string
  readonly yes?: boolean
  readonly dryRun?: boolean
}

export function addCleanUp(program: Command, host: CommandHost): void {
  program
    .command('clean-up')
    .description('deletes from Jira what a run made, and nothing else; the run’s record stays')
    .option('--run <id>', 'which run (default: the last one)')
    .option('--dry-run', 'show what would be deleted; delete nothing')
    .option('--yes', 'do not ask before tickets are deleted')
    .action((_options, command: Command) => cleanUp(host, command.optsWithGlobals()))
}

async function cleanUp(host: CommandHost, options: CleanUpOptions): Promise<void> {
  const { io } = host
  const { json, yes, dryRun = false } = options
  const config = configOf(io, options)
  if (!dryRun) refuseUnaskedCleanUp(io, yes)
  await withApp(io, config, async ({ client }) => {
    const runId = options.run ?? (await lastRun(client))
    if (dryRun) return show(host, client, runId, json)
    const done = await runCleanUp(io, client, runId, { yes })
    if (done === null) return say(io, 'Nothing was deleted.')
    print(io, json, cleanUpDocument(done), repeatFlags(io, endText(done)))
    const stayed = stayedText(done.end)
    if (stayed === null) return
    say(io, stayed)
    host.exitWith(EXIT.failed)
  })
}

async function lastRun(client: Client): Promise<string> {
  const run = await client.call('runs.current', {})
  if (run !== null) return run.runId
  throw new AppError('not-found', 'There is no run to clean up: none was started in this Jira.')
}

async function show(
  host: CommandHost,
  client: Client,
  runId: string,
  json: boolean | undefined,
): Promise<void> {
  const { site } = await client.call('session.get', {})
  const preview = await client.call('runs.cleanUpPreview', { runId })
  print(host.io, json, previewDocument(preview, site.label), previewText(preview, site.label))
  if (preview.refusal !== null) host.exitWith(EXIT.failed)
}

/**
 * As the command, for one that goes on afterwards: all is said on stderr. True where nothing of the run is left to delete.
 * Throws as `runCleanUp`.
 */
export async function cleanUpRun(
  io: CliIo,
  client: Client,
  runId: string,
  options: { readonly yes?: boolean | undefined } = {},
): Promise<boolean> {
  const done = await runCleanUp(io, client, runId, options)
  if (done === null) {
    say(io, 'Nothing was deleted.')
    return false
  }
  say(io, endText(done))
  const stayed = stayedText(done.end)
  if (stayed !== null) say(io, stayed)
  return stayed === null
}
