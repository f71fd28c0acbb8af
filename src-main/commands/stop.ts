import type { Command } from 'commander'
import { configOf, type CommonOptions } from './common-options.ts'
import { print, repeatFlags, type CommandHost } from './io.ts'
import { standingDocument, standingText } from './run-document.ts'
import { withApp } from './with-app.ts'

export function addStop(program: Command, host: CommandHost): void {
  program
    .command('stop')
    .description('stops the run for good, whichever process works on it; a paused or broken one, too')
    .action((_options, command: Command) => stop(host, command.optsWithGlobals()))
}

async function stop({ io }: CommandHost, options: CommonOptions): Promise<void> {
  await withApp(io, configOf(io, options), async ({ client }) => {
    const run = await client.call('runs.stop', {})
    print(io, options.json, standingDocument(run), repeatFlags(io, standingText(run)))
  })
}
